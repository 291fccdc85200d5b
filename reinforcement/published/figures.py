"""Published figures as values. Totals are made from published figures alone: they tell nothing that these do not. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reinforcement.progress.figures import CompetencyName, Figure, percent

PARTICIPATION_WEEKS = 4
"""Participation is said of so many weeks: the last ones that are published."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share in whole per cent, and how many people stand behind it; `people` is None where there is none, or it is hidden."""

    percent: int = 0
    people: int | None = None

    @property
    def is_shown(self) -> bool:
        return self.people is not None


@dataclass(frozen=True, slots=True)
class GroupCell:
    """*Right at last answer* of a group on a competency: the mean over the people with data, and when it was published.

    `current` is *current proficiency* of the same people, as it stood then.
    """

    percent: int
    with_data: int
    published_at: datetime
    current: Share = Share()


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group by the names of its teams; `cells` stand in the order of the company's competencies, None where hidden."""

    teams: tuple[str, ...]
    people: int
    cells: tuple[GroupCell | None, ...]
    participation: Share

    @property
    def right(self) -> Share:
        """Over all competencies that are shown, each counting by its people."""
        return mean_of((cell.percent, cell.with_data) for cell in self.cells if cell is not None)

    @property
    def current(self) -> Share:
        """The same of current proficiency."""
        return mean_of((cell.current.percent, cell.current.people) for cell in self.cells if cell is not None and cell.current.people)

    @property
    def with_data(self) -> int:
        """The most people that stand behind one of its figures."""
        return max((cell.with_data for cell in self.cells if cell is not None), default=0)


@dataclass(frozen=True, slots=True)
class CompetencyTotal:
    """The company on a competency: the mean over the people behind the figures of its groups."""

    competency: CompetencyName
    percent: int
    with_data: int
    current: Share = Share()


@dataclass(frozen=True, slots=True)
class WeekTotal:
    """A closed week: answers and right ones, people who answered; participation and people who had sets. Hidden: nothing."""

    week_on: date
    answered: int = 0
    right: int = 0
    people: int = 0
    participation: Share = Share()

    @property
    def share(self) -> Share:
        return Share(percent(self.right / self.answered), self.people) if self.answered else Share()


@dataclass(frozen=True, slots=True)
class Company:
    """All that is published of an organization, but the rows of its groups; weeks run from the oldest to the latest."""

    published_at: datetime | None
    groups: int
    people: int
    competencies: tuple[CompetencyTotal, ...]
    # Names of competencies that nothing is published of.
    without_figure: tuple[str, ...]
    weeks: tuple[WeekTotal, ...]

    @property
    def right(self) -> Share:
        return mean_of((total.percent, total.with_data) for total in self.competencies)

    @property
    def current(self) -> Share:
        return mean_of((total.current.percent, total.current.people) for total in self.competencies if total.current.people)

    @property
    def participation(self) -> Share:
        """Of the last weeks."""
        latest = [week.participation for week in self.weeks if week.participation.is_shown][-PARTICIPATION_WEEKS:]
        return latest_mean(latest)

    @property
    def every_week(self) -> tuple[WeekTotal, ...]:
        """From the first week to the last, with those between them of which nothing is shown."""
        if not self.weeks:
            return ()
        shown = {week.week_on: week for week in self.weeks}
        first = self.weeks[0].week_on
        days = [first + timedelta(weeks=number) for number in range((self.weeks[-1].week_on - first).days // 7 + 1)]
        return tuple(shown.get(day, WeekTotal(day)) for day in days)

    @property
    def right_by_week(self) -> tuple[Figure, ...]:
        return tuple(Figure(week.right, week.answered) for week in self.every_week)


def mean_of(shares: Iterable[tuple[int, int]]) -> Share:
    """The mean of (per cent, people), each counting by its people."""
    shares = list(shares)
    people = sum(count for _percent, count in shares)
    return Share(percent(sum(value * count for value, count in shares) / people / 100), people) if people else Share()


def latest_mean(weeks: Iterable[Share]) -> Share:
    """The mean over weeks; the people are those of the week that had the most."""
    shown = [(week.percent, week.people) for week in weeks if week.people is not None]
    mean = mean_of(shown)
    return Share(mean.percent, max(people for _percent, people in shown)) if mean.is_shown else mean
