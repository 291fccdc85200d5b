"""Sign-in by e-mail address; the user comes with its memberships."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db import models
from django.utils import timezone

from accounts.models import Member, User
from accounts.prepared import PreparedRead, Slot
from accounts.signin.memberships import at_hand, completed, dates, memberships

_MEMBERSHIPS = PreparedRead(lambda: memberships(models.Q(user_id=Slot("user"))))


class MembershipBackend(AuthenticationBackend):
    def get_user(self, user_id):
        """The user with `current_memberships`: active ones with their organizations, oldest first.

        No query where they were read with the session, else one, two for a user without any.
        """
        found = at_hand(user_id) or _read(user_id)
        user = found[0].user if found else User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.current_memberships = found  # type: ignore[attr-defined]
        return user


def _read(user_id: int) -> list[Member]:
    days = dates(timezone.now())
    return completed(_MEMBERSHIPS.rows(user=user_id, **days), days)
