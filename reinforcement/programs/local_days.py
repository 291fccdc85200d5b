"""Which local date it is where people live: the bridge from one instant to SQL on local dates."""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection

from accounts.models import Member
from accounts.working_days import weekday_bit

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LocalDay:
    """The date in one time zone."""

    time_zone: str
    local_date: date

    @property
    def weekday(self) -> int:
        """The bit of the weekday (accounts/working_days.py)."""
        return weekday_bit(self.local_date)


def local_days(now: datetime, time_zones: list[str] | None = None) -> list[LocalDay]:
    """The date at `now` in each time zone that an active seller lives in; without those that this machine does not know."""
    if time_zones is None:
        time_zones = list(Member.objects.filter(is_active=True, is_seller=True).order_by().values_list("time_zone", flat=True).distinct())
    days = []
    for name in sorted(time_zones):
        try:
            days.append(LocalDay(name, now.astimezone(ZoneInfo(name)).date()))
        except (ZoneInfoNotFoundError, ValueError):
            logger.error("no sets for who lives in %s: this machine does not know the time zone", name)
    return days


def instant(day: date, clock: time, time_zone: str) -> datetime:
    """The UTC instant at which clocks there show `clock` on `day`; in a skipped hour, as long after midnight as they would have."""
    return datetime.combine(day, clock, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def as_values(rows: list[tuple], types: list[str]) -> tuple[str, list]:
    """`rows` as the text of a VALUES list and its parameters. `types` are PostgreSQL's, which does not guess them."""
    casts = [f"%s::{name}" for name in types] if connection.vendor == "postgresql" else ["%s"] * len(types)
    text = ", ".join(f"({', '.join(casts)})" for _row in rows)
    return f"VALUES {text}", [adapted(value) for row in rows for value in row]


def adapted(value):
    """`value` in the shape in which the database stores dates, times and instants."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, time):
        return connection.ops.adapt_timefield_value(value)
    return value
