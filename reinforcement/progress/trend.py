"""How the answers of each week went, competency by competency, and whether that changed. Pure."""

from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import NormalDist

from reinforcement.progress.figures import CompetencyName, Figure

SPAN = 4
"""Weeks that are taken together at both ends of a change: single weeks swing with a few answers."""
MINIMUM_ANSWERS_OF_A_SPAN = 20
CHANCE = 0.05
"""How often, over all competencies together, a change may be named that chance alone has made."""
SMALLEST_CHANGE = 5
"""Per cent under which a change is not worth a sentence."""


@dataclass(frozen=True, slots=True)
class Change:
    """The share right in the first four weeks with enough answers and in the latest four, which end `weeks` later."""

    before: Figure
    now: Figure
    weeks: int

    @property
    def difference(self) -> float:
        return self.now.share - self.before.share

    def is_clear(self, comparisons: int) -> bool:
        """Whether it is larger than chance makes of so many answers, when the largest of `comparisons` changes is looked for."""
        together = self.before + self.now
        spread = sqrt(together.share * (1 - together.share) * (1 / self.before.whole + 1 / self.now.whole))
        threshold = NormalDist().inv_cdf(1 - CHANCE / (2 * comparisons))
        return abs(self.now.percent - self.before.percent) >= SMALLEST_CHANGE and abs(self.difference) > threshold * spread


@dataclass(frozen=True, slots=True)
class CompetencyWeeks:
    """Right of answered on one competency, for each week of the trend."""

    competency: CompetencyName
    figures: tuple[Figure, ...]

    @property
    def answers(self) -> int:
        return sum(figure.whole for figure in self.figures)

    @property
    def change(self) -> Change | None:
        return change_of(self.figures)


@dataclass(frozen=True, slots=True)
class Trend:
    """Weeks by their Mondays, the latest last, and the competencies that were answered in them, in the organization's order."""

    weeks: tuple[date, ...]
    competencies: tuple[CompetencyWeeks, ...]

    @property
    def changes(self) -> dict[CompetencyName, Change]:
        """The changes of the competencies with enough answers at both ends."""
        return {each.competency: change for each in self.competencies if (change := each.change)}

    @property
    def clear_changes(self) -> dict[CompetencyName, Change]:
        changes = self.changes
        return {competency: change for competency, change in changes.items() if change.is_clear(len(changes))}

    def standing_out(self) -> CompetencyWeeks | None:
        """The competency with the largest clear change; else the one with the most answers, or none where there is none."""
        clear = self.clear_changes
        return max(
            self.competencies,
            key=lambda each: (abs(clear[each.competency].difference) if each.competency in clear else 0, each.answers),
            default=None,
        )


def change_of(figures: tuple[Figure, ...]) -> Change | None:
    """From the earliest four weeks with enough answers to the latest four; None where one of the ends has too few."""

    def span(first: int) -> Figure:
        return sum(figures[first : first + SPAN], Figure(minimum=MINIMUM_ANSWERS_OF_A_SPAN))

    last = len(figures) - SPAN
    if last < SPAN or not (now := span(last)).has_data:
        return None
    begins = (first for first in range(last - SPAN + 1) if figures[first].whole)
    return next((Change(before, now, last - first) for first in begins if (before := span(first)).has_data), None)
