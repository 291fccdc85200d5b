"""The memberships of whoever asks, as every request reads them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.db import models

from accounts import access
from accounts.models import Member
from accounts.prepared import Slot

# Nowhere on earth is it another date than one of these, counted from the one in UTC.
_DAYS = {"yesterday": timedelta(days=-1), "today": timedelta(), "tomorrow": timedelta(days=1)}
_read_before: ContextVar[list[Member] | None] = ContextVar("memberships_read_before", default=None)


def memberships(user: models.Q) -> models.QuerySet:
    """Active memberships of one user with user and organization, oldest first, with slots for `dates`; rows go to `completed`."""
    members = Member.objects.filter(user, is_active=True).select_related("organization", "user")
    reports = {f"has_reports_{name}": access.has_reports(Slot(name, models.DateField())) for name in _DAYS}
    return members.annotate(**reports).order_by("pk")


def dates(now: datetime) -> dict[str, date]:
    """Whether anybody reports to a member is asked for three dates, as the one of the person is known only with the row."""
    return {name: now.date() + distance for name, distance in _DAYS.items()}


def completed(rows: list[Member], days: dict[str, date]) -> list[Member]:
    """The rows with one user in common, and with `has_reports` on each person's own date."""
    for member in rows:
        member.user = rows[0].user
        local = access.today_of(member)
        member.has_reports = next(getattr(member, f"has_reports_{name}") for name, day in days.items() if day == local)
    return rows


@contextmanager
def read_before(rows: list[Member]) -> Iterator[None]:
    """Within it, `at_hand` finds these memberships."""
    token = _read_before.set(rows)
    try:
        yield
    finally:
        _read_before.reset(token)


def at_hand(user_id: int) -> list[Member] | None:
    """The memberships of this user where they were read with the session; None where they were not."""
    rows = _read_before.get()
    return rows if rows and rows[0].user_id == user_id else None
