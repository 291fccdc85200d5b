"""Weeks as ticks on a ruler: where each stands and how tall it is, in per cent of the width and in pixels of height. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reinforcement.progress.figures import SHOWN_WEEKS, WeekCounts

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


def week_ruler(weeks: Sequence[WeekCounts], today: date) -> WeekRuler | None:
    """Up to 26 weeks that end with the one of `today`, empty weeks in between included; None where none of them holds anything."""
    last = today - timedelta(days=today.weekday())
    earliest = last - timedelta(weeks=SHOWN_WEEKS - 1)
    shown = {week.week_on: week for week in weeks if earliest <= week.week_on <= last and (week.presented or week.answered)}
    if not shown:
        return None
    # Eight weeks at least, so that a first week stands at the end of a ruler and not alone on it.
    first = min(min(shown), last - timedelta(weeks=7))
    span = (last - first).days // 7
    most = max(max(week.presented, week.answered) for week in shown.values())

    def top(count: int) -> str | None:
        return f"{BASE - TALLEST * count / most:.1f}" if count else None

    ticks = []
    for index in range(span + 1):
        week = shown.get(first + timedelta(weeks=index), WeekCounts(first, 0, 0, 0, 0))
        # A tick is as wide as 4 pixels: one per cent of air on both sides keeps the outer ones on the ruler.
        x = f"{1 + 98 * index / span:.2f}"
        ticks.append(Tick(first + timedelta(weeks=index), x, top(week.presented), top(week.answered)))
    return WeekRuler(
        ticks=tuple(ticks),
        presented=sum(week.presented for week in shown.values()),
        answered=sum(week.answered for week in shown.values()),
        first_on=first,
        last_on=last,
    )
