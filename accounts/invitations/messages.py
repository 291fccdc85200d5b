"""The mail of an invitation."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.invitations.services import KIND, path_of
from accounts.models import Invitation
from accounts.models.invitation import InvitationQuerySet
from outbox.models import OutboxMessage
from outbox.registry import Rendered

__all__ = ["KIND", "InvitationMail"]


class InvitationMail:
    """Sent because an owner asked for it, so it knows neither quiet hours nor a budget."""

    def render(self, message: OutboxMessage) -> Rendered:
        """The mail with its link. Raises Invitation.DoesNotExist where the invitation went meanwhile."""
        invitation = _invitations(message).select_related("member", "organization", "invited_by").get()
        context = {"invitation": invitation, "url": settings.SITE_URL + path_of(invitation)}
        subject = _("%(organization)s invites you to Feedforward") % {"organization": invitation.organization.name}
        return Rendered(
            subject=" ".join(subject.split()),
            text=render_to_string("accounts/mail/invitation.txt", context),
            html=render_to_string("accounts/mail/invitation.html", context),
        )

    def still_due(self, message: OutboxMessage, now: datetime) -> bool:
        """Whether the link of this mail still opens: a newer mail, a use and a leave end it."""
        return _invitations(message).open_at(now).exists()

    def may_send(self, message: OutboxMessage, now: datetime) -> bool:
        return True


def _invitations(message: OutboxMessage) -> InvitationQuerySet:
    """The invitation that the message carries, while it has the same secret."""
    return Invitation.objects.filter(
        secret=message.payload["secret"], organization__public_id=str(message.organization), member__public_id=str(message.member)
    )
