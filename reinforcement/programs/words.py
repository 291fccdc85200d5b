"""A program in sentences."""

from datetime import date

from django.utils import formats
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.working_days import weekdays_of
from reinforcement.memory.spacing import AdaptiveRule
from reinforcement.programs.models import Program
from reinforcement.programs.queries import ProgramProgress, QuestionFigure
from reinforcement.questions.kinds import true_false
from reinforcement.questions.models import QuestionWording


def day_in_words(day: date, today: date) -> str:
    """ "Monday 30 November", with the year where it is another one than that of `today`."""
    return formats.date_format(day, "l j F" if day.year == today.year else "l j F Y")


def headline(program: Program, *, questions: int, people: int, today: date) -> str:
    """What the program is, in one sentence: how many questions, for how many people, when."""
    what = ngettext("%(number)d question", "%(number)d questions", questions) % {"number": questions}
    whom = ngettext("%(number)d person", "%(number)d people", people) % {"number": people}
    start = day_in_words(program.starts_on, today)
    if program.state == Program.State.ENDED:
        sentence = _("%(questions)s for %(people)s, ended on %(day)s")
        return sentence % {"questions": what, "people": whom, "day": day_in_words(program.ends_on or today, today)}
    if program.state == Program.State.RUNNING and program.starts_on <= today:
        return _("%(questions)s for %(people)s, since %(day)s") % {"questions": what, "people": whom, "day": start}
    return _("%(questions)s for %(people)s, from %(day)s") % {"questions": what, "people": whom, "day": start}


def results_in_words(progress: ProgramProgress | None) -> list[str]:
    """The finding of a program's first answers, in one or two sentences; none where there is too little to say one."""
    if progress is None or progress.percent_right is None:
        return []
    told = [_("%(share)s right at the first answer.") % {"share": _in_percent(progress.percent_right)}]
    if progress.hardest is not None:
        place, figure = progress.hardest
        words = {"place": place, "share": _in_percent(figure.percent)}
        told.append(_("Question %(place)d is the hardest: %(share)s.") % words)
    return told


def attraction_in_words(figure: QuestionFigure, wording: QuestionWording) -> str:
    """Which option most of those chose who were not right; empty where too few chose it, or it is not there any more."""
    options = {option["id"]: strip_tags(option["text"]).strip() for option in wording.content.get("options", ())} or true_false.WORDS
    if not figure.attracted or figure.attracts not in options:
        return ""
    return ngettext("%(number)d person chose “%(option)s”", "%(number)d people chose “%(option)s”", figure.attracted) % {
        "number": figure.attracted,
        "option": options[figure.attracts],
    }


def _in_percent(value: int) -> str:
    return f"{value}\N{NO-BREAK SPACE}%"


def launch_in_words(people: int) -> str:
    """What a launch does, before it is done."""
    return ngettext(
        "Launching starts it for %(number)d person. Mode and spacing are fixed from then on.",
        "Launching starts it for %(number)d people. Mode and spacing are fixed from then on.",
        people,
    ) % {"number": people}


def first_questions_in_words(day: date | None, today: date) -> str:
    """When the first set comes; empty where none does."""
    return _("First questions on %(day)s.") % {"day": day_in_words(day, today)} if day else ""


def mode_in_words(program: Program) -> str:
    """The mode in a word or two."""
    words = {
        Program.Mode.ADAPTIVE: _("adaptive"),
        Program.Mode.FIXED: _("fixed"),
        Program.Mode.ERRORS: _("errors only"),
        Program.Mode.ONCE: _("once"),
    }
    return words[Program.Mode(program.mode)]


def rule_in_words(program: Program) -> str:
    """When a question of the program returns."""
    if program.mode == Program.Mode.ONCE:
        return _("Each question is asked once, whatever the answer.")
    if program.mode == Program.Mode.ADAPTIVE:
        rule = AdaptiveRule()
        return _(
            "Each person is asked what keeps most, as far as their answers show; a question rests at least %(wrong)d days after not yet "
            "or partly, %(right)d after right. About one place in twenty is filled by lot, so that what the plan brings can be checked."
        ) % {"wrong": rule.rest_after_wrong, "right": rule.rest_after_right}
    if program.mode == Program.Mode.ERRORS:
        return _("A question returns %(days)d days after not yet or partly, until it is right once.") % {"days": program.days_after_wrong}
    return _(
        "A question returns %(wrong)d days after not yet or partly, %(right)d days after right, "
        "and is mastered after %(rights)d right in a row."
    ) % {"wrong": program.days_after_wrong, "right": program.days_after_right, "rights": program.rights_to_retire}


def delivery_in_words(program: Program) -> str:
    """On which weekdays, and how many questions."""
    return _("%(weekdays)s: at most %(cap)d a day, of which %(new)d new.") % {
        "weekdays": capfirst(weekdays_in_words(program.weekdays)),
        "cap": program.cap_per_day,
        "new": min(program.new_per_day, program.cap_per_day),
    }


def weekdays_in_words(mask: int) -> str:
    """ "Monday to Friday", "every day", or the days one by one."""
    days = weekdays_of(mask)
    names = [weekday_name(day) for day in days]
    if len(days) == 7:
        return _("every day of the week")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    if len(names) == 1:
        return names[0]
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def weekday_name(weekday: int) -> str:
    """The name of weekday 0 (Monday) to 6 (Sunday)."""
    # 2024 began on a Monday.
    return formats.date_format(date(2024, 1, 1 + weekday), "l")
