"""Sign-in by e-mail address; the user comes with its memberships."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db import models
from django.utils import timezone

from accounts import access
from accounts.models import Member, User
from accounts.prepared import PreparedRead, Slot


def _memberships() -> models.QuerySet:
    """Active memberships of one user with their organizations, oldest first."""
    members = Member.objects.filter(is_active=True, user_id=Slot("user")).select_related("organization", "user")
    return members.annotate(has_reports=access.has_reports(Slot("today", models.DateField()))).order_by("pk")


_MEMBERSHIPS = PreparedRead(_memberships)


class MembershipBackend(AuthenticationBackend):
    def get_user(self, user_id):
        """The user with `current_memberships`: active ones with their organizations, oldest first. One query, two without any."""
        memberships = _MEMBERSHIPS.rows(user=user_id, today=timezone.now().date())
        user = memberships[0].user if memberships else User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        for member in memberships:
            member.user = user
        user.current_memberships = memberships  # type: ignore[union-attr]
        return user
