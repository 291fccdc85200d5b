"""Published figures as values. Totals are made from published figures alone: they tell nothing that these do not. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reinforcement.progress.figures import CompetencyName, percent

WEEKS_COMPARED = 2
"""The first and the last weeks of a trend that are compared: single weeks go up and down."""

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
    """*Right at last answer* of a group on a competency: the mean over the people with data, and when it was published."""

    percent: int
    with_data: int
    published_at: datetime


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
    def with_data(self) -> int:
        """The most people that stand behind one of its figures."""
        return max((cell.with_data for cell in self.cells if cell is not None), default=0)


@dataclass(frozen=True, slots=True)
class CompetencyTotal:
    """The company on a competency: the mean over the people behind the figures of its groups."""

    competency: CompetencyName
    percent: int
    with_data: int


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
    weeks: tuple[WeekTotal, ...]

    @property
    def right(self) -> Share:
        return mean_of((total.percent, total.with_data) for total in self.competencies)

    @property
    def participation(self) -> Share:
        """Of the last weeks."""
        latest = [week.participation for week in self.weeks if week.participation.is_shown][-PARTICIPATION_WEEKS:]
        return latest_mean(latest)


@dataclass(frozen=True, slots=True)
class Trend:
    """Right among the answers of the first and of the last weeks, in whole per cent, and how many weeks lie between their ends."""

    first: int
    last: int
    weeks: int


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


def trend_of(weeks: Sequence[WeekTotal]) -> Trend | None:
    """From the first weeks to the last ones; None where there are too few weeks with answers to compare."""
    told = [week for week in weeks if week.answered]
    if len(told) < 2 * WEEKS_COMPARED:
        return None
    first, last = told[:WEEKS_COMPARED], told[-WEEKS_COMPARED:]
    return Trend(_right_of(first), _right_of(last), (told[-1].week_on - told[0].week_on).days // 7 + 1)


def _right_of(weeks: Sequence[WeekTotal]) -> int:
    return percent(sum(week.right for week in weeks) / sum(week.answered for week in weeks))
