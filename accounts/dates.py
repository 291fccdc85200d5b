"""Dates in few words, as each language writes them."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext


def short_date(day: date) -> str:
    """ "7 Dec": day and month; of a moment, those where the reader is."""
    return in_words(_local(day), pgettext("date format: day and month", "j M"))


def short_date_with_year(day: date) -> str:
    """ "7 Dec 2026"."""
    return in_words(_local(day), pgettext("date format: day, month and year", "j M Y"))


def in_words(day: date, layout: str) -> str:
    """The date in the letters of Django's date formats, in the reader's language; `day` is no moment."""
    return _in_words(day, layout, get_language())


# Few dates are shown, and each of them again and again.
@lru_cache(maxsize=5_000)
def _in_words(day: date, layout: str, language: str | None) -> str:
    return date_format(day, layout)


def _local(day: date) -> date:
    return timezone.localdate(day) if isinstance(day, datetime) else day
