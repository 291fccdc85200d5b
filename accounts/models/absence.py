"""Days without a set: days off, and a pause."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models.member import Member
from accounts.models.organization import Organization


class AbsenceQuerySet(models.QuerySet):
    def visible_to(self, member):
        return self.filter(access.own(member))

    def editable_by(self, member):
        return self.filter(access.own(member))


class Absence(models.Model):
    """From `started_on` to `ended_on`, both included; a pause may be open-ended."""

    class Kind(models.TextChoices):
        DAY_OFF = "day_off", _("days off")
        PAUSE = "pause", _("pause")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DAY_OFF)
    started_on = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("started_on")), name="absence_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["member", "started_on"], name="absence_of_member")]
