"""The team tree as pages show it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from accounts.dated import in_force
from accounts.models import Team


@dataclass(frozen=True)
class Branch:
    """A team with its place in the tree: `path` are the names below the root down to the team."""

    team: Team
    depth: int
    path: tuple[str, ...]

    @property
    def label(self) -> str:
        """How a choice names the team, such as "Benelux / South"; the root by its own name."""
        return " / ".join(self.path) or self.team.name


def tree(teams: Iterable[Team]) -> list[Branch]:
    """The teams in reading order, each after its parent. A team whose parent is not among them stands as a root."""
    teams = list(teams)
    known = {team.pk for team in teams}
    children: dict[int | None, list[Team]] = defaultdict(list)
    for team in sorted(teams, key=lambda team: (team.name.casefold(), team.pk)):
        children[team.parent_id if team.parent_id in known else None].append(team)

    def walk(parent: int | None, depth: int, path: tuple[str, ...]) -> Iterator[Branch]:
        for team in children[parent]:
            here = path if team.parent_id is None else (*path, team.name)
            yield Branch(team, depth, here)
            yield from walk(team.pk, depth + 1, here)

    return list(walk(None, 0, ()))


def below(team: Team, teams: Iterable[Team]) -> list[Team]:
    """The teams among `teams` that stand below `team`, at any depth."""
    children: dict[int | None, list[Team]] = defaultdict(list)
    for other in teams:
        children[other.parent_id].append(other)
    found: list[Team] = []
    waiting = [team.pk]
    while waiting:
        for child in children[waiting.pop()]:
            found.append(child)
            waiting.append(child.pk)
    return found


def tree_visible_to(member, day: date) -> list[Branch]:
    """The teams that `member` may see, each with `people`: how many active members are in it on `day`. One query."""
    here = in_force(day, "memberships__") & Q(memberships__member__is_active=True)
    return tree(Team.objects.visible_to(member).annotate(people=Count("memberships", filter=here)))


def choices(teams: Iterable[Team]) -> list[tuple[str, str]]:
    """Public id and path of each team, for a form."""
    return [(str(branch.team.public_id), branch.label) for branch in tree(teams)]
