"""Dates in few words, as each language writes them."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def short_date(day: date) -> str:
    """ "7 Dec": day and month; of a moment, those where the reader is."""
    return date_format(_local(day), pgettext("date format: day and month", "j M"))


def short_date_with_year(day: date) -> str:
    """ "7 Dec 2026"."""
    return date_format(_local(day), pgettext("date format: day, month and year", "j M Y"))


def _local(day: date) -> date:
    return timezone.localdate(day) if isinstance(day, datetime) else day
