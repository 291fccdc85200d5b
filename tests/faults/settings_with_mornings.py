"""Settings of real workers that prepare sets as well: a tick each second."""

from tests.faults.settings import *  # noqa: F403

CELERY_BEAT_SCHEDULE["prepare_daily_sets"] = {  # noqa: F405
    "task": "reinforcement.tasks.prepare_daily_sets",
    "schedule": SWEEP_SECONDS,  # noqa: F405
    "options": {"expires": SWEEP_SECONDS},  # noqa: F405
}
