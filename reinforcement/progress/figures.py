"""Figures of learning progress as values: what was counted, what it is counted against, and whether that says something. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from reinforcement.memory.proficiency import FEWEST_ANSWERS
from reinforcement.progress.outlook import Outlook

MINIMUM_ANSWERS = FEWEST_ANSWERS
"""Under this many answers a share of one person says nothing yet."""

SHOWN_WEEKS = 26
"""How far back a page looks, the current week included."""

ALIKE_WITHIN = 2
"""Per cent: a competency that stands no further above the lowest is named beside it."""

MAP_STEPS = (40, 50, 60, 70, 80, 90)
"""Per cent at which the next of the seven shades of the map begins."""


class Measure(StrEnum):
    RIGHT = "right"
    CURRENT = "current"
    INITIAL = "initial"
    PARTICIPATION = "participation"
    STARTED = "started"


class Period(StrEnum):
    """Weeks that participation is counted over; the current week is the last of them."""

    FOUR_WEEKS = "4"
    TWELVE_WEEKS = "12"
    ALL = "all"

    @property
    def weeks(self) -> int | None:
        return None if self is Period.ALL else int(self)


@dataclass(frozen=True, slots=True)
class Figure:
    """`part` of `whole` questions (or answers), and from which `whole` on its share is shown. A part can be a fraction: partly right.

    Where `answers` are given, the figure rests on these, and its share is shown from so many answers on.
    """

    part: float = 0
    whole: int = 0
    minimum: int = MINIMUM_ANSWERS
    answers: int | None = None

    @property
    def rests_on(self) -> int:
        return self.whole if self.answers is None else self.answers

    @property
    def has_data(self) -> bool:
        return self.whole > 0 and self.rests_on >= max(self.minimum, 1)

    @property
    def share(self) -> float:
        """From 0 to 1. Raises ValueError where there is not enough data: ask `has_data` first."""
        if not self.has_data:
            raise ValueError("not enough data")
        return self.part / self.whole

    @property
    def percent(self) -> int:
        return percent(self.share)

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.part + other.part, self.whole + other.whole, self.minimum)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean share over the people with data, how many they are, and out of how many. The share is 0 where nobody has data."""

    share: float
    with_data: int
    people: int

    @property
    def percent(self) -> int:
        return percent(self.share)

    @property
    def covers_half(self) -> bool:
        """Whether half of the people or more have data: from there on it is said of the team."""
        return self.with_data > 0 and self.with_data * 2 >= self.people


@dataclass(frozen=True, slots=True)
class CompetencyName:
    pk: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a team; `figures` stand in the order of the team's competencies."""

    public_id: str
    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """One measure of a line: people by name, each with a figure per competency."""

    measure: Measure
    period: Period
    competencies: tuple[CompetencyName, ...]
    people: tuple[PersonRow, ...]

    @property
    def means(self) -> tuple[Mean, ...]:
        """Per competency, over people with data."""
        return tuple(mean_of(person.figures[column] for person in self.people) for column in range(len(self.competencies)))

    def lowest_first(self) -> "TeamFigures":
        """The same figures, competencies from the lowest mean to the highest; those of under half of the people after them, none last."""
        means = self.means

        def place(column: int) -> tuple[bool, bool, float]:
            return (not means[column].with_data, not means[column].covers_half, means[column].share)

        order = sorted(range(len(means)), key=place)
        return replace(
            self,
            competencies=tuple(self.competencies[column] for column in order),
            people=tuple(replace(person, figures=tuple(person.figures[column] for column in order)) for person in self.people),
        )


@dataclass(frozen=True, slots=True)
class CompetencyProgress:
    """Where one person stands on one competency. `started` has no whole where it is not known what was assigned.

    `first_right` and `right` count alike, at the first and at the last answer; `initial` is the mean credit of first answers.
    """

    competency: CompetencyName
    initial: Figure
    first_right: Figure
    right: Figure
    participation: Figure
    started: Figure
    answers: int
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """One week, by its Monday: questions put before the person, answers, how many were right, and how many questions were new."""

    week_on: date
    presented: int
    answered: int
    right: int
    first_answered: int


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """All of one person's learning figures; weeks run from the oldest to the latest, of `competency` alone where one is chosen."""

    competencies: tuple[CompetencyProgress, ...]
    weeks: tuple[WeekCounts, ...]
    competency: CompetencyName | None = None

    def by_week(self, today: date) -> tuple[Figure, ...]:
        """Right of answered for each week of the half year that ends with the week of `today`, the oldest first."""
        latest = today - timedelta(days=today.weekday())
        counts = {week.week_on: Figure(week.right, week.answered) for week in self.weeks}
        return tuple(counts.get(latest - timedelta(weeks=ago), Figure()) for ago in reversed(range(SHOWN_WEEKS)))

    @property
    def answers(self) -> int:
        return sum(row.answers for row in self.competencies)

    @property
    def first_right(self) -> Figure:
        return sum((row.first_right for row in self.competencies), Figure())

    @property
    def right(self) -> Figure:
        return sum((row.right for row in self.competencies), Figure())


def mean_of(figures: Iterable[Figure]) -> Mean:
    """The mean of the shares, each person with data counting once."""
    figures = list(figures)
    shares = [figure.share for figure in figures if figure.has_data]
    return Mean(share=sum(shares) / len(shares) if shares else 0, with_data=len(shares), people=len(figures))


def percent(share: float) -> int:
    """`share` in whole per cent, halves upward."""
    return int(share * 100 + 0.5)


def map_step(value: int) -> int:
    """The shade of the map, 1 to 7, for a figure in per cent."""
    return 1 + sum(value >= step for step in MAP_STEPS)


def lowest_of(percents: Sequence[int]) -> list[int]:
    """The places of the lowest one and of those that stand alike, in their order. Raises ValueError of none."""
    return [place for place, value in enumerate(percents) if value <= min(percents) + ALIKE_WITHIN]
