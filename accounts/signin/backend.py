"""Sign-in by e-mail address; the user comes with its memberships."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Prefetch
from django.utils import timezone

from accounts import access
from accounts.models import Member, User


class MembershipBackend(AuthenticationBackend):
    def get_user(self, user_id):
        """The user with `current_memberships`: active ones with their organizations, oldest first. Two queries."""
        today = timezone.now().date()
        memberships = (
            Member.objects.filter(is_active=True)
            .select_related("organization")
            .annotate(has_reports=access.has_reports(today))
            .order_by("pk")
        )
        users = User.objects.prefetch_related(Prefetch("memberships", queryset=memberships, to_attr="current_memberships"))
        user = users.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
