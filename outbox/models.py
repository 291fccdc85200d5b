"""What is owed: messages and jobs. A row is the record; the broker only wakes workers (docs/decisions/0003-outbox.md)."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Min, Q

# The lease outlasts the hard time limit of a task, so that a claim is never taken from a worker that still runs.
LEASE = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT * 1.5)
MESSAGE_TRIES = 6
JOB_TRIES = 3


class OwedQuerySet(models.QuerySet):
    def due_before(self, moment: datetime):
        """Rows that wait, whose time has come, and that nobody holds."""
        return self.filter(Q(claimed_at=None) | Q(claimed_at__lt=moment - LEASE), state=self.model.State.WAITING, due_at__lte=moment)

    def claim(self, pk: int, now: datetime):
        """The row, held by the caller until the lease ends, or None when it is done or held by another worker.

        One conditional UPDATE decides; the attempt is counted in it, so a worker that is killed has still counted.
        """
        claim = uuid.uuid4()
        if not self.due_before(now).filter(pk=pk).update(claimed_at=now, claim=claim, attempts=F("attempts") + 1):
            return None
        return self.filter(pk=pk, claim=claim).first()

    def owed_by_kind(self, moment: datetime):
        """(kind, number of rows, due moment of the oldest) of what is due and not finished, held or not. One statement."""
        owed = self.filter(state=self.model.State.WAITING, due_at__lte=moment)
        return owed.values_list("kind").annotate(count=Count("pk"), oldest=Min("due_at")).order_by("kind")

    def parked_by_kind(self):
        """(kind, number of rows) of what waits for a person. One statement."""
        return self.filter(state=self.model.State.PARKED).values_list("kind").annotate(count=Count("pk")).order_by("kind")


class Owed(models.Model):
    """What messages and jobs share: a key that makes them unique, a due moment, a claim with a lease, counted attempts."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        PARKED = "parked"
        DROPPED = "dropped"

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    organization = models.UUIDField(null=True, blank=True, help_text="public id")
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwedQuerySet.as_manager()

    class Meta:
        abstract = True
        # Not `unique=True`, which would add a second index, for searches by the beginning of a key, to each of very many rows.
        constraints = [models.UniqueConstraint(fields=["key"], name="%(class)s_key_once")]


class OutboxMessage(Owed):
    """A message to one address. Its kind, registered by an upper room, renders it and says whether it is still due."""

    member = models.UUIDField(null=True, blank=True, help_text="public id")
    address = models.EmailField(max_length=254)
    language = models.CharField(max_length=5)
    time_zone = models.CharField(max_length=64)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta(Owed.Meta):
        indexes = [
            # The sweeper's question: what waits and is due.
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["member"], name="message_of_member"),
            # Asked at every scrape of the metrics: what is parked is little, what is finished is much.
            models.Index(fields=["kind"], condition=Q(state="parked"), name="message_parked"),
        ]


class Job(Owed):
    """A piece of work for a worker. Its kind is registered by the room that does it."""

    class Meta(Owed.Meta):
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="job_waiting"),
            models.Index(fields=["kind"], condition=Q(state="parked"), name="job_parked"),
        ]


class Heartbeat(models.Model):
    """When a periodic piece of the installation was last alive."""

    name = models.CharField(max_length=40, primary_key=True)
    beaten_at = models.DateTimeField()
