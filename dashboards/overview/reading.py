"""What the company's figures say, in sentences, and what they rest on. It names competencies and groups' sizes, never a person."""

from dataclasses import dataclass

from django.utils.translation import gettext

from reinforcement.progress.figures import lowest_of
from reinforcement.progress.reading import AT_HOME, SAME_WITHIN, in_percent, joined, read_weeks
from reinforcement.progress.trend import change_of
from reinforcement.published.figures import Company, CompetencyTotal, GroupRow


@dataclass(frozen=True, slots=True)
class Reading:
    """The finding in one or two sentences, and what it rests on."""

    titles: tuple[str, ...]
    evidence: str = ""


def read_company(found: Company) -> Reading:
    change = change_of(found.right_by_week)
    told = [f"{read_weeks(found.right_by_week)}."] if change is not None and change.is_clear(1) else []
    if found.competencies:
        told.append(_competencies_in_words(found.competencies, has_trend=bool(told)))
    if not told:
        return Reading((gettext("No figures yet"),))
    return Reading(tuple(told), _evidence(found))


def _competencies_in_words(competencies: tuple[CompetencyTotal, ...], *, has_trend: bool) -> str:
    alike = _lowest(competencies)
    lowest = alike[0]
    highest = max(total.percent for total in competencies)
    words = {"competency": lowest.competency.name, "share": in_percent(lowest.percent), "names": _names_of(alike)}
    if len(competencies) == 1:
        return gettext("%(competency)s stands at %(share)s.") % words
    if lowest.percent >= AT_HOME:
        return gettext("Every competency with a figure stands at %(share)s or more.") % {"share": in_percent(AT_HOME)}
    if highest - lowest.percent < SAME_WITHIN:
        return gettext("No competency stands out.")
    if len(alike) > 1:
        return gettext("%(names)s lag behind.") % words if has_trend else gettext("%(names)s need the most practice.") % words
    return gettext("%(competency)s lags behind.") % words if has_trend else gettext("%(competency)s needs the most practice.") % words


def _lowest(competencies: tuple[CompetencyTotal, ...]) -> list[CompetencyTotal]:
    """The lowest competency and those that stand alike."""
    return [competencies[place] for place in lowest_of([total.percent for total in competencies])]


def _names_of(totals: list[CompetencyTotal]) -> str:
    return joined([total.competency.name for total in totals])


def _evidence(found: Company) -> str:
    if not found.competencies:
        return ""
    alike = _lowest(found.competencies)
    if len(found.competencies) == 1:
        counts = {"people": alike[0].with_data, "all": found.people}
        return gettext("Right at the last answer, mean of %(people)d of %(all)d people.") % counts
    each = [
        gettext("%(share)s on %(competency)s (%(people)d of %(all)d people)")
        % {
            "share": in_percent(total.percent),
            "competency": total.competency.name,
            "people": total.with_data,
            "all": found.people,
        }
        for total in alike
    ]
    words = {"right": in_percent(found.right.percent), "lowest": joined(each)}
    return gettext("Right at the last answer: %(right)s over all competencies, %(lowest)s.") % words


def name_of(row: GroupRow) -> str:
    """The teams of a group, such as "Inside sales and Luxembourg"."""
    return joined(row.teams)
