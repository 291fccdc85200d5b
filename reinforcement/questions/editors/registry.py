"""The form of each kind's answers."""

from reinforcement.questions.editors.base import AnswersForm
from reinforcement.questions.editors.choice import ChoiceAnswers, TrueFalseAnswers

_FORMS: dict[str, type[AnswersForm]] = {"single": ChoiceAnswers, "multiple": ChoiceAnswers, "true_false": TrueFalseAnswers}


def answers_form(kind_name: str) -> type[AnswersForm]:
    """The form of the kind stored as `kind_name`. KeyError when there is none."""
    return _FORMS[kind_name]
