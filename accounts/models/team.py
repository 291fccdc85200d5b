"""Teams are for figures; who reads whose records follows from the reporting line."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models.member import Member
from accounts.models.organization import Organization


class TeamQuerySet(models.QuerySet):
    def visible_to(self, member):
        """Teams of the organization, for the roles that read people; else one's own team of today."""
        return self.filter(access.teams_visible_to(member))

    def editable_by(self, member):
        return self.filter(access.people_editable_by(member))


class Team(models.Model):
    """A node of the team tree. Each organization has one root, so every member always has a team."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="teams")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(_("name"), max_length=120)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "parent", "name"], name="team_name_once_below_a_parent"),
            models.UniqueConstraint(fields=["organization"], condition=models.Q(parent=None), name="team_root_once"),
        ]

    def __str__(self):
        return self.name


class TeamMembership(models.Model):
    """The member was in the team from `started_on` until the day before `ended_on`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="team_memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["started_on"]
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=models.Q(ended_on=None), name="team_membership_current_once"),
            models.UniqueConstraint(fields=["member", "started_on"], name="team_membership_start_once"),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gt=models.F("started_on")), name="team_membership_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["team", "started_on"], name="team_membership_of_team")]
