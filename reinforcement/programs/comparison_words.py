"""A comparison in sentences. A difference that chance may have made is never called an effect."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reinforcement.programs.comparison import FEWEST_OF_EACH, Difference, Group
from reinforcement.programs.comparison_queries import Comparison
from reinforcement.programs.models import Program


def finding_in_words(found: Difference) -> str:
    """By how many points people with the adaptive choice were right more often, with the interval, and whether that could be chance."""
    sentence = _finding(found) % {"points": abs(found.points), "interval": interval_in_words(found)}
    return sentence if found.is_clear else " ".join([sentence, _("That could be chance.")])


def _finding(found: Difference) -> str:
    if found.points > 0:
        return ngettext(
            "On questions drawn by lot, sellers with the adaptive choice were right %(points)d point more often (%(interval)s).",
            "On questions drawn by lot, sellers with the adaptive choice were right %(points)d points more often (%(interval)s).",
            found.points,
        )
    if found.points < 0:
        return ngettext(
            "On questions drawn by lot, sellers with the adaptive choice were right %(points)d point less often (%(interval)s).",
            "On questions drawn by lot, sellers with the adaptive choice were right %(points)d points less often (%(interval)s).",
            -found.points,
        )
    return _("On questions drawn by lot, sellers with the adaptive choice were right as often as those with fixed spacing (%(interval)s).")


def interval_in_words(found: Difference) -> str:
    low, high = found.low_points, found.high_points
    if low >= 0:
        return _("from %(low)d to %(high)d more, 95 %% interval") % {"low": low, "high": high}
    if high <= 0:
        return _("from %(low)d to %(high)d less, 95 %% interval") % {"low": -high, "high": -low}
    return _("from %(low)d less to %(high)d more, 95 %% interval") % {"low": -low, "high": high}


def evidence_in_words(comparison: Comparison) -> str:
    """How much the finding rests on."""
    return _("%(answers)s of %(people)s with the adaptive choice against %(other_answers)s of %(other_people)s with fixed spacing.") % {
        "answers": _answers(comparison.adaptive.group),
        "people": _people(comparison.adaptive.group.people),
        "other_answers": _answers(comparison.fixed.group),
        "other_people": _people(comparison.fixed.group.people),
    }


def missing_answers_in_words(comparison: Comparison) -> list[str]:
    """What each of the groups lacks; nothing where both have enough."""
    told = []
    for name, group in ((_("the adaptive choice"), comparison.adaptive.group), (_("fixed spacing"), comparison.fixed.group)):
        if not group.has_answers:
            told.append(
                _("With %(group)s nearly all answers are alike yet; it takes %(fewest)d right ones and as many others.")
                % {"group": name, "fewest": FEWEST_OF_EACH}
            )
    return told


def missing_people_in_words(program: Program, people: int, fewest: int) -> list[str]:
    """Why there is no figure where a group has too few people with answers, and what to do if that will stay so."""
    told = [_("It takes %(fewest)d people or more in each group who have answered a question drawn by lot.") % {"fewest": fewest}]
    expected = round(people * program.fixed_share / 100)
    if expected < fewest:
        told.append(
            ngettext(
                "With %(share)d sellers in a hundred, about %(expected)d of %(people)d person runs on fixed spacing. "
                "More people or a larger share would be needed; the share is chosen before launch.",
                "With %(share)d sellers in a hundred, about %(expected)d of %(people)d people run on fixed spacing. "
                "More people or a larger share would be needed; the share is chosen before launch.",
                people,
            )
            % {"share": program.fixed_share, "expected": expected, "people": people}
        )
    else:
        told.append(_("About one place in twenty is filled by lot, so it takes some weeks."))
    return told


def _answers(group: Group) -> str:
    return ngettext("%(number)d answer", "%(number)d answers", group.answers) % {"number": group.answers}


def _people(people: int) -> str:
    return ngettext("%(number)d person", "%(number)d people", people) % {"number": people}
