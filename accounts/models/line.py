"""The dated reporting line: who reports to whom. It decides who reads learning records."""

from django.db import models

from accounts.models.member import Member
from accounts.models.organization import Organization


class ReportingLine(models.Model):
    """`member` reported to `manager` from `started_on` until the day before `ended_on`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="managers")
    manager = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="reports")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["started_on"]
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=models.Q(ended_on=None), name="line_current_once"),
            models.UniqueConstraint(fields=["member", "started_on"], name="line_start_once"),
            models.CheckConstraint(condition=~models.Q(member=models.F("manager")), name="line_not_to_oneself"),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gt=models.F("started_on")), name="line_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["manager", "started_on"], name="line_of_manager")]
