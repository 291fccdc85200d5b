"""The simulation of a program before its launch: what was asked for last, and what came of it."""

from datetime import datetime, timedelta

from django.db import models

from accounts.models import Organization
from reinforcement.programs.models import Program


class LaunchSimulation(models.Model):
    """One row for each program that was ever simulated. What is owed is the simulation number `asked`, of the settings `asked_for`.

    `result` (programs/launch_foresight.py) is of the settings `made_for`, which may be older ones. Both are fingerprints.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    # A simulation takes seconds, and comes a few seconds after it was asked for.
    USUAL = timedelta(seconds=30)
    # A job that was lost at each try leaves its row waiting; its lease has ended long before.
    LOST = timedelta(minutes=15)

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="launch_simulation")
    asked = models.PositiveIntegerField(default=0)
    asked_for = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    result = models.JSONField(null=True)
    made_for = models.CharField(max_length=32, blank=True)
    made_at = models.DateTimeField(null=True)

    def is_late(self, now: datetime) -> bool:
        return self.state == self.State.WAITING and now - self.asked_at > self.USUAL

    def can_be_asked_again(self, now: datetime) -> bool:
        """Whether the same settings may be asked for once more: the last try failed, or was lost."""
        return self.state == self.State.FAILED or (self.state == self.State.WAITING and now - self.asked_at > self.LOST)
