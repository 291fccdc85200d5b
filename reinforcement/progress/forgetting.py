"""Current proficiency of one person and its forgetting curve, in words and as lines to draw. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import pairwise

from django.utils.translation import gettext, ngettext

from reinforcement.memory.proficiency import CURVE_DAYS
from reinforcement.progress.drawing import BASE, TALLEST
from reinforcement.progress.figures import PersonProgress
from reinforcement.progress.outlook import Outlook


@dataclass(frozen=True, slots=True)
class Place:
    """On a curve: `x` in per cent, `y` in pixels from above."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class ForgettingCurve:
    """Pieces of line from now to the last of CURVE_DAYS: without practice, and with the coming questions (none where none come)."""

    unpractised: tuple[tuple[Place, Place], ...]
    coming: tuple[tuple[Place, Place], ...]


def forgetting_curve(outlook: Outlook) -> ForgettingCurve:
    """The curves of an outlook with enough data; the whole height is all questions right."""

    def pieces(expected: Sequence[float]) -> tuple[tuple[Place, Place], ...]:
        places = [
            Place(f"{1 + 98 * day / CURVE_DAYS[-1]:.2f}", f"{BASE - TALLEST * right / outlook.proficiency.questions:.1f}")
            for day, right in zip(CURVE_DAYS, expected, strict=True)
        ]
        return tuple(pairwise(places))

    return ForgettingCurve(pieces(outlook.unpractised), pieces(outlook.coming) if outlook.coming else ())


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """A competency's current proficiency in words and as a curve; `forgetting` and `curve` where there is enough data."""

    name: str
    outlook: Outlook
    counted_on: date
    standing: str
    forgetting: str
    curve: ForgettingCurve | None


def forgetting_of(progress: PersonProgress, zone: tzinfo) -> list[OutlookRow]:
    """A row for each competency that has been counted, with the day of the counting in the person's time zone."""
    return [_row(row.competency.name, row.outlook, zone) for row in progress.competencies if row.outlook]


def _row(name: str, outlook: Outlook, zone: tzinfo) -> OutlookRow:
    has_data = outlook.has_data
    return OutlookRow(
        name,
        outlook,
        outlook.counted_at.astimezone(zone).date(),
        read_outlook(outlook),
        read_forgetting(outlook) if has_data else "",
        forgetting_curve(outlook) if has_data else None,
    )


def read_outlook(outlook: Outlook) -> str:
    """How many of the questions are expected right now, between which numbers, and on how many answers that rests."""
    if not outlook.has_data:
        return gettext("Not enough answers yet")
    found = outlook.proficiency
    words = {"expected": outlook.expected, "questions": found.questions, "low": found.low, "high": found.high, "answers": found.answers}
    return (
        ngettext(
            "%(expected)d of %(questions)d expected right (%(low)d to %(high)d), from %(answers)d answer",
            "%(expected)d of %(questions)d expected right (%(low)d to %(high)d), from %(answers)d answers",
            found.answers,
        )
        % words
    )


def read_forgetting(outlook: Outlook) -> str:
    """How many will be expected right at the end of the curve, without and with the coming questions. Needs enough data."""
    last = outlook.days[-1]
    words = {"days": last.day, "without": last.unpractised, "questions": outlook.proficiency.questions, "coming": last.coming}
    if last.coming is None:
        return gettext("Without practice about %(without)d of %(questions)d in %(days)d days.") % words
    return (
        gettext("Without practice about %(without)d of %(questions)d in %(days)d days; with the coming questions about %(coming)d.") % words
    )
