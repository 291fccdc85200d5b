"""The competency tree, with levels and behavioural anchors."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models import Organization


class CompetencyQuerySet(models.QuerySet):
    def visible_to(self, member):
        """Names of competencies are read by every member of the organization: they stand beside each figure."""
        return self.filter(organization_id=member.organization_id) if access.is_reader(member) else self.none()

    def editable_by(self, member):
        return self.filter(access.content_editable_by(member))


class Competency(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="competencies")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("part of"))
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # What asking gains counts more in adaptive programs (memory/policy.py).
    matters_now = models.BooleanField(_("matters most now"), default=False, db_default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CompetencyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="competency_name_once")]

    def __str__(self):
        return self.name


class CompetencyLevel(models.Model):
    """What a person does who stands on this level: the behavioural anchor."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    competency = models.ForeignKey(Competency, on_delete=models.CASCADE, related_name="levels")
    number = models.PositiveSmallIntegerField(_("level"), validators=[MinValueValidator(1), MaxValueValidator(6)])
    anchor = models.TextField(_("what the person does"))

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["competency", "number"], name="competency_level_once")]
