"""A statement that is true or false.

answer_key: {"right": ["true"]}
content:    {"feedback": {"true": "<p>..", "false": ""}}; the two words come from the translations, not from the author.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reinforcement.questions.kinds.base import ContentError, Json, Parsed, Problem, Text, as_object
from reinforcement.questions.kinds.choice import Choice, Option, parse_right
from reinforcement.questions.kinds.pieces import parse_rich
from reinforcement.questions.rich_text import clean_html

WORDS = {"true": pgettext_lazy("answer", "True"), "false": pgettext_lazy("answer", "False")}


class TrueFalse(Choice):
    name = "true_false"
    label: Text = gettext_lazy("True or false")
    editor = "reinforcement/kinds/true_false_editor.html"

    def parse(self, content: Json, answer_key: Json) -> Parsed:
        problems: list[Problem] = []
        given = as_object(content).get("feedback", {})
        if not isinstance(given, dict):
            problems.append(Problem("feedback", _("Give feedback for true, for false, or for neither.")))
            given = {}
        feedback = {option_id: parse_rich(given, option_id, "feedback", problems) for option_id in WORDS}
        right = parse_right(answer_key, list(WORDS), problems)
        if len(right) != 1 and not problems:
            problems.append(Problem("right", _("Mark either true or false as right.")))
        if problems:
            raise ContentError(problems)
        return Parsed({"feedback": feedback}, {"right": right})

    def options(self, content: Json) -> list[Option]:
        feedback = content.get("feedback", {})
        return [Option(option_id, word, clean_html(feedback.get(option_id, ""))) for option_id, word in WORDS.items()]

    def ids(self, content: Json) -> frozenset[str]:
        """None: the two are given in every language."""
        return frozenset()

    def keeps_order(self, content: Json) -> bool:
        return True
