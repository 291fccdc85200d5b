"""Settings of the real workers that the fault tests start: the same, but with shorter waits."""

from config import environment
from config.settings import *  # noqa: F403

# The lease follows the time limit, so it still outlasts every task.
CELERY_TASK_TIME_LIMIT = environment.read.int("FAULTS_TIME_LIMIT", default=3)
SWEEP_SECONDS = 1
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "outbox.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}}}
# A test of the morning run adds it, in small batches; one that removes a guard says which.
if MORNING_SECONDS := environment.read.int("FAULTS_MORNING_SECONDS", default=0):
    CELERY_BEAT_SCHEDULE |= {
        "prepare_daily_sets": {
            "task": "reinforcement.tasks.prepare_daily_sets",
            "schedule": MORNING_SECONDS,
            "options": {"expires": 2 * MORNING_SECONDS},
        }
    }
CELERY_TASK_ACKS_LATE = environment.read.bool("FAULTS_ACKS_LATE", default=CELERY_TASK_ACKS_LATE)  # noqa: F405
CELERY_TASK_REJECT_ON_WORKER_LOST = environment.read.bool("FAULTS_REJECT_ON_LOST", default=CELERY_TASK_REJECT_ON_WORKER_LOST)  # noqa: F405
CELERY_IMPORTS = ["tests.faults.kinds", *environment.read.list("FAULTS_IMPORTS", default=[])]
EMAIL_TIMEOUT = 2
if REDIS_URL:  # noqa: F405
    CELERY_BROKER_TRANSPORT_OPTIONS |= {  # noqa: F405
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
        "health_check_interval": environment.read.int("FAULTS_HEALTH_CHECK", default=2),
    }
else:
    # The embedded broker looks once a second by default; a wake-up lives no longer than one sweep.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"polling_interval": 0.1}
