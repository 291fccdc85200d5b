"""Sets of weekdays as a number: Monday is 1, Tuesday 2, Wednesday 4, up to Sunday 64. One integer compares well in SQL."""

from collections.abc import Iterable
from datetime import date

MONDAY_TO_FRIDAY = 0b0011111
EVERY_DAY = 0b1111111
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekday_bit(day: date) -> int:
    """The bit of the weekday of `day`."""
    return 1 << day.weekday()


def is_working_day(mask: int, day: date) -> bool:
    return bool(mask & weekday_bit(day))


def mask_of(weekdays: Iterable[int]) -> int:
    """The number for weekdays given as 0 (Monday) to 6 (Sunday)."""
    mask = 0
    for weekday in weekdays:
        if not 0 <= weekday <= 6:
            raise ValueError(f"{weekday} is not a weekday from 0 to 6")
        mask |= 1 << weekday
    return mask


def weekdays_of(mask: int) -> list[int]:
    """Weekdays, 0 (Monday) to 6 (Sunday), that the number holds."""
    return [weekday for weekday in range(7) if mask & (1 << weekday)]


def read_weekdays(text: str) -> int:
    """The number for a text such as "mon-fri" or "mon,tue,thu". Raises ValueError with the part that can't be read."""
    mask = 0
    for part in text.lower().replace(";", ",").replace(" ", ",").split(","):
        if not part:
            continue
        first, _dash, last = part.partition("-")
        try:
            start = _NAMES.index(first[:3])
            end = _NAMES.index(last[:3]) if last else start
        except ValueError:
            raise ValueError(part) from None
        if end < start:
            raise ValueError(part)
        mask |= mask_of(range(start, end + 1))
    if not mask:
        raise ValueError(text)
    return mask
