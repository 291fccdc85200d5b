"""Weeks as ticks on a ruler and as points of a line: where each stands, in per cent of the width and in pixels of height. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from reinforcement.progress.figures import SHOWN_WEEKS, Figure, WeekCounts

BASE = 78
TALLEST = 66


@dataclass(frozen=True, slots=True)
class Tick:
    """A week: `x` in per cent, the tops of what was asked and answered in pixels from above; None where there was nothing."""

    week_on: date
    x: str
    presented_top: str | None
    answered_top: str | None


@dataclass(frozen=True, slots=True)
class WeekRuler:
    ticks: tuple[Tick, ...]
    presented: int
    answered: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Point:
    """A week with enough answers: its share right in per cent, at `x` in per cent and `y` in pixels from above."""

    week_on: date
    percent: int
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """Points by week, and the pieces of line between weeks that follow each other; a week without enough answers is a gap."""

    points: tuple[Point, ...]
    pieces: tuple[tuple[Point, Point], ...]


def week_ruler(weeks: Sequence[WeekCounts], today: date) -> WeekRuler | None:
    """Up to 26 weeks that end with the one of `today`, empty weeks in between included; None where none of them holds anything."""
    window = _window(weeks, today)
    if window is None:
        return None
    first, last = window
    shown = {week.week_on: week for week in weeks if first <= week.week_on <= last and (week.presented or week.answered)}
    span = (last - first).days // 7
    most = max(max(week.presented, week.answered) for week in shown.values())

    def top(count: int) -> str | None:
        return f"{BASE - TALLEST * count / most:.1f}" if count else None

    ticks = []
    for index in range(span + 1):
        week = shown.get(first + timedelta(weeks=index), WeekCounts(first, 0, 0, 0, 0))
        ticks.append(Tick(first + timedelta(weeks=index), _x(index, span), top(week.presented), top(week.answered)))
    return WeekRuler(
        ticks=tuple(ticks),
        presented=sum(week.presented for week in shown.values()),
        answered=sum(week.answered for week in shown.values()),
        first_on=first,
        last_on=last,
    )


def share_line(weeks: Sequence[WeekCounts], today: date) -> ShareLine | None:
    """The share right of the answers of each week, on the weeks of the ruler; None where fewer than two weeks have enough answers."""
    window = _window(weeks, today)
    if window is None:
        return None
    first, last = window
    span = (last - first).days // 7
    points = [
        Point(week.week_on, figure.percent, _x((week.week_on - first).days // 7, span), f"{BASE - TALLEST * figure.share:.1f}")
        for week in sorted(weeks, key=lambda week: week.week_on)
        if first <= week.week_on <= last and (figure := Figure(week.right, week.answered)).has_data
    ]
    if len(points) < 2:
        return None
    following = tuple((one, next_one) for one, next_one in pairwise(points) if next_one.week_on - one.week_on == timedelta(weeks=1))
    return ShareLine(tuple(points), following)


def _window(weeks: Sequence[WeekCounts], today: date) -> tuple[date, date] | None:
    """The first and the last of up to 26 weeks that end with the one of `today`; None where none of them holds anything."""
    last = today - timedelta(days=today.weekday())
    earliest = last - timedelta(weeks=SHOWN_WEEKS - 1)
    shown = [week.week_on for week in weeks if earliest <= week.week_on <= last and (week.presented or week.answered)]
    # Eight weeks at least, so that a first week stands at the end of a ruler and not alone on it.
    return (min([last - timedelta(weeks=7), *shown]), last) if shown else None


def _x(index: int, span: int) -> str:
    # A tick is as wide as 4 pixels: one per cent of air on both sides keeps the outer ones on the ruler.
    return f"{1 + 98 * index / span:.2f}"
