"""Reads of how well answers were predicted: from the counted rows alone, a constant number of statements however many weeks there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts import access
from accounts.models import Member
from reinforcement.memory.store import InForce, versions_in_force
from reinforcement.reliability.figures import (
    BINS,
    LEAST_FOR_RMSE,
    Count,
    Shown,
    ShownBin,
    WeekReliability,
    chance_of,
    is_apart,
    shown_bins,
    shown_of,
    week_of,
)
from reinforcement.reliability.figures import LEAST_ANSWERS as LEAST
from reinforcement.reliability.models import Reliability, ReliabilityBin, ReliabilityNotice

SHOWN_WEEKS = 26
SHOWN_VERSIONS = 5


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest answers as people read them; nothing is shown where too few people or answers stand behind them."""

    shown: Shown | None = None
    rmse: float | None = None
    since_on: date | None = None
    counted_at: datetime | None = None
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page says. `bins` are those of the chosen week, or of the latest answers; weeks come with the latest first.

    `chance` is the RMSE that chance alone makes of the latest answers.
    """

    latest: Latest
    bins: tuple[ShownBin, ...]
    chosen: WeekReliability | None
    weeks: tuple[WeekReliability, ...]
    chance: float
    notice: ReliabilityNotice | None
    versions: tuple[InForce, ...]


class NoSuchWeek(LookupError):
    """The week is not among those that are shown."""


def latest_of(reader: Member) -> Latest:
    """One statement."""
    row = Reliability.objects.visible_to(reader).first()
    if row is None or row.people < reader.organization.small_group_minimum or row.answers < LEAST:
        return Latest()
    rmse = row.rmse if row.answers >= LEAST_FOR_RMSE else None
    return Latest(shown_of(row.answers, row.predicted, row.right), rmse, row.since_on, row.counted_at, is_apart(row.predicted, row.right))


def page_of(reader: Member, week_on: date | None = None) -> Page:
    """What the reader's organization predicted and got, with the bins of `week_on` where it is named. Four statements.

    Raises NoSuchWeek.
    """
    minimum = reader.organization.small_group_minimum
    latest = latest_of(reader)
    by_week = _bins_by_week(reader)
    of_latest = by_week.pop(None, _none())
    weeks = tuple(week_of(week, by_week[week], minimum) for week in sorted(filter(None, by_week), reverse=True))
    chosen = next((week for week in weeks if week.week_on == week_on), None)
    if week_on is not None and chosen is None:
        raise NoSuchWeek
    bins = by_week[chosen.week_on] if chosen else of_latest
    # Bins of a total that is not shown are not shown either.
    is_told = (chosen or latest).shown is not None
    return Page(
        latest=latest,
        bins=shown_bins(bins, minimum) if is_told else (),
        chosen=chosen,
        weeks=weeks,
        chance=chance_of(of_latest),
        notice=ReliabilityNotice.objects.visible_to(reader).filter(recovered_at=None).first(),
        versions=tuple(versions_in_force(reader.organization_id, SHOWN_VERSIONS)),
    )


def _none() -> list[Count]:
    return [Count() for _bin in range(BINS)]


def _bins_by_week(reader: Member) -> dict[date | None, Sequence[Count]]:
    """Ten bins for each of the last 26 weeks that has answers, and under None those of the latest answers. One statement."""
    today = access.today_of(reader)
    first = today - timedelta(days=today.weekday(), weeks=SHOWN_WEEKS - 1)
    rows = ReliabilityBin.objects.visible_to(reader).filter(Q(week_on=None) | Q(week_on__gte=first))
    rows = rows.values_list("week_on", "tenth", "answers", "predicted", "right", "people")
    found: dict[date | None, list[Count]] = defaultdict(_none)
    for week_on, tenth, *counts in rows:
        found[week_on][tenth] = Count(*counts)
    return dict(found)
