"""Verbs that write people: organizations, members, teams and the reporting line."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.dated import follow
from accounts.models import Member, Organization, ReportingLine, Team, TeamMembership, User


class LineInACircle(ValueError):
    """The manager reports, directly or through others, to the member."""


class LastOwner(ValueError):
    """Without this owner nobody could manage the organization."""


class AlreadyAMember(ValueError):
    """The address belongs to a member of the organization."""


@transaction.atomic
def create_organization(*, slug: str, name: str, owner_email: str, owner_name: str = "", **fields: Any) -> tuple[Organization, Member]:
    """A new organization with its root team and its owner. Nothing is sent."""
    organization = Organization.objects.create(slug=slug, name=name, **fields)
    Team.objects.create(organization=organization, parent=None, name=name)
    owner = add_member(organization, email=owner_email, name=owner_name or owner_email.partition("@")[0], is_owner=True)
    return organization, owner


@transaction.atomic
def add_member(
    organization: Organization,
    *,
    email: str,
    name: str,
    team: Team | None = None,
    manager: Member | None = None,
    on: date | None = None,
    **fields: Any,
) -> Member:
    """A new member; the sign-in with that address is used where it exists, else made without a password.

    Without a team the member is in the organization's root team. `on` is the first day of team and line, else today.
    Raises AlreadyAMember.
    """
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email)
    if Member.objects.filter(organization=organization, user=user).exists():
        raise AlreadyAMember
    fields.setdefault("language", organization.language)
    fields.setdefault("time_zone", organization.time_zone)
    member = Member.objects.create(organization=organization, user=user, name=name, **fields)
    place_in_team(member, team or root_team(organization), on=on)
    if manager is not None:
        report_to(member, manager, on=on)
    return member


def root_team(organization: Organization) -> Team:
    return Team.objects.get(organization=organization, parent=None)


def find_or_create_team(organization: Organization, path: list[str]) -> Team:
    """The team at `path` below the root, such as ["Benelux", "South"]; missing ones are made. An empty path is the root."""
    team = root_team(organization)
    for name in path:
        team, _made = Team.objects.get_or_create(organization=organization, parent=team, name=name)
    return team


@transaction.atomic
def place_in_team(member: Member, team: Team, *, on: date | None = None) -> None:
    """From `on` (today when empty) the member is in `team`; the team before that keeps its days and figures."""
    if team.organization_id != member.organization_id:
        raise ValueError("the team is of another organization")
    on = on or timezone.localdate(timezone=member.zone)
    follow(TeamMembership, member.organization_id, "team", {member.pk: team.pk}, on=on)


@transaction.atomic
def report_to(member: Member, manager: Member | None, *, on: date | None = None) -> None:
    """From `on` (today when empty) the member reports to `manager`, or to nobody. Raises LineInACircle."""
    on = on or timezone.localdate(timezone=member.zone)
    if manager is not None:
        if manager.organization_id != member.organization_id:
            raise ValueError("the manager is of another organization")
        # One writer of the line at a time in an organization: two changes that are fine alone could close a circle.
        Organization.objects.select_for_update(no_key=True).get(pk=member.organization_id)
        if manager.pk == member.pk or manager.pk in _everybody_below(member):
            raise LineInACircle
    follow(ReportingLine, member.organization_id, "manager", {member.pk: manager.pk if manager else None}, on=on)


def _everybody_below(member: Member) -> set[int]:
    below: dict[int, list[int]] = {}
    current = ReportingLine.objects.filter(organization_id=member.organization_id, ended_on=None)
    for report, manager in current.values_list("member_id", "manager_id"):
        below.setdefault(manager, []).append(report)
    found: set[int] = set()
    waiting = [member.pk]
    while waiting:
        for report in below.get(waiting.pop(), []):
            if report not in found:
                found.add(report)
                waiting.append(report)
    return found


@transaction.atomic
def change_member(
    member: Member,
    *,
    team: Team,
    team_from: date | None = None,
    manager: Member | None,
    manager_from: date | None = None,
    **fields: Any,
) -> None:
    """The member's settings become `fields`, and team and manager follow from their days (today when empty).

    Raises LastOwner and LineInACircle; nothing has changed then.
    """
    if not fields.get("is_owner", member.is_owner):
        _keep_an_owner(member)
    for field, value in fields.items():
        setattr(member, field, value)
    member.save(update_fields=list(fields))
    place_in_team(member, team, on=team_from)
    report_to(member, manager, on=manager_from)


def stop_daily_mail(member: Member) -> None:
    """No morning mail and no reminder from now on. One statement."""
    member.wants_morning_mail = member.wants_reminder = False
    member.save(update_fields=["wants_morning_mail", "wants_reminder"])


@transaction.atomic
def deactivate(member: Member, *, on: date | None = None) -> None:
    """The member leaves: access ends with the next request, sets and messages stop, records stay for their period.

    Raises LastOwner.
    """
    _keep_an_owner(member)
    member.is_active = False
    member.left_on = on or timezone.localdate(timezone=member.zone)
    member.save(update_fields=["is_active", "left_on"])


@transaction.atomic
def reactivate(member: Member) -> None:
    """The member is back, with the roles, team and manager from before."""
    member.is_active = True
    member.left_on = None
    member.save(update_fields=["is_active", "left_on"])


def _keep_an_owner(member: Member) -> None:
    """Raises LastOwner where nobody else owns the organization. Two owners that remove each other wait for one another."""
    if not member.is_owner or not member.is_active:
        return
    Organization.objects.select_for_update(no_key=True).get(pk=member.organization_id)
    if not Member.objects.filter(organization_id=member.organization_id, is_owner=True, is_active=True).exclude(pk=member.pk).exists():
        raise LastOwner
