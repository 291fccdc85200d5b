"""Dates in few words, as each language writes them."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext


def short_date(day: date) -> str:
    """ "7 Dec": day and month."""
    return date_format(day, pgettext("date format: day and month", "j M"))


def short_date_with_year(day: date) -> str:
    """ "7 Dec 2026"."""
    return date_format(day, pgettext("date format: day, month and year", "j M Y"))
