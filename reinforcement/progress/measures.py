"""The measures in words: name, what is measured, and how it is counted."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from reinforcement.progress.figures import Measure, Period


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """`measure` names its place on the page of definitions, `counted` the small number beside a figure."""

    measure: str
    label: Any
    line: Any
    counted: Any
    definition: tuple[Any, ...]


MEASURES = (
    MeasureWords(
        Measure.RIGHT,
        _("Right at last answer"),
        _("Of the questions a person answered, the share that was right the last time"),
        _("questions answered"),
        (
            _("Of the questions a person has answered, how many were right at the last answer. Each question counts once."),
            _("Partly right counts as not yet. The figure does not fall while a question waits: it says nothing about forgetting."),
            _("On the page of one person it is compared with the share right at the first answer, which is counted in the same way."),
        ),
    ),
    MeasureWords(
        Measure.CURRENT,
        _("Current proficiency"),
        _("Of the questions assigned to a person, the share expected right if all were asked now"),
        _("answers"),
        (
            _(
                "For each question it is predicted how likely the person answers it rightly now: from how hard it is for everybody, from "
                "the person's answers to it and in its competency, and from how long ago those were. The figure is the sum over questions."
            ),
            _(
                "Assigned are the questions of the running programs that a person takes part in, answered or not, and of programs that are "
                "over those that the person has answered. Archived questions do not count."
            ),
            _(
                "It is counted each night and moved by each answer, and falls while nothing is practised. Nine of ten times the number "
                "right would lie between the two numbers beside it; they lie far apart while there are few answers. Guessing is included."
            ),
            _(
                "An answer teaches as well: after one that was not right, and its explanation, more is expected next time than before it. "
                "So the figure may rise where right at last answer falls, and lie above it."
            ),
            _("Under five answers there is no figure."),
        ),
    ),
    MeasureWords(
        Measure.INITIAL,
        _("Initial proficiency"),
        _("How much was right at the first answer to each question"),
        _("first answers"),
        (
            _("The mean credit of first answers: what a person knew before the program could teach it."),
            _("Right counts as one, not yet as nothing, partly right as its part. First answers do not change afterwards."),
        ),
    ),
    MeasureWords(
        Measure.PARTICIPATION,
        _("Participation"),
        _("Of the questions in a person's sets, the share that was answered"),
        _("questions asked"),
        (
            _("Answered questions of those put before a person. A set counts on its date, whether it was opened or not."),
            _(
                "Days off, holidays and pauses that are known before the day make no set, so they cost nothing. "
                "An answer counts in the week in which it is given; "
                "the share is never more than all of it."
            ),
        ),
    ),
    MeasureWords(
        Measure.STARTED,
        _("Started"),
        _("Questions answered at least once, of those assigned"),
        _("questions assigned"),
        (
            _("Questions that a person has answered at least once, of all questions in the programs the person takes or took part in."),
            _("Questions that left a program still count as started; then only their number is shown."),
        ),
    ),
)

BY_WEEK = MeasureWords(
    "by-week",
    _("Right by week"),
    _("Of the answers of a week, the share that was right"),
    _("answers"),
    (
        _("All answers of the week count, first ones and repeated ones; partly right counts as not yet."),
        _(
            "It shows how the weeks went, and is no measure of what people know: new questions lower it, "
            "and questions that are mastered are no longer asked."
        ),
        _(
            "A change from the first four weeks with enough answers to the latest four is named when both have twenty answers or more, "
            "and when it is larger than chance makes of so many separate answers."
        ),
    ),
)

FORGETTING = MeasureWords(
    "forgetting",
    _("Forgetting curve"),
    _("How many of the assigned questions are expected right on the days to come"),
    _("questions assigned"),
    (
        _(
            "The curve begins at the current proficiency. Without practice each question fades with the time since it was asked: "
            "fast at first, then more slowly. A question that was never asked stays where it is."
        ),
        _(
            "With the coming questions, those that the programs would ask in these weeks are counted too, "
            "each as it is expected to be answered."
        ),
        _("Each answer changes what is expected: the curves are counted anew each night."),
    ),
)

DEFINITIONS = (*MEASURES, FORGETTING, BY_WEEK)

WORDS = {Measure(words.measure): words for words in MEASURES}

PERIODS = {Period.FOUR_WEEKS: _("Last 4 weeks"), Period.TWELVE_WEEKS: _("Last 12 weeks"), Period.ALL: _("All weeks")}
