"""Verbs of the import of members: keep a loaded file, and apply it whole or not at all."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import access
from accounts.dated import follow
from accounts.invitations import services as invitations
from accounts.member_import.columns import read_people
from accounts.member_import.plan import Outcome, Plan, PlannedRow, plan_import
from accounts.models import Member, MemberImport, Organization, ReportingLine, Role, Team, TeamMembership, User
from accounts.tables import TableError, read_csv

_AT_A_TIME = 500


class ImportRefused(Exception):
    """The table has problems; nothing was changed. `problems` names them by row and column."""

    def __init__(self, problems):
        super().__init__(problems)
        self.problems = list(problems)


def preview(organization: Organization, content: bytes) -> Plan:
    """What the CSV in `content` would change. A table that cannot be read at all is a plan of problems."""
    try:
        people = read_people(read_csv(content, has_header=True))
    except TableError as error:
        return Plan([], list(error.problems))
    return plan_import(organization, people)


@transaction.atomic
def keep_for_preview(member: Member, *, file_name: str, content: bytes) -> MemberImport:
    """The loaded file until it is applied; the member's earlier ones go, and the organization's of more than a day."""
    mine_or_old = Q(member=member) | Q(created_at__lt=timezone.now() - MemberImport.KEPT_FOR)
    MemberImport.objects.filter(mine_or_old, organization_id=member.organization_id).delete()
    return MemberImport.objects.create(organization_id=member.organization_id, member=member, file_name=file_name[-200:], content=content)


@transaction.atomic
def discard(kept: MemberImport) -> None:
    """The loaded file goes; nothing else changes."""
    kept.delete()


@transaction.atomic
def apply(organization: Organization, content: bytes, *, invite_by: Member | None = None) -> Plan:
    """Brings the people of the CSV in, all or none, and says what changed. Raises ImportRefused.

    New people are invited by mail where `invite_by` says who asks them; otherwise nothing is sent.
    """
    # One writer of the line at a time in an organization: two imports that are fine alone could close a circle.
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    plan = preview(organization, content)
    if plan.problems:
        raise ImportRefused(plan.problems)
    made = _add_members(organization, [row for row in plan.rows if row.outcome is Outcome.NEW])
    _change_members([(row.member, row) for row in plan.rows if row.member is not None and row.outcome is Outcome.CHANGED])
    members = {row.email: row.member for row in plan.rows if row.member is not None} | made
    changed = [(members[row.email], row) for row in plan.rows if row.outcome is not Outcome.UNCHANGED]
    _place_in_teams(organization, changed)
    _report_to_managers(organization, changed, members)
    if invite_by is not None:
        invitations.invite_all(made.values(), by=invite_by)
    return plan


def _add_members(organization: Organization, rows: list[PlannedRow]) -> dict[str, Member]:
    users = _users(organization, [row.email for row in rows])
    defaults = {"language": organization.language, "time_zone": organization.time_zone}
    members = [Member(organization=organization, user=users[row.email], **defaults | _fields(row.changes)) for row in rows]
    Member.objects.bulk_create(members, batch_size=_AT_A_TIME)
    return {member.user.email: member for member in members}


def _users(organization: Organization, emails: list[str]) -> dict[str, User]:
    """The sign-in of each address; where there is none, a new one without a password."""
    users: dict[str, User] = {}
    for start in range(0, len(emails), _AT_A_TIME):
        chunk = emails[start : start + _AT_A_TIME]
        found = {user.email: user for user in User.objects.filter(email__in=chunk)}
        missing = [User(email=email, password=make_password(None)) for email in chunk if email not in found]
        User.objects.bulk_create(missing)
        users |= found | {user.email: user for user in missing}
    return users


def _change_members(rows: list[tuple[Member, PlannedRow]]) -> None:
    changed_fields: set[str] = set()
    for member, row in rows:
        for name, value in _fields(row.changes).items():
            setattr(member, name, value)
            changed_fields.add(name)
    if changed_fields:
        Member.objects.bulk_update([member for member, _row in rows], sorted(changed_fields), batch_size=_AT_A_TIME)


def _fields(changes: dict[str, Any]) -> dict[str, Any]:
    """Planned values as fields of Member; team and manager are rows of their own."""
    fields = {column: value for column, value in changes.items() if column not in {"team", "manager", "roles"}}
    if "roles" in changes:
        fields |= {f"is_{role}": role in changes["roles"] for role in Role.values}
    return fields


def _place_in_teams(organization: Organization, changed: Iterable[tuple[Member, PlannedRow]]) -> None:
    wanted = {member.pk: row.changes.get("team", ()) for member, row in changed if "team" in row.changes or row.outcome is Outcome.NEW}
    teams = _teams(organization, set(wanted.values()))
    _follow_from_today(TeamMembership, organization, "team", changed, {pk: teams[path] for pk, path in wanted.items()})


def _teams(organization: Organization, paths: set[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """The id of the team at each path; missing teams are made, one statement per level of the tree."""
    rows = list(Team.objects.filter(organization=organization))
    root = next(team for team in rows if team.parent_id is None)
    known = {(team.parent_id, team.name): team.pk for team in rows}
    ids: dict[tuple[str, ...], int] = {(): root.pk}
    for depth in range(1, max(map(len, paths), default=0) + 1):
        level = sorted({path[:depth] for path in paths if len(path) >= depth})
        new = [
            Team(organization=organization, parent_id=ids[path[:-1]], name=path[-1])
            for path in level
            if (ids[path[:-1]], path[-1]) not in known
        ]
        Team.objects.bulk_create(new)
        known |= {(team.parent_id, team.name): team.pk for team in new}
        ids |= {path: known[ids[path[:-1]], path[-1]] for path in level}
    return ids


def _report_to_managers(organization: Organization, changed: Iterable[tuple[Member, PlannedRow]], members: dict[str, Member]) -> None:
    wanted = {member.pk: row.changes["manager"] for member, row in changed if "manager" in row.changes}
    known = {email: member.pk for email, member in members.items()}
    elsewhere = sorted(set(wanted.values()) - known.keys())
    for start in range(0, len(elsewhere), _AT_A_TIME):
        found = Member.objects.filter(organization=organization, user__email__in=elsewhere[start : start + _AT_A_TIME])
        known |= dict(found.values_list("user__email", "pk"))
    _follow_from_today(ReportingLine, organization, "manager", changed, {pk: known[email] for pk, email in wanted.items()})


def _follow_from_today(
    model, organization: Organization, field: str, changed: Iterable[tuple[Member, PlannedRow]], values: dict[int, int]
) -> None:
    """`follow`, once for each date that it is now where the members are."""
    by_date: dict[Any, dict[int, int]] = defaultdict(dict)
    for member, _row in changed:
        if member.pk in values:
            by_date[access.today_of(member)][member.pk] = values[member.pk]
    for today, chosen in by_date.items():
        follow(model, organization.pk, field, chosen, on=today)
