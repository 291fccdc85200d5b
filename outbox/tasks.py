"""Doors for workers. The sweeps are the only publishers: they wake a worker for each row that is due, again and again until it is done."""

import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from config import long_work
from outbox import services
from outbox.models import Heartbeat, Job, OutboxMessage
from outbox.registry import long_kinds

# Rows of each table that one tick publishes; what is left comes with the next tick.
PUBLISHED_PER_TICK = 500


@shared_task
def sweep():
    """Publishes what is due, oldest first, and beats the heart "beat". Costs three reads and a write however much waits."""
    now = timezone.now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="beat", beaten_at=now)], update_conflicts=True, unique_fields=["name"], update_fields=["beaten_at"]
    )
    _publish(deliver_message, OutboxMessage.objects.due_before(now), settings.SWEEP_SECONDS)
    jobs = Job.objects.due_before(now)
    _publish(run_job, jobs.exclude(kind__in=long_kinds()), settings.SWEEP_SECONDS)
    # One wake-up, however many wait: they are done one after the other, and a tick comes many times meanwhile.
    if long_kinds() and jobs.filter(kind__in=long_kinds()).exists():
        long_work.app.send_task(run_long_jobs.name, expires=settings.SWEEP_SECONDS, retry=False)


@shared_task
def sweep_jobs():
    """Publishes jobs that are due, more often than the sweep does: somebody may wait for one before a page. Costs one read."""
    _publish(run_job, Job.objects.due_before(timezone.now()).exclude(kind__in=long_kinds()), settings.JOB_SWEEP_SECONDS)


def _publish(task, owed, seconds: int) -> None:
    """Wakes a worker for each of the oldest rows of `owed`; the next tick comes in `seconds`."""
    for pk in owed.order_by("due_at").values_list("pk", flat=True)[:PUBLISHED_PER_TICK]:
        # A wake-up that nobody took until the next tick is worthless, as that tick publishes the row again. So the
        # queue never holds more than one tick. A broker that is away ends the tick; the next one catches up.
        task.apply_async((pk,), expires=seconds, retry=False)


@shared_task
def deliver_message(message_id):
    services.try_message(message_id)


@shared_task
def run_job(job_id):
    services.try_job(job_id)


@shared_task(time_limit=long_work.TIME_LIMIT)
def run_long_jobs():
    """Long jobs that are due, oldest first, until none is left; after an hour the next tick wakes for the rest."""
    began = time.monotonic()
    while time.monotonic() - began < long_work.HOUR:
        now = timezone.now()
        pk = Job.objects.due_before(now).filter(kind__in=long_kinds()).order_by("due_at").values_list("pk", flat=True).first()
        if pk is None:
            return
        services.try_job(pk)
