"""Verbs of the outbox: owe a message or a job, try it, and write down how it ended.

Each verb that ends a try holds only while the row's claim is the caller's: a worker that was so slow that its lease
ended, and whose row another worker has taken, changes nothing any more.
"""

import logging
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone, translation

from outbox import mail
from outbox.holding import holding
from outbox.models import JOB_TRIES, MESSAGE_TRIES, Job, OutboxMessage, Owed
from outbox.registry import UnknownKind, follow_up, is_secret, job_kind, long_kinds, message_kind

logger = logging.getLogger(__name__)

# Minutes until the next try, after the first failure, the second, and so on.
BACKOFF_MINUTES = (1, 5, 15, 60, 240)
# A message that may not be sent now (quiet hours, budget) is asked about again after this time.
HOLD = timedelta(minutes=15)
# The kind of job that owes what follows a message.
FOLLOW_UP = "follow_up"
TRIES: dict[type[Owed], int] = {OutboxMessage: MESSAGE_TRIES, Job: JOB_TRIES}


def queue_message(*, key: str, due_at: datetime | None = None, **columns) -> OutboxMessage:
    """The message with this key, due now unless told otherwise. A second call with the same key changes nothing.

    Joins the caller's transaction, so that the message and its reason are written together. Two or three statements.
    """
    message, _created = OutboxMessage.objects.get_or_create(key=key, defaults={"due_at": due_at or timezone.now(), **columns})
    return message


def queue_messages(messages: Iterable[OutboxMessage]) -> None:
    """Stores unsaved messages in batches, one statement each; those whose key is there already change nothing."""
    OutboxMessage.objects.bulk_create(messages, batch_size=500, ignore_conflicts=True)


def queue_job(*, key: str, due_at: datetime | None = None, **columns) -> Job:
    """The job with this key, due now unless told otherwise. A second call with the same key changes nothing."""
    job, _created = Job.objects.get_or_create(key=key, defaults={"due_at": due_at or timezone.now(), **columns})
    return job


def queue_jobs(jobs: Iterable[Job]) -> None:
    """Stores unsaved jobs in batches, one statement each; those whose key is there already change nothing."""
    Job.objects.bulk_create(jobs, batch_size=500, ignore_conflicts=True)


def try_message(pk: int) -> None:
    """One try to deliver: nothing happens when the message is finished or held by another worker."""
    message = OutboxMessage.objects.claim(pk, now=timezone.now())
    if message is None:
        return
    if message.attempts > MESSAGE_TRIES:
        park(message, "Its worker was lost at each try.")
        return
    try:
        deliver(message)
    except (UnknownKind, mail.DeliveryRefused) as failure:
        park(message, failure)
    except mail.DeliveryFailed as failure:
        postpone(message, failure)
    except Exception as failure:
        logger.warning("message %s of kind %s failed", message.pk, message.kind, exc_info=True)
        postpone(message, failure)


def deliver(message: OutboxMessage) -> None:
    """Sends a claimed message, or drops or holds it, as its kind says now. Raises UnknownKind and DeliveryFailed."""
    kind = message_kind(message.kind)
    now = timezone.now()
    if message.expires_at is not None and message.expires_at <= now:
        drop(message, "It expired before it could be delivered.")
    elif not kind.still_due(message, now):
        drop(message, "Its reason no longer stood.")
    elif not kind.may_send(message, now):
        hold(message, now)
    else:
        with translation.override(message.language), timezone.override(message.time_zone):
            rendered = kind.render(message)
        mail.send(message, rendered)
        mark_done(message)


def try_job(pk: int) -> None:
    """One try to run a job: nothing happens when it is finished or held by another worker."""
    job = Job.objects.claim(pk, now=timezone.now())
    if job is None:
        return
    if job.attempts > JOB_TRIES:
        park(job, "Its worker was lost at each try.")
        return
    try:
        with holding(job) if job.kind in long_kinds() else nullcontext():
            job_kind(job.kind)(job.payload)
    except UnknownKind as failure:
        park(job, failure)
    except Exception as failure:
        logger.warning("job %s of kind %s failed", job.pk, job.kind, exc_info=True)
        postpone(job, failure)
    else:
        mark_done(job)


def mark_done(row: Owed) -> None:
    _finish(row, Owed.State.DONE, "")


def park(row: Owed, failure: Exception | str) -> None:
    """Takes the row out for good, with its error; a person has to look at it."""
    # The error itself may name an address; it stays in the row.
    logger.error("%s %s of kind %s is parked", row._meta.model_name, row.pk, row.kind)
    _finish(row, Owed.State.PARKED, failure)


def drop(row: Owed, reason: Exception | str) -> None:
    """Takes the row out for good: nobody waits for it any more."""
    _finish(row, Owed.State.DROPPED, reason)


def postpone(row: Owed, failure: Exception) -> None:
    """Releases the row for a later try, or parks it after its last one. A message that would be too late is dropped."""
    if row.attempts >= TRIES[type(row)]:
        park(row, failure)
        return
    due_at = timezone.now() + timedelta(minutes=BACKOFF_MINUTES[row.attempts - 1])
    if isinstance(row, OutboxMessage) and row.expires_at is not None and row.expires_at <= due_at:
        drop(row, failure)
        return
    _release(row, due_at=due_at, last_error=_text(failure))


def hold(message: OutboxMessage, now: datetime) -> None:
    """Releases a message that may not be sent now; this does not count as a try."""
    _release(message, due_at=now + HOLD, attempts=F("attempts") - 1)


def _held(row: Owed) -> models.QuerySet:
    return type(row)._default_manager.filter(pk=row.pk, claim=row.claim, state=Owed.State.WAITING)


def _release(row: Owed, **columns) -> None:
    _held(row).update(claim=None, claimed_at=None, **columns)


@transaction.atomic
def _finish(row: Owed, state: Owed.State, reason: Exception | str) -> None:
    columns: dict[str, dict] = {"payload": {}} if isinstance(row, OutboxMessage) and is_secret(row.kind) else {}
    is_ours = _held(row).update(state=state, finished_at=timezone.now(), claim=None, claimed_at=None, last_error=_text(reason), **columns)
    if is_ours and isinstance(row, OutboxMessage):
        _follow_up(row)


def _follow_up(message: OutboxMessage) -> None:
    """Owes what follows the message. Where that fails it becomes a job: the message stays finished, as its mail may be out already."""
    try:
        with transaction.atomic():
            follow_up(message)
    except Exception:
        logger.warning("what follows message %s of kind %s is left to a job", message.pk, message.kind, exc_info=True)
        queue_job(key=f"{FOLLOW_UP}:{message.pk}", kind=FOLLOW_UP, organization=message.organization, payload={"message": message.pk})


@transaction.atomic
def follow_up_later(payload: dict) -> None:
    """The job that owes what could not be owed when its message was finished. One statement beside those of the kind."""
    follow_up(OutboxMessage.objects.get(pk=payload["message"]))


def _text(failure: Exception | str) -> str:
    return failure if isinstance(failure, str) else f"{type(failure).__name__}: {failure}"
