"""Production settings with one guard removed: connections to the database are used again without a look at them."""

from tests.parts.production import *  # noqa: F403

DATABASES["default"]["CONN_HEALTH_CHECKS"] = False  # noqa: F405
