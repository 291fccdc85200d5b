"""A client organization of the installation, and its holidays."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.time_zones import validate_time_zone


class Organization(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Brussels", validators=[validate_time_zone])
    small_group_minimum = models.PositiveSmallIntegerField(
        _("smallest group shown in figures"), default=5, validators=[MinValueValidator(3), MaxValueValidator(50)]
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name


class OrganizationHoliday(models.Model):
    """A date on which nobody of the organization gets a set."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["organization", "day"], name="organization_holiday_once")]

    def __str__(self):
        return f"{self.day} {self.name}"
