"""Groups for figures: teams of the tree, the small ones put together, so that each group has enough people. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TeamSize:
    """A team of the tree and how many people are in it, those of the teams below it not counted."""

    pk: int
    parent_id: int | None
    people: int


@dataclass(frozen=True, slots=True)
class Group:
    """Teams whose people are shown together, in the order of the tree."""

    teams: tuple[int, ...]
    people: int

    def __add__(self, other: "Group") -> "Group":
        return Group(self.teams + other.teams, self.people + other.people)


def groups_of(teams: Iterable[TeamSize], minimum: int) -> tuple[Group, ...]:
    """Every team with people in exactly one group, and every group with `minimum` people or more; none where all are fewer.

    A team that is too small goes with small ones beside it, else with those around the team above. Groups and the teams
    in them come in the order of `teams`; a parent that is not among them counts as none.
    """
    teams = list(teams)
    known = {team.pk for team in teams}
    below: dict[int | None, list[TeamSize]] = {}
    for team in teams:
        below.setdefault(team.parent_id if team.parent_id in known else None, []).append(team)
    found, rest = _gathered(None, below, minimum)
    if rest is not None and found:
        found.remove(smallest := min(found, key=lambda group: group.people))
        found.append(smallest + rest)
    place = {team.pk: number for number, team in enumerate(teams)}
    ordered = [Group(tuple(sorted(group.teams, key=place.__getitem__)), group.people) for group in found]
    return tuple(sorted(ordered, key=lambda group: place[group.teams[0]]))


def _gathered(team: TeamSize | None, below: dict[int | None, list[TeamSize]], minimum: int) -> tuple[list[Group], Group | None]:
    """Groups of the team and all below it, and what is left that is too small for one."""
    found: list[Group] = []
    small: list[Group] = []
    own = [Group((team.pk,), team.people)] if team is not None and team.people else []
    for group in own:
        (found if group.people >= minimum else small).append(group)
    for child in below.get(team.pk if team is not None else None, []):
        of_child, rest = _gathered(child, below, minimum)
        found += of_child
        small += [rest] if rest is not None else []
    together: Group | None = None
    for group in small:
        together = group if together is None else together + group
        if together.people >= minimum:
            found.append(together)
            together = None
    return found, together
