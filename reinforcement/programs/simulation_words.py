"""A simulated program in sentences."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reinforcement.programs.models import Program
from reinforcement.programs.words import day_in_words

# How the lines of the chart are called.
LINES = {"ours": gettext_lazy("this program"), "fixed": gettext_lazy("fixed spacing"), "without": gettext_lazy("no practice")}


def finding(result: Mapping[str, Any]) -> str:
    """What would be right on the last day, beside fixed spacing and no practice, in one sentence."""
    days = result["days"][-1]
    words = {
        "days": days,
        "share": _percent(result["ours"][-1]),
        "low": _percent(result["low"][-1]),
        "high": _percent(result["high"][-1]),
        "without": _percent(result["without"][-1]),
    }
    told = ngettext(
        "After %(days)d day about %(share)s would be right (%(low)s to %(high)s for nine people of ten)",
        "After %(days)d days about %(share)s would be right (%(low)s to %(high)s for nine people of ten)",
        days,
    )
    words["told"] = told % words
    if result["fixed"] is None:
        return _("%(told)s; after one training day without practice %(without)s.") % words
    words["fixed"] = _percent(result["fixed"][-1])
    return _("%(told)s; with fixed spacing %(fixed)s; after one training day without practice %(without)s.") % words


def load(result: Mapping[str, Any], mode: str, today: date) -> list[str]:
    """How many questions a day, by when each was asked once, and by when nothing comes back in a mode that has an end."""
    a_day = formats.number_format(round(result["a_day"], 1), use_l10n=True)
    questions = _("About %(number)s questions on a day with a set, at most %(peak)d.") % {"number": a_day, "peak": result["peak"]}
    if result["seen_day"] is not None:
        day = date.fromisoformat(result["starts_on"]) + timedelta(days=result["seen_day"])
        seen = _("Nine people of ten have been asked each question once by %(day)s.") % {"day": day_in_words(day, today)}
    else:
        seen = _("In these %(days)d days a person is asked %(share)s of the questions at least once, on average.") % {
            "days": result["days"][-1],
            "share": _percent(result["seen"]),
        }
    if mode not in {Program.Mode.FIXED, Program.Mode.ERRORS}:
        return [questions, seen]
    if result["finished_day"] is not None:
        day = date.fromisoformat(result["starts_on"]) + timedelta(days=result["finished_day"])
        finished = _("Nine people of ten are through with it by %(day)s.") % {"day": day_in_words(day, today)}
    else:
        finished = _("In these %(days)d days fewer than nine people of ten get through with it.") % {"days": result["days"][-1]}
    return [questions, seen, finished]


def assumptions(result: Mapping[str, Any]) -> list[str]:
    """What the simulation takes for granted."""
    people = ngettext(
        "A simulation of %(number)d invented person who begins, and who answers nine questions of ten.",
        "A simulation of %(number)d invented people who begin, and who answer nine questions of ten.",
        result["people"],
    ) % {"number": result["people"]}
    known = _("No practice: each question is answered once on the first day, and never again. What your people know already is not used.")
    if result["abilities_known"]:
        spread = _("Their abilities are spread like those of your organization.")
    else:
        spread = _("Their abilities are spread as is usual: too few of your people have answered yet.")
    return [people, known, spread]


def _percent(share: float) -> str:
    return f"{round(100 * share)}\N{NO-BREAK SPACE}%"


def rows(result: Mapping[str, Any]) -> tuple[tuple[date, tuple[int, ...]], ...]:
    """The table behind the chart: about every fourth point with its date, and the shares of its lines in per cent."""
    start, days = date.fromisoformat(result["starts_on"]), result["days"]
    lines = [result[name] for name in LINES if result[name] is not None]
    picked = sorted({*range(0, len(days), max(len(days) // 7, 1)), len(days) - 1})
    return tuple([(start + timedelta(days=days[place]), tuple([round(100 * line[place]) for line in lines])) for place in picked])
