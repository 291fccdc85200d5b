"""On which days a member gets a set, and when the next one comes. Pure: values in, values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from accounts.working_days import is_working_day

# Farther than any return date of a program looks.
HORIZON_DAYS = 400


class Day(StrEnum):
    WORKING = "working"
    PAUSE = "pause"
    WEEKDAY_OFF = "weekday_off"
    HOLIDAY = "holiday"
    DAY_OFF = "day_off"


@dataclass(frozen=True)
class Away:
    """Days off or a pause, both ends included; a pause may be open-ended."""

    first_on: date
    last_on: date | None
    is_pause: bool

    def covers(self, day: date) -> bool:
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


@dataclass(frozen=True)
class WorkCalendar:
    """A member's working weekdays, the organization's holidays, and the member's absences."""

    working_days: int
    holidays: Mapping[date, str] = field(default_factory=dict)
    absences: tuple[Away, ...] = ()

    def kind_of(self, day: date) -> Day:
        """What the day is; of several reasons for no set, the one that a person would name."""
        away = [absence for absence in self.absences if absence.covers(day)]
        if any(absence.is_pause for absence in away):
            return Day.PAUSE
        if not is_working_day(self.working_days, day):
            return Day.WEEKDAY_OFF
        if day in self.holidays:
            return Day.HOLIDAY
        return Day.DAY_OFF if away else Day.WORKING


@dataclass(frozen=True)
class Delivery:
    """A program that the member takes part in from `first_on` to `last_on`; its earliest question may come on `ready_on`.

    `ready_on` is None when no question of it will ever come by itself: all are mastered.
    """

    weekdays: int
    first_on: date
    last_on: date | None
    ready_on: date | None

    def delivers_on(self, day: date) -> bool:
        is_running = self.first_on <= day and (self.last_on is None or day <= self.last_on)
        return is_running and is_working_day(self.weekdays, day) and self.ready_on is not None and self.ready_on <= day


def next_set_on(calendar: WorkCalendar, deliveries: Iterable[Delivery], first_day: date) -> date | None:
    """The first day from `first_day` on with a set, as things stand; None within 400 days."""
    deliveries = list(deliveries)
    for ahead in range(HORIZON_DAYS):
        day = first_day + timedelta(days=ahead)
        if any(delivery.delivers_on(day) for delivery in deliveries) and calendar.kind_of(day) is Day.WORKING:
            return day
    return None


def shift_to_working_day(day: date, *masks: int) -> date:
    """`day`, or the first day after it that all the sets of weekdays hold; `day` itself where they have no weekday in common."""
    for ahead in range(7):
        candidate = day + timedelta(days=ahead)
        if all(is_working_day(mask, candidate) for mask in masks):
            return candidate
    return day
