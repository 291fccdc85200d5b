"""The strip of working days as ticks: what was done, what was off, what comes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reinforcement.today.calendar import Day, WorkCalendar

SHOWN_DAYS = 19
DAYS_AHEAD = 3
MOST_DAYS_AHEAD = 5


@dataclass(frozen=True)
class Tick:
    """A day: "done", "missed", "off", "now", "next" or "later"."""

    day: date
    state: str


def day_strip(sets: Mapping[date, bool], calendar: WorkCalendar, today: date, next_on: date | None) -> list[Tick]:
    """Nineteen days up to a few after `today`; `sets` says for each date with a set whether it was completed."""
    last = today + timedelta(days=DAYS_AHEAD)
    if next_on is not None and last < next_on <= today + timedelta(days=MOST_DAYS_AHEAD):
        last = next_on
    days = [last - timedelta(days=back) for back in reversed(range(SHOWN_DAYS))]
    return [Tick(day, _state(day, sets, calendar, today, next_on)) for day in days]


def _state(day: date, sets: Mapping[date, bool], calendar: WorkCalendar, today: date, next_on: date | None) -> str:
    if day == today and sets.get(day):
        return "now"
    if day == next_on:
        return "next"
    if day > today:
        return "later" if calendar.kind_of(day) is Day.WORKING else "off"
    if day in sets:
        return "done" if sets[day] else "missed"
    return "off"
