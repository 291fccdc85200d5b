"""What the figures say, in one sentence, and what it rests on. Values in, words out; the same figures give the same words.

A reading names competencies and numbers of people, never a person, and says so when there is too little to say anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from reinforcement.progress.figures import (
    MINIMUM_ANSWERS,
    CompetencyName,
    Figure,
    Mean,
    Measure,
    PersonProgress,
    TeamFigures,
    lowest_of,
    mean_of,
    percent,
)
from reinforcement.progress.trend import Change, Trend, change_of

NEARLY_EVERYONE = 0.8
MOST = 0.5
SAME_WITHIN = 5
"""Per cent between the highest and the lowest competency, under which none of them stands out."""
AT_HOME = 90
"""Per cent from which on a competency needs no particular practice."""


@dataclass(frozen=True, slots=True)
class Reading:
    headline: str
    evidence: str = ""


def joined(names: Sequence[str]) -> str:
    """Such as "Negotiation and Value and price"."""
    return get_text_list(list(names), gettext("and"))


def in_percent(value: int) -> str:
    return f"{value}\N{NO-BREAK SPACE}%"


def read_team(team: TeamFigures) -> Reading:
    """The finding of a team's table."""
    if not team.people:
        return Reading(gettext("No seller reports to you yet"))
    if team.measure is Measure.PARTICIPATION:
        return _read_participation(team)
    if team.measure is Measure.STARTED:
        return _read_started(team)
    return _read_competencies(team)


def _read_competencies(team: TeamFigures) -> Reading:
    means = team.means
    told = [column for column, mean in enumerate(means) if mean.covers_half]
    if not told:
        return _not_enough(team)
    lowest = min(told, key=lambda column: means[column].share)
    low, high = means[lowest].percent, max(means[column].percent for column in told)
    name = team.competencies[lowest].name
    alike = [told[place] for place in lowest_of([means[column].percent for column in told])]
    if len(told) == 1:
        return Reading(_ONLY[team.measure]() % {"competency": name, "share": in_percent(low)}, _people_with_data(means[lowest]))
    evidence = _evidence(team, means, told, alike)
    if _is_of_now(team) and low >= AT_HOME:
        every = (
            gettext("Every competency stands at %(share)s or more")
            if len(told) == len(means)
            else gettext("Every competency with a figure stands at %(share)s or more")
        )
        return Reading(every % {"share": in_percent(AT_HOME)}, evidence)
    if high - low < SAME_WITHIN:
        words = {"low": in_percent(low), "high": in_percent(high)}
        if low == high:
            return Reading(gettext("No competency stands out: all are at %(low)s") % words, evidence)
        return Reading(gettext("No competency stands out: all lie between %(low)s and %(high)s") % words, evidence)
    if len(alike) > 1:
        names = joined([team.competencies[column].name for column in alike])
        headline = gettext("%(names)s need the most practice") if _is_of_now(team) else gettext("%(names)s began lowest")
        return Reading(headline % {"names": names}, evidence)
    return Reading(_lowest_headline(team, lowest, told) % {"competency": name}, evidence)


_ONLY = {
    Measure.RIGHT: lambda: gettext("%(competency)s stands at %(share)s at the last answer"),
    Measure.CURRENT: lambda: gettext("%(competency)s stands at %(share)s if it were asked now"),
    Measure.INITIAL: lambda: gettext("%(competency)s began at %(share)s"),
}


def _is_of_now(team: TeamFigures) -> bool:
    """Whether the measure says where people stand, and not where they began."""
    return team.measure is not Measure.INITIAL


def _lowest_headline(team: TeamFigures, lowest: int, told: list[int]) -> str:
    """Says for how many people the team's lowest competency lies below their own other ones."""
    with_data = below = 0
    for person in team.people:
        figure = person.figures[lowest]
        others = mean_of(person.figures[column] for column in told if column != lowest)
        if figure.has_data and others.with_data:
            with_data += 1
            below += figure.share < others.share
    is_of_now = _is_of_now(team)
    if with_data > 1 and below >= with_data * NEARLY_EVERYONE:
        return (
            gettext("%(competency)s needs the most practice, for nearly everyone")
            if is_of_now
            else gettext("%(competency)s began lowest, for nearly everyone")
        )
    if with_data > 1 and below > with_data * MOST:
        return (
            gettext("%(competency)s needs the most practice, for most") if is_of_now else gettext("%(competency)s began lowest, for most")
        )
    return gettext("%(competency)s needs the most practice") if is_of_now else gettext("%(competency)s began lowest")


def _evidence(team: TeamFigures, means: tuple[Mean, ...], told: list[int], alike: list[int]) -> str:
    """`alike` are the lowest ones; where that is all of them, the last one follows."""
    lowest = alike[0]
    following = min((column for column in told if column not in alike), key=lambda column: means[column].share, default=told[-1])
    words = {
        "share": in_percent(percent(sum(means[column].share for column in alike) / len(alike))),
        "following": team.competencies[following].name,
        "following_share": in_percent(means[following].percent),
        "people": _people_with_data(means[lowest]),
    }
    return gettext("%(share)s on average, then %(following)s with %(following_share)s. %(people)s") % words


