"""Which membership a session acts for, and when each was last used."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from accounts.middleware import MEMBER_SESSION_KEY
from accounts.models import Invitation, Member


def act_as(request, member: Member) -> None:
    """From now on the session acts for `member`, one of the user's own active memberships."""
    request.session[MEMBER_SESSION_KEY] = member.pk
    note_use(member)


def note_use(member: Member) -> None:
    """The member's sign-in is in use now; an open invitation has done its work."""
    now = timezone.now()
    Member.objects.filter(organization_id=member.organization_id, pk=member.pk).update(last_signed_in_at=now)
    open_invitations = Invitation.objects.filter(organization_id=member.organization_id, member_id=member.pk, accepted_at=None)
    open_invitations.update(accepted_at=now)


@receiver(user_logged_in, dispatch_uid="note_sign_in")
def note_sign_in(sender, request, user, **details) -> None:
    """A new session begins with the oldest membership, as `current_member` chooses it."""
    member = Member.objects.filter(user=user, is_active=True).order_by("pk").first()
    if member is not None:
        note_use(member)
