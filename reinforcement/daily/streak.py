"""The streak as facts: completed sets in a row. Days off, holidays and pauses are not in the row at all, also when somebody
notes them after the set of that day was made. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SetDay:
    """A day on which a set was there, whether all of it was answered, and whether the day turned out to be free."""

    local_date: date
    is_completed: bool
    is_free: bool = False


@dataclass(frozen=True)
class Streak:
    """Working days in a row up to now, and the longest run ever."""

    current: int
    longest: int


def streak_of(days: Iterable[SetDay]) -> Streak:
    """The streak of a member's sets, given in order of their dates. The latest set, while still open, does not end a run."""
    run = longest = 0
    days = list(days)
    for index, day in enumerate(days):
        if day.is_completed:
            run += 1
            longest = max(longest, run)
        elif not day.is_free and index < len(days) - 1:
            run = 0
    return Streak(current=run, longest=longest)
