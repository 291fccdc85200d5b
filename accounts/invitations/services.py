"""Verbs that write invitations."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Member
from outbox import services as outbox
from outbox.models import OutboxMessage

KIND = "invitation"
LIVES = timedelta(days=14)
_AT_A_TIME = 500


@transaction.atomic
def invite(member: Member, *, by: Member | None) -> Invitation:
    """The member's open invitation with a new secret, and its mail; a link that was sent before ends here."""
    invite_all([member], by=by)
    return Invitation.objects.get(organization_id=member.organization_id, member=member)


@transaction.atomic
def invite_all(members: Iterable[Member], *, by: Member | None) -> int:
    """The same for each of `members`, in a few statements per 500; how many those were."""
    now = timezone.now()
    count = 0
    waiting = list(members)
    for start in range(0, len(waiting), _AT_A_TIME):
        invitations = [
            Invitation(
                organization_id=member.organization_id,
                member=member,
                invited_by=by,
                secret=uuid.uuid4(),
                sent_at=now,
                expires_at=now + LIVES,
            )
            for member in waiting[start : start + _AT_A_TIME]
        ]
        Invitation.objects.bulk_create(
            invitations,
            update_conflicts=True,
            unique_fields=["member"],
            update_fields=["invited_by", "secret", "sent_at", "expires_at", "accepted_at"],
        )
        outbox.queue_messages(_message(invitation) for invitation in invitations)
        count += len(invitations)
    return count


def _message(invitation: Invitation) -> OutboxMessage:
    member = invitation.member
    return OutboxMessage(
        kind=KIND,
        key=f"{KIND}:{invitation.secret}",
        address=member.email,
        language=member.language,
        time_zone=member.time_zone,
        payload={"secret": str(invitation.secret)},
        organization=member.organization.public_id,
        member=member.public_id,
        due_at=invitation.sent_at,
        expires_at=invitation.expires_at,
    )


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
