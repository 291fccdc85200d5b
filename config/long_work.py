"""The Celery application of long work: its own queue in its own keys of the broker, so that a short task never waits behind it.

The embedded broker has one worker for all: there long work waits in the queue of the others, and they behind it.
"""

from celery import Celery

from config.celery import app as short

HOUR = 60 * 60
TIME_LIMIT = 4 * HOUR

# Not the current application: whoever only reads these settings goes on publishing to the other one.
app = Celery("feedforward-long", set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {}
app.conf.task_time_limit = TIME_LIMIT
if "global_keyprefix" in short.conf.broker_transport_options:
    app.conf.task_default_queue = "long"
    # A task that is not acknowledged in this time is given to another worker, so it outlasts the longest task.
    app.conf.broker_transport_options = short.conf.broker_transport_options | {
        "global_keyprefix": short.conf.broker_transport_options["global_keyprefix"] + "long:",
        "visibility_timeout": 5 * HOUR,
    }
