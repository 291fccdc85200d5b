"""Settings of the beat that the deployment tests start: the same, but nobody waits five minutes for the first look at the sets."""

from config.settings import *  # noqa: F403

CELERY_BEAT_SCHEDULE["prepare_daily_sets"]["schedule"] = 2  # noqa: F405
CELERY_BEAT_SCHEDULE["sweep"]["schedule"] = 2  # noqa: F405
