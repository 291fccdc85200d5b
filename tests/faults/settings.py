"""Settings of the real workers that the fault tests start: the same, but with shorter waits."""

from config.settings import *  # noqa: F403

# The lease follows the time limit, so it still outlasts every task.
CELERY_TASK_TIME_LIMIT = 3
SWEEP_SECONDS = 1
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "outbox.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}}}
CELERY_IMPORTS = ["tests.faults.kinds"]
EMAIL_TIMEOUT = 2
if REDIS_URL:  # noqa: F405
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_timeout": 1, "socket_connect_timeout": 1, "health_check_interval": 2}  # noqa: F405
else:
    # The embedded broker looks once a second by default; a wake-up lives no longer than one sweep.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"polling_interval": 0.1}
