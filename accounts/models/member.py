"""A member: a person in one organization."""

import uuid
from datetime import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models.organization import Organization
from accounts.models.user import User
from accounts.time_zones import validate_time_zone
from accounts.working_days import EVERY_DAY, MONDAY_TO_FRIDAY


class Role(models.TextChoices):
    """Roles that are given. *Manager* is not given: it follows from having direct reports."""

    SELLER = "seller", _("seller")
    AUTHOR = "author", _("author")
    HR = "hr", _("HR")
    LEADERSHIP = "leadership", _("leadership")
    OWNER = "owner", _("owner")


class MemberQuerySet(models.QuerySet):
    def visible_to(self, member):
        """People whose names and settings `member` may read (access class: people and settings)."""
        return self.filter(access.people_visible_to(member))

    def editable_by(self, member):
        """People whose settings `member` may change: owners, within their organization."""
        return self.filter(access.people_editable_by(member))

    def learners_visible_to(self, member):
        """Members whose learning records `member` may read: self and own line. One query."""
        return self.filter(access.learners_visible_to(member, "pk"))

    def active(self):
        return self.filter(is_active=True)


class Member(models.Model):
    """One sign-in may be a member of several organizations; each membership has its own name, roles and habits."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    is_seller = models.BooleanField(_("seller"), default=False)
    is_author = models.BooleanField(_("author"), default=False)
    is_hr = models.BooleanField(_("HR"), default=False)
    is_leadership = models.BooleanField(_("leadership"), default=False)
    is_owner = models.BooleanField(_("owner"), default=False)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Brussels", validators=[validate_time_zone])
    working_days = models.PositiveSmallIntegerField(
        _("working days"), default=MONDAY_TO_FRIDAY, validators=[MinValueValidator(1), MaxValueValidator(EVERY_DAY)]
    )
    preferred_hour = models.TimeField(_("preferred hour"), default=time(8, 15))
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    wants_morning_mail = models.BooleanField(_("mail me the morning question"), default=True)
    wants_reminder = models.BooleanField(_("remind me once when I have not answered"), default=True)
    uses_shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    last_signed_in_at = models.DateTimeField(null=True, blank=True, help_text="last time that the sign-in was used for this organization")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="member_once_in_an_organization")]
        indexes = [
            # The planner asks zone by zone who may be owed a set.
            models.Index(fields=["time_zone", "preferred_hour"], condition=models.Q(is_active=True), name="member_due"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_manager(self) -> bool:
        """Whether anybody reports to the member today. Costs a query unless the row came with the annotation `has_reports`."""
        if not hasattr(self, "has_reports"):
            self.has_reports = access.is_manager(self)
        return self.has_reports

    @property
    def email(self) -> str:
        return self.user.email

    @property
    def roles(self) -> list[str]:
        """Roles that were given to the member, in the order of `Role`."""
        return [role for role in Role.values if getattr(self, f"is_{role}")]

    @property
    def role_names(self) -> str:
        """Roles in words for the screen, with the manager's, which follows from having reports."""
        names = [str(Role(role).label) for role in self.roles]
        if self.is_manager:
            names.insert(0, gettext("manager"))
        return capfirst(", ".join(names))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def initials(self) -> str:
        """Up to two letters for the avatar."""
        words = [word for word in self.name.split() if word[0].isalpha()] or [self.name or "?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