def _people_with_data(mean: Mean) -> str:
    return ngettext(
        "%(with_data)d of %(people)d person has enough answers.", "%(with_data)d of %(people)d people have enough answers.", mean.people
    ) % {"with_data": mean.with_data, "people": mean.people}


def _not_enough(team: TeamFigures) -> Reading:
    people = len(team.people)
    if not any(figure.rests_on for person in team.people for figure in person.figures):
        if team.measure is Measure.CURRENT:
            return Reading(gettext("Nothing counted yet"), gettext("Current proficiency is counted each night, from the first answers on."))
        return Reading(gettext("No answers yet"), gettext("Figures appear here with the first sets of your people."))
    with_data = sum(any(figure.has_data for figure in person.figures) for person in team.people)
    headline = ngettext(
        "Not enough answers yet to say something: %(with_data)d of %(people)d person has five or more",
        "Not enough answers yet to say something: %(with_data)d of %(people)d people have five or more",
        people,
    ) % {"with_data": with_data, "people": people}
    return Reading(
        headline, gettext("Five answers on one competency are needed for a figure, and figures of half the people for a sentence.")
    )


def _read_participation(team: TeamFigures) -> Reading:
    shares = [sum(figure.part for figure in person.figures) for person in team.people]
    asked = [sum(figure.whole for figure in person.figures) for person in team.people]
    had_sets = [(part, whole) for part, whole in zip(shares, asked, strict=True) if whole]
    if not had_sets:
        return Reading(gettext("Nothing was asked in these weeks"), gettext("Sets are made on working days, while a program runs."))
    mean = sum(part / whole for part, whole in had_sets) / len(had_sets)
    silent = sum(part == 0 for part, _whole in had_sets)
    headline = gettext("%(share)s of what is asked is answered") % {"share": in_percent(percent(mean))}
    evidence = ngettext("Mean of the one person who had sets.", "Mean of the %(count)d people who had sets.", len(had_sets)) % {
        "count": len(had_sets)
    }
    if silent:
        evidence += " " + ngettext("%(count)d of them has not answered.", "%(count)d of them have not answered.", silent) % {
            "count": silent
        }
    return Reading(headline, evidence)


def _read_started(team: TeamFigures) -> Reading:
    totals = [(sum(f.part for f in person.figures if f.whole), sum(f.whole for f in person.figures)) for person in team.people]
    begun = sum(any(figure.part for figure in person.figures) for person in team.people)
    people = len(team.people)
    assigned = [part / whole for part, whole in totals if whole]
    counted = ngettext("%(begun)d of %(people)d person has begun.", "%(begun)d of %(people)d people have begun.", people) % {
        "begun": begun,
        "people": people,
    }
    if not assigned:
        if begun:
            return Reading(counted.removesuffix("."), gettext("What is assigned to them is not known: no program is running."))
        return Reading(gettext("Nothing is assigned yet"), gettext("Ask an author to start a program for your people."))
    share = in_percent(percent(sum(assigned) / len(assigned)))
    return Reading(gettext("%(share)s of the assigned questions have been answered once or more") % {"share": share}, counted)


def read_trend(trend: Trend, chosen: CompetencyName | None = None) -> Reading:
    """The finding of a line's weeks: the largest clear change, or that of the chosen competency."""
    if not trend.competencies:
        return Reading(gettext("No answers in the last 26 weeks"), gettext("Figures appear here with the first sets of your people."))
    changes, clear = trend.changes, trend.clear_changes
    if chosen is not None and chosen not in changes:
        return Reading(
            gettext("%(competency)s: not enough answers to say how it changes") % {"competency": chosen.name}, _what_a_change_needs()
        )
    if not changes:
        return Reading(gettext("Not enough answers yet to say how the weeks change"), _what_a_change_needs())
    if chosen is not None:
        return Reading(_changed(chosen, changes[chosen], is_clear=chosen in clear), _over_competencies(trend))
    if not clear:
        return Reading(
            gettext("No clear change from the first weeks to the latest"),
            gettext("Each difference is as small as chance makes it with so many answers."),
        )
    largest = max(clear, key=lambda competency: abs(clear[competency].difference))
    return Reading(_changed(largest, clear[largest], is_clear=True), _over_competencies(trend))


