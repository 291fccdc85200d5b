"""The competencies of an organization in the order of their tree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reinforcement.competencies.models import Competency


@dataclass(frozen=True, slots=True)
class Place:
    competency: Competency
    depth: int
    parent_name: str = ""

    @property
    def step(self) -> int:
        """The depth as far as a page can indent: 3 at most."""
        return min(self.depth, 3)

    @property
    def indent(self) -> str:
        """Spaces that show the depth in a list of choices, where nothing else can."""
        return "\N{NO-BREAK SPACE}" * 4 * self.depth


def add_up(competencies: Iterable[Competency], counts: Mapping[int, int]) -> dict[int, int]:
    """For each competency by its id: its own count and those of all that stand under it."""
    parents = {competency.pk: competency.parent_id for competency in competencies}
    sums = dict.fromkeys(parents, 0)
    for competency_id in parents:
        step: int | None = competency_id
        while step in sums:
            sums[step] += counts.get(competency_id, 0)
            step = parents[step]
    return sums


def in_tree_order(competencies: Iterable[Competency], *, without: Competency | None = None) -> list[Place]:
    """Each competency after the one it is part of, with its depth from 0; `without` leaves out one and all under it.

    A competency whose parent is not among them stands at the top.
    """
    competencies = list(competencies)
    known = {competency.pk for competency in competencies}
    under: dict[int | None, list[Competency]] = {}
    for competency in competencies:
        under.setdefault(competency.parent_id if competency.parent_id in known else None, []).append(competency)

    def branch(parent: Competency | None, depth: int) -> Iterator[Place]:
        for competency in under.get(parent.pk if parent else None, []):
            if competency != without:
                yield Place(competency, depth, parent.name if parent else "")
                yield from branch(competency, depth + 1)

    return list(branch(None, 0))
