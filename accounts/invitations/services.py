"""Verbs that write invitations."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Member
from outbox import services as outbox

LIVES = timedelta(days=14)


@transaction.atomic
def invite(member: Member, *, by: Member | None) -> Invitation:
    """The member's open invitation with a new secret, and its mail; a link that was sent before ends here."""
    now = timezone.now()
    invitation, _made = Invitation.objects.update_or_create(
        organization_id=member.organization_id,
        member=member,
        defaults={"invited_by": by, "secret": uuid.uuid4(), "sent_at": now, "expires_at": now + LIVES, "accepted_at": None},
    )
    outbox.queue_message(
        kind="invitation",
        key=f"invitation:{invitation.secret}",
        address=member.email,
        language=member.language,
        time_zone=member.time_zone,
        payload={"secret": str(invitation.secret)},
        organization=member.organization.public_id,
        member=member.public_id,
        due_at=now,
        expires_at=invitation.expires_at,
    )
    return invitation


@transaction.atomic
def invite_all(members: Iterable[Member], *, by: Member) -> int:
    """Invites each of `members`; how many those were."""
    count = 0
    for member in members:
        invite(member, by=by)
        count += 1
    return count


@transaction.atomic
def accept(invitation: Invitation) -> bool:
    """Uses the invitation up; False when somebody else did, or when it has ended meanwhile."""
    now = timezone.now()
    still_open = Invitation.objects.open_at(now).filter(organization_id=invitation.organization_id, pk=invitation.pk)
    return bool(still_open.filter(secret=invitation.secret).update(accepted_at=now))


@transaction.atomic
def accept_with_password(invitation: Invitation, password: str) -> bool:
    """Uses the invitation up and gives its user the password. False, and nothing changed, where it is no longer open."""
    user = invitation.member.user
    if user.has_usable_password() or not accept(invitation):
        return False
    user.set_password(password)
    user.save(update_fields=["password"])
    return True


def path_of(invitation: Invitation) -> str:
    return reverse("accounts:invitation", args=[invitation.secret])
