"""The form of each kind's answers."""

from reinforcement.questions.editors.arranged import MatchingAnswers, OrderingAnswers
from reinforcement.questions.editors.base import AnswersForm
from reinforcement.questions.editors.choice import ChoiceAnswers, TrueFalseAnswers
from reinforcement.questions.editors.gap import GapAnswers
from reinforcement.questions.editors.numeric import NumericAnswers
from reinforcement.questions.editors.short_text import ShortTextAnswers

_FORMS: dict[str, type[AnswersForm]] = {
    "single": ChoiceAnswers,
    "multiple": ChoiceAnswers,
    "true_false": TrueFalseAnswers,
    "short_text": ShortTextAnswers,
    "numeric": NumericAnswers,
    "gap": GapAnswers,
    "ordering": OrderingAnswers,
    "matching": MatchingAnswers,
}


def answers_form(kind_name: str) -> type[AnswersForm]:
    """The form of the kind stored as `kind_name`. KeyError when there is none."""
    return _FORMS[kind_name]
