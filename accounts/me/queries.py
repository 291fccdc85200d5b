"""What a member reads about oneself."""

from django.db.models import Q, QuerySet

from accounts import access
from accounts.models import Absence, Member


def coming_absences(member: Member) -> QuerySet:
    """The member's absences that are not over, the first one first."""
    today = access.today_of(member)
    return Absence.objects.visible_to(member).filter(Q(ended_on=None) | Q(ended_on__gte=today)).order_by("started_on")
