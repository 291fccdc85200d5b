"""What the company's figures say, in sentences, and what they rest on. It names competencies and groups' sizes, never a person."""

from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from reinforcement.progress.reading import AT_HOME, SAME_WITHIN, in_percent
from reinforcement.published.figures import Company, CompetencyTotal, GroupRow, Trend, trend_of


@dataclass(frozen=True, slots=True)
class Reading:
    """The finding in one or two sentences, and what it rests on."""

    titles: tuple[str, ...]
    evidence: str = ""


def read_company(found: Company) -> Reading:
    trend = trend_of(found.weeks)
    told = [_trend_in_words(trend)] if trend is not None else []
    if found.competencies:
        told.append(_competencies_in_words(found.competencies, has_trend=bool(told)))
    if not told:
        return Reading((gettext("No figures yet"),))
    return Reading(tuple(told), _evidence(found))


def _trend_in_words(trend: Trend) -> str:
    points = trend.last - trend.first
    words = {"weeks": trend.weeks, "points": abs(points)}
    if points > 0:
        return ngettext("In %(weeks)d weeks, %(points)d point more.", "In %(weeks)d weeks, %(points)d points more.", points) % words
    if points < 0:
        return ngettext("In %(weeks)d weeks, %(points)d point less.", "In %(weeks)d weeks, %(points)d points less.", -points) % words
    return gettext("In %(weeks)d weeks, as many right as at first.") % words


def _competencies_in_words(competencies: tuple[CompetencyTotal, ...], *, has_trend: bool) -> str:
    lowest = min(competencies, key=lambda total: total.percent)
    highest = max(total.percent for total in competencies)
    words = {"competency": lowest.competency.name, "share": in_percent(lowest.percent)}
    if lowest.percent >= AT_HOME:
        return gettext("Every competency stands at %(share)s or more.") % {"share": in_percent(AT_HOME)}
    if len(competencies) == 1:
        return gettext("%(competency)s stands at %(share)s.") % words
    if highest - lowest.percent < SAME_WITHIN:
        return gettext("No competency stands out.")
    return gettext("%(competency)s lags behind.") % words if has_trend else gettext("%(competency)s needs the most practice.") % words


def _evidence(found: Company) -> str:
    if not found.competencies:
        return ""
    lowest = min(found.competencies, key=lambda total: total.percent)
    words = {
        "right": in_percent(found.right.percent),
        "competency": lowest.competency.name,
        "share": in_percent(lowest.percent),
        "people": lowest.with_data,
        "all": found.people,
    }
    if len(found.competencies) == 1:
        return gettext("Right at the last answer, mean of %(people)d of %(all)d people.") % words
    return (
        gettext("Right at the last answer: %(right)s over all competencies, %(share)s on %(competency)s (%(people)d of %(all)d people).")
        % words
    )


def name_of(row: GroupRow) -> str:
    """The teams of a group, such as "Inside sales and Luxembourg"."""
    return joined(row.teams)


def joined(names: tuple[str, ...]) -> str:
    return get_text_list(list(names), gettext("and"))


def line_of_trend(trend: Trend | None) -> str:
    """The title of the chart."""
    if trend is None:
        return gettext("Week by week")
    return gettext("From %(first)s right in the first weeks to %(last)s in the last") % {
        "first": in_percent(trend.first),
        "last": in_percent(trend.last),
    }
