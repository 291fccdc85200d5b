"""Doors for workers. The sweeps are the only publishers: they wake a worker for each row that is due, again and again until it is done."""

from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from outbox import services
from outbox.models import Heartbeat, Job, OutboxMessage, Owed

# Rows of each table that one tick publishes; what is left comes with the next tick.
PUBLISHED_PER_TICK = 500


@shared_task
def sweep():
    """Publishes what is due, oldest first, and beats the heart "beat". Costs two reads and a write however much waits."""
    now = timezone.now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="beat", beaten_at=now)], update_conflicts=True, unique_fields=["name"], update_fields=["beaten_at"]
    )
    _publish(deliver_message, OutboxMessage, now, settings.SWEEP_SECONDS)
    _publish(run_job, Job, now, settings.SWEEP_SECONDS)


@shared_task
def sweep_jobs():
    """Publishes jobs that are due, more often than the sweep does: somebody may wait for one before a page. Costs one read."""
    _publish(run_job, Job, timezone.now(), settings.JOB_SWEEP_SECONDS)


def _publish(task, owed: type[Owed], now: datetime, seconds: int) -> None:
    """Wakes a worker for each of the oldest rows that are due; the next tick comes in `seconds`."""
    for pk in owed._default_manager.due_before(now).order_by("due_at").values_list("pk", flat=True)[:PUBLISHED_PER_TICK]:
        # A wake-up that nobody took until the next tick is worthless, as that tick publishes the row again. So the
        # queue never holds more than one tick. A broker that is away ends the tick; the next one catches up.
        task.apply_async((pk,), expires=seconds, retry=False)


@shared_task
def deliver_message(message_id):
    services.try_message(message_id)


@shared_task
def run_job(job_id):
    services.try_job(job_id)
