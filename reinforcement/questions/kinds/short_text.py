"""A word or a few that a person types.

answer_key: {"heeds_case": false, "forgives_slips": true}
content:    {"answers": [{"id": "a", "text": "BATNA", "credit": 100, "feedback": "<p>.."}]}; credit in per cent, `*` in a text for any text
response:   {"text": "batna"}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reinforcement.questions.kinds.base import (
    ContentError,
    FormData,
    Json,
    Judgement,
    Parsed,
    Problem,
    ResponseError,
    Shares,
    Text,
    Verdict,
    as_object,
)
from reinforcement.questions.kinds.pieces import as_typed, parse_credit, parse_id, parse_rich, parse_switch, posted_text
from reinforcement.questions.kinds.typed_answers import is_anything, matches
from reinforcement.questions.rich_text import clean_html
from reinforcement.questions.sameness import normalised_words

MOST_ANSWERS = 30
LONGEST_ANSWER = 200
LONGEST_RESPONSE = 300
MOST_WILDCARDS = 5


@dataclass(frozen=True, slots=True)
class ShownTyped:
    """A field to type into. `is_number` asks the phone for its keys of numbers; `unit` stands behind the field."""

    instruction: Text
    is_number: bool = False
    unit: str = ""
    longest: int = LONGEST_RESPONSE


@dataclass(frozen=True, slots=True)
class CheckedTyped:
    """What was typed, how it was judged, and what is right: the first of `right` is the author's answer, the others count too.

    `slipped`: it counts though it is not written as the author has it.
    """

    typed: str
    verdict: Verdict
    slipped: bool
    feedback: str
    right: tuple[str, ...]


class ShortText:
    name = "short_text"
    label: Text = gettext_lazy("Short answer, typed")
    template = "reinforcement/kinds/short_text.html"
    editor = "reinforcement/kinds/short_text_editor.html"
    instruction: Text = gettext_lazy("Type your answer.")

    def parse(self, content: Json, answer_key: Json) -> Parsed:
        problems: list[Problem] = []
        answers = self._parse_answers(as_object(content), problems)
        key = {name: parse_switch(answer_key, name, problems) for name in ("heeds_case", "forgives_slips")}
        if problems:
            raise ContentError(problems)
        return Parsed({"answers": answers}, key)

    def _parse_answers(self, content: Json, problems: list[Problem]) -> list[dict[str, Any]]:
        given = content.get("answers")
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_ANSWERS:
            problems.append(Problem("answers", _("Give 1 to %(most)d accepted answers.") % {"most": MOST_ANSWERS}))
            return []
        answers: list[dict[str, Any]] = []
        first_with: dict[str, int] = {}
        for place, one in enumerate(given):
            field = f"answers.{place}"
            answer = as_object(one)
            text = answer.get("text")
            text = " ".join(text.split()) if isinstance(text, str) else ""
            if problem := self._problem_of(text, first_with):
                problems.append(Problem(f"{field}.text", problem))
            first_with.setdefault(normalised_words(text), place)
            answers.append(
                {
                    "id": parse_id(answer, field, [other["id"] for other in answers], problems),
                    "text": text,
                    "credit": parse_credit(answer, field, problems),
                    "feedback": parse_rich(answer, "feedback", field, problems),
                }
            )
        if not any(answer["credit"] == 100 and not is_anything(answer["text"]) for answer in answers):
            problems.append(Problem("answers", _("At least one answer is fully right.")))
        return answers

    def _problem_of(self, text: str, first_with: Mapping[str, int]) -> str:
        """What is wrong with an accepted text, beside those before it; empty where nothing is."""
        if not text:
            return _("This answer is empty.")
        if len(text) > LONGEST_ANSWER:
            return _("This text has more than %(longest)d characters.") % {"longest": LONGEST_ANSWER}
        if text.count("*") > MOST_WILDCARDS:
            return _("At most %(most)d asterisks.") % {"most": MOST_WILDCARDS}
        if (first := first_with.get(normalised_words(text))) is not None:
            return _("This answer says the same as answer %(number)d.") % {"number": first + 1}
        return ""

    def read_response(self, posted: FormData, content: Json) -> dict[str, Any]:
        return self.check_response({"text": posted_text(posted, "answer")}, content)

    def check_response(self, response: object, content: Json) -> dict[str, Any]:
        text = as_typed(as_object(response).get("text"))
        if not text:
            raise ResponseError(self.instruction)
        if len(text) > LONGEST_RESPONSE:
            raise ResponseError(_("Type at most %(longest)d characters.") % {"longest": LONGEST_RESPONSE})
        return {"text": text}

    def judge(self, answer_key: Json, response: Json, content: Json) -> Judgement:
        """The credit of the answer that fits: of those that fit as they stand the best, else of those that fit but for slips."""
        found = self._fitting(answer_key, response, content)
        return Judgement.of(found["credit"] / 100 if found else 0.0)

    def _fitting(self, answer_key: Json, response: Json, content: Json) -> Mapping[str, Any] | None:
        heeds_case = answer_key["heeds_case"]
        for forgives_slips in (False, True) if answer_key["forgives_slips"] else (False,):
            fitting = [
                answer
                for answer in content["answers"]
                if not is_anything(answer["text"])
                and matches(response["text"], answer["text"], heeds_case=heeds_case, forgives_slips=forgives_slips)
            ]
            if fitting:
                return max(fitting, key=lambda answer: answer["credit"])
        return next((answer for answer in content["answers"] if is_anything(answer["text"])), None)

    def right_response(self, answer_key: Json, content: Json) -> dict[str, Any]:
        return {"text": self._right(content)[0]}

    def say_partly(self, answer_key: Json, response: Json) -> Text:
        return _("Near it, and not all of it.")

    def show(self, content: Json, seed: str) -> ShownTyped:
        return ShownTyped(self.instruction)

    def show_checked(self, content: Json, answer_key: Json, response: Json, seed: str, shares: Shares | None = None) -> CheckedTyped:
        found = self._fitting(answer_key, response, content)
        verdict = self.judge(answer_key, response, content).verdict
        is_as_written = found is None or matches(response["text"], found["text"], heeds_case=answer_key["heeds_case"], forgives_slips=False)
        feedback = clean_html(found["feedback"]) if found else ""
        return CheckedTyped(response["text"], verdict, not is_as_written, feedback, self._right(content))

    def _right(self, content: Json) -> tuple[str, ...]:
        """The texts that are fully right, as a person would write them: those with asterisks last."""
        right = [answer["text"] for answer in content["answers"] if answer["credit"] == 100 and not is_anything(answer["text"])]
        return tuple([text.replace("\\*", "*") for text in sorted(right, key=lambda text: "*" in text.replace("\\*", ""))])

    def ids(self, content: Json) -> frozenset[str]:
        """None that other languages must share: what is accepted differs by language."""
        return frozenset()
