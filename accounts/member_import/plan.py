"""What a table of people would change: each row compared with the rows that are there. Reads, writes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.member_import.columns import People, PersonRow
from accounts.models import Member, Organization, ReportingLine, Role, Team, TeamMembership
from accounts.tables import RowProblem
from accounts.teams.queries import tree
from accounts.working_days import weekdays_of

_PLAIN_FIELDS = ("name", "time_zone", "language", "working_days", "preferred_hour", "hired_on")


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class PlannedRow:
    number: int
    email: str
    name: str
    outcome: Outcome
    member: Member | None
    """The row that is there, for a change."""
    changes: dict[str, Any] = field(default_factory=dict)
    """New values by column of the table, such as {"team": ("Benelux", "South")}."""


@dataclass(slots=True)
class Plan:
    rows: list[PlannedRow]
    problems: list[RowProblem]
    new_teams: list[tuple[str, ...]] = field(default_factory=list)
    """Paths of the teams that are not there yet and would be made, those above before those under them."""

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome == outcome for row in self.rows)


def plan_import(organization: Organization, people: People) -> Plan:
    """What `people` would change in `organization`, and every reason why it cannot. Four queries, however many rows."""
    members = {member.user.email: member for member in Member.objects.filter(organization=organization).select_related("user")}
    by_id = {member.pk: member for member in members.values()}
    managers = {
        by_id[member].user.email: by_id[manager].user.email
        for member, manager in ReportingLine.objects.filter(organization=organization, ended_on=None).values_list("member_id", "manager_id")
    }
    paths = {branch.team.pk: branch.path for branch in tree(Team.objects.filter(organization=organization))}
    teams = _team_of_each(organization, paths)
    problems = list(people.problems)
    rows = []
    for row in people.rows:
        member = members.get(row.email)
        found = list(_problems_of(row, member, members, people.emails, people.column_names))
        problems += found
        if not found and not row.unreadable:
            rows.append(_planned(row, member, managers.get(row.email), teams.get(member.pk) if member else None))
    problems += _circles(rows, managers, people.column_names["manager"])
    problems += _ownerless(organization, rows, members.values(), people.column_names["roles"])
    return Plan(rows, sorted(problems, key=lambda problem: problem.row), _new_teams(rows, set(paths.values())))


def _new_teams(rows: list[PlannedRow], known: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    wanted = [row.changes["team"] for row in rows if "team" in row.changes]
    return sorted({path[:depth] for path in wanted for depth in range(1, len(path) + 1)} - known)


def _team_of_each(organization: Organization, paths: dict[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    """The path of each member's team, by member id."""
    current = TeamMembership.objects.filter(organization=organization, ended_on=None).values_list("member_id", "team_id")
    return {member: paths[team] for member, team in current}


def _problems_of(
    row: PersonRow, member: Member | None, members: dict[str, Member], in_file: set[str], names: dict[str, str]
) -> Iterable[RowProblem]:
    # Whether somebody is new is known from the address alone.
    if member is None and not {"name", "email"} & (row.values.keys() | row.unreadable):
        yield RowProblem(row.number, names["name"], _("This person is new here: give a name."))
    if member is not None and not member.is_active:
        yield RowProblem(row.number, names["email"], _("%(name)s has left. Bring them back on their page first.") % {"name": member.name})
    manager = row.values.get("manager")
    if manager is None:
        return
    known = members.get(manager)
    if manager == row.email:
        yield RowProblem(row.number, names["manager"], _("Nobody reports to oneself."))
    elif known is None and manager not in in_file:
        message = _("%(email)s is neither here nor in this file. Add a row for the manager, or check the spelling.")
        yield RowProblem(row.number, names["manager"], message % {"email": manager})
    elif known is not None and not known.is_active:
        yield RowProblem(row.number, names["manager"], _("%(name)s has left. Choose somebody who is here.") % {"name": known.name})


def _planned(row: PersonRow, member: Member | None, manager: str | None, team: tuple[str, ...] | None) -> PlannedRow:
    if member is None:
        values = {"roles": frozenset({Role.SELLER.value}), **row.values}
        return PlannedRow(row.number, row.email, row.values["name"], Outcome.NEW, None, values)
    present: dict[str, Any] = {name: getattr(member, name) for name in _PLAIN_FIELDS}
    present |= {"roles": frozenset(member.roles), "manager": manager, "team": team}
    changes = {column: value for column, value in row.values.items() if value != present[column]}
    return PlannedRow(row.number, row.email, member.name, Outcome.CHANGED if changes else Outcome.UNCHANGED, member, changes)


def _circles(rows: list[PlannedRow], managers: dict[str, str], column: str) -> Iterable[RowProblem]:
    """A problem for each row whose new manager closes a circle, in the line as it will be."""
    line = managers | {row.email: row.changes["manager"] for row in rows if "manager" in row.changes}
    ends_well: set[str] = set()
    in_circles: set[str] = set()
    for row in rows:
        path: dict[str, None] = {}
        email: str | None = row.email
        while email is not None and email not in path and email not in ends_well and email not in in_circles:
            path[email] = None
            email = line.get(email)
        if email in path:
            steps = list(path)
            in_circles.update(steps[steps.index(email) :])
        ends_well.update(step for step in path if step not in in_circles)
    for row in rows:
        if row.email in in_circles and "manager" in row.changes:
            yield RowProblem(
                row.number, column, _("This line goes in a circle: the manager reports to this person, directly or through others.")
            )


def _ownerless(organization: Organization, rows: list[PlannedRow], members: Iterable[Member], column: str) -> Iterable[RowProblem]:
    """A problem where the organization would be left without an owner."""
    owners = {member.user.email for member in members if member.is_owner and member.is_active}
    losing = [row for row in rows if row.email in owners and Role.OWNER not in row.changes.get("roles", {Role.OWNER})]
    if owners and owners == {row.email for row in losing} and not any(Role.OWNER in row.changes.get("roles", ()) for row in rows):
        yield RowProblem(losing[0].number, column, _("Somebody must be the owner. Keep this role, or give it to another person."))


def describe(organization: Organization) -> Callable[[str, Any], str]:
    """A function that puts a planned value in words for the preview."""
    roles = dict(Role.choices)
    languages = dict(settings.LANGUAGES)

    def in_words(column: str, value: Any) -> str:
        if column == "team":
            return " / ".join(value) or organization.name
        if column == "roles":
            return ", ".join(str(roles[role]) for role in Role.values if role in value)
        if column == "preferred_hour":
            return value.strftime("%H:%M")
        if column == "language":
            return str(languages[value])
        if column == "working_days":
            return ", ".join(str(WEEKDAYS_ABBR[day]) for day in weekdays_of(value))
        if column == "hired_on":
            return date_format(value, "j F Y")
        return str(value)

    return in_words
