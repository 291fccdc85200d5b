"""Sign-in by e-mail address; the user comes with its memberships."""

from datetime import timedelta

from allauth.account.auth_backends import AuthenticationBackend
from django.db import models
from django.utils import timezone

from accounts import access
from accounts.models import Member, User
from accounts.prepared import PreparedRead, Slot

# Nowhere on earth is it another date than one of these, counted from the one in UTC.
_DAYS = {"yesterday": timedelta(days=-1), "today": timedelta(), "tomorrow": timedelta(days=1)}


def _memberships() -> models.QuerySet:
    """Active memberships of one user with their organizations, oldest first, and whether anybody reports to them on three dates."""
    members = Member.objects.filter(is_active=True, user_id=Slot("user")).select_related("organization", "user")
    reports = {f"has_reports_{name}": access.has_reports(Slot(name, models.DateField())) for name in _DAYS}
    return members.annotate(**reports).order_by("pk")


_MEMBERSHIPS = PreparedRead(_memberships)


class MembershipBackend(AuthenticationBackend):
    def get_user(self, user_id):
        """The user with `current_memberships`: active ones with their organizations, oldest first. One query, two without any."""
        today = timezone.now().date()
        dates = {name: today + distance for name, distance in _DAYS.items()}
        memberships = _MEMBERSHIPS.rows(user=user_id, **dates)
        user = memberships[0].user if memberships else User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        for member in memberships:
            member.user = user
            local = access.today_of(member)
            member.has_reports = next(getattr(member, f"has_reports_{name}") for name, day in dates.items() if day == local)
        user.current_memberships = memberships  # type: ignore[union-attr]
        return user