def _changed(competency: CompetencyName, change: Change, *, is_clear: bool) -> str:
    words = {
        "competency": competency.name,
        "before": in_percent(change.before.percent),
        "now": in_percent(change.now.percent),
        "weeks": change.weeks,
    }
    if not is_clear:
        return (
            ngettext(
                "%(competency)s: no clear change in %(weeks)d week, from %(before)s to %(now)s",
                "%(competency)s: no clear change in %(weeks)d weeks, from %(before)s to %(now)s",
                change.weeks,
            )
            % words
        )
    if change.difference > 0:
        return (
            ngettext(
                "%(competency)s rose from %(before)s to %(now)s in %(weeks)d week",
                "%(competency)s rose from %(before)s to %(now)s in %(weeks)d weeks",
                change.weeks,
            )
            % words
        )
    return (
        ngettext(
            "%(competency)s fell from %(before)s to %(now)s in %(weeks)d week",
            "%(competency)s fell from %(before)s to %(now)s in %(weeks)d weeks",
            change.weeks,
        )
        % words
    )


def _over_competencies(trend: Trend) -> str:
    """How many competencies rose and fell, of how many."""
    clear = trend.clear_changes.values()
    words = {
        "rose": sum(change.difference > 0 for change in clear),
        "fell": sum(change.difference < 0 for change in clear),
        "competencies": len(trend.competencies),
    }
    return gettext("%(rose)d of %(competencies)d competencies clearly rose, %(fell)d clearly fell.") % words


def read_weeks(figures: tuple[Figure, ...]) -> str:
    """How the weeks of one person went, each week's right of answered, in one sentence."""
    change = change_of(figures)
    if change is None:
        return gettext("Right, of the answers of each week")
    words = {"before": in_percent(change.before.percent), "now": in_percent(change.now.percent), "weeks": change.weeks}
    if not change.is_clear(1):
        return ngettext("No clear change in %(weeks)d week", "No clear change in %(weeks)d weeks", change.weeks) % words
    return (
        ngettext(
            "From %(before)s to %(now)s of the answers right in %(weeks)d week",
            "From %(before)s to %(now)s of the answers right in %(weeks)d weeks",
            change.weeks,
        )
        % words
    )


def _what_a_change_needs() -> str:
    return gettext("Twenty answers in four weeks are needed, at the beginning and now.")


def read_own(progress: PersonProgress) -> Reading:
    """The finding of a person's own figures, said to that person."""
    answers = progress.right.whole
    if not progress.answers:
        return Reading(gettext("Your progress starts with your first set"))
    if not progress.right.has_data:
        missing = MINIMUM_ANSWERS - answers
        headline = ngettext("%(count)d question answered so far", "%(count)d questions answered so far", answers) % {"count": answers}
        more = ngettext("%(count)d more, and this page can say something.", "%(count)d more, and this page can say something.", missing) % {
            "count": missing
        }
        return Reading(headline, more)
    return Reading(_from_to(progress), _over_questions(progress))


def read_person(progress: PersonProgress) -> Reading:
    """The finding of a person's figures, said to somebody of the line above."""
    answers = progress.right.whole
    if not progress.answers:
        return Reading(gettext("No answers yet"), gettext("Figures appear here with the first set."))
    if not progress.right.has_data:
        return Reading(
            gettext("Not enough answers yet to say something"),
            ngettext("%(count)d question answered, five are needed.", "%(count)d questions answered, five are needed.", answers)
            % {"count": answers},
        )
    told = [row for row in progress.competencies if row.right.has_data]
    headline = _from_to(progress)
    if len(told) > 1:
        lowest = min(told, key=lambda row: row.right.share)
        if max(row.right.percent for row in told) - lowest.right.percent >= SAME_WITHIN and lowest.right.percent < AT_HOME:
            evidence = gettext("%(competency)s needs the most practice: %(share)s at the last answer.") % {
                "competency": lowest.competency.name,
                "share": in_percent(lowest.right.percent),
            }
            return Reading(headline, f"{evidence} {_over_questions(progress)}")
    return Reading(headline, _over_questions(progress))


def _from_to(progress: PersonProgress) -> str:
    """From the share right at first answers to the share right at last ones: one measure at both ends."""
    now = progress.right.percent
    if not progress.first_right.has_data:
        return gettext("%(now)d out of 100 right at the last answer") % {"now": now}
    initial = progress.first_right.percent
    words = {"initial": initial, "now": now}
    if now > initial:
        return gettext("From %(initial)d to %(now)d out of 100") % words
    if now == initial:
        return gettext("%(now)d out of 100, as at the start") % words
    return gettext("From %(initial)d to %(now)d out of 100: what slipped comes back in the sets") % words


def _over_questions(progress: PersonProgress) -> str:
    """What the headline compares, and over how many questions."""
    count = progress.right.whole
    if not progress.first_right.has_data:
        return ngettext("Over %(count)d question.", "Over %(count)d questions.", count) % {"count": count}
    return ngettext(
        "Right at the first answer, compared with right at the last answer, over %(count)d question.",
        "Right at the first answer, compared with right at the last answer, over %(count)d questions.",
        count,
    ) % {"count": count}
