"""Dates in few words."""

from datetime import UTC, date, datetime

from django.utils import timezone, translation

from accounts.dates import in_words, short_date, short_date_with_year

LATE = datetime(2026, 11, 25, 23, 58, tzinfo=UTC)


def test_a_moment_has_the_date_where_the_reader_is():
    with translation.override("en"), timezone.override("Europe/Brussels"):
        assert (short_date(LATE), short_date_with_year(LATE)) == ("26 Nov", "26 Nov 2026")
    with translation.override("en"), timezone.override("America/New_York"):
        assert short_date(LATE) == "25 Nov"


def test_a_date_is_the_same_everywhere():
    with translation.override("en"), timezone.override("Pacific/Auckland"):
        assert short_date(date(2026, 11, 25)) == "25 Nov"


def test_a_date_that_was_written_before_is_written_in_each_language():
    for language, words in (
        ("en", "Monday 7 December"),
        ("nl", "maandag 7 december"),
        ("fr", "lundi 7 décembre"),
        ("en", "Monday 7 December"),
    ):
        with translation.override(language):
            assert in_words(date(2026, 12, 7), "l j F") == words
