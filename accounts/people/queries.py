"""People as the owner and HR look at them."""

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts import access
from accounts.dated import in_force
from accounts.models import Member, ReportingLine, TeamMembership

STATES = {
    "active": Q(is_active=True, last_signed_in_at__isnull=False),
    "waiting": Q(is_active=True, last_signed_in_at=None),
    "left": Q(is_active=False),
}


def people_for_list(reader: Member, *, search: str = "", state: str = "") -> QuerySet:
    """People whom `reader` may see, each with `team_name`, `manager_name`, user and invitation. One query.

    `search` is part of a name or an address; `state` a key of STATES, else everybody who has not left.
    """
    members = with_place(Member.objects.visible_to(reader), access.today_of(reader)).select_related("user", "invitation")
    members = members.filter(STATES.get(state, Q(is_active=True)))
    for word in search.split():
        members = members.filter(Q(name__icontains=word) | Q(user__email__icontains=word))
    return members


def with_place(members: QuerySet, day: date) -> QuerySet:
    """The members, each with ids and names of team and manager on `day`, or None, and whether they have reports."""
    team = TeamMembership.objects.filter(in_force(day), member=OuterRef("pk"))
    manager = ReportingLine.objects.filter(in_force(day), member=OuterRef("pk"))
    return members.annotate(
        team_id_now=Subquery(team.values("team_id")[:1]),
        team_name=Subquery(team.values("team__name")[:1]),
        manager_id_now=Subquery(manager.values("manager_id")[:1]),
        manager_name=Subquery(manager.values("manager__name")[:1]),
        has_reports=access.has_reports(day),
    )


def likely_managers(organization_id: int, day: date) -> QuerySet:
    """Addresses and names of those who have reports on `day`, and of owners: what a form offers first. At most 200."""
    members = Member.objects.filter(organization_id=organization_id, is_active=True).annotate(has_reports_now=access.has_reports(day))
    return members.filter(Q(has_reports_now=True) | Q(is_owner=True)).order_by("name").values_list("user__email", "name")[:200]
