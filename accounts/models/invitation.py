"""An invitation by mail to a member who has not signed in yet."""

import uuid
from datetime import datetime

from django.db import models

from accounts import access
from accounts.models.member import Member
from accounts.models.organization import Organization


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, member):
        return self.filter(access.people_editable_by(member))

    def editable_by(self, member):
        return self.visible_to(member)

    def open_at(self, moment: datetime):
        """Invitations that can still be accepted at `moment`."""
        return self.filter(accepted_at=None, expires_at__gt=moment, member__is_active=True, member__user__is_active=True)


class Invitation(models.Model):
    """One open invitation per member; sending it again changes `secret`, so that older links end."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="invitation")
    invited_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    secret = models.UUIDField(default=uuid.uuid4, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()
