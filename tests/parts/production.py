"""Settings of the web processes that tests start: production's, but static files keep their names, so that nobody has to collect them."""

from config.settings import *  # noqa: F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
