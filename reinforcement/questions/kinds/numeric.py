"""A number that a person types.

answer_key: {"answers": [{"id": "a", "value": "12.5", "tolerance": "0.5", "credit": 100}]}; the tolerance counts on both sides
content:    {"unit": "%", "feedback": {"a": "<p>.."}}
response:   {"number": "12,5"}, as typed
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
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
from reinforcement.questions.kinds.pieces import as_typed, parse_credit, parse_id, posted_text
from reinforcement.questions.kinds.short_text import ShownTyped
from reinforcement.questions.rich_text import clean_html

MOST_ANSWERS = 10
LONGEST_UNIT = 20
LONGEST_RESPONSE = 40
# A number with more digits than this is a slip or an attack; it is refused, not rounded.
MOST_DIGITS = 15
_SPACES = re.compile(r"[\s'’_]")  # noqa: RUF001
_NUMBER = re.compile(r"[+-]?[0-9.,]+")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)")


@dataclass(frozen=True, slots=True)
class RightNumber:
    """A number that is fully right, and from where to where it counts."""

    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """What was typed, how it was judged, and the numbers that are right."""

    typed: str
    verdict: Verdict
    feedback: str
    unit: str
    right: tuple[RightNumber, ...]


def readings(typed: str, unit: str = "") -> frozenset[Decimal]:
    """The numbers that `typed` may mean, with or without its unit; none where it is no number.

    A point or a comma may part thousands or begin the decimals, and people of one team write it both ways: where both readings hold, both
    are given. "1.250" is 1250 and 1.25, "1,250.5" only 1250.5.
    """
    text = _SPACES.sub("", typed.replace("\N{MINUS SIGN}", "-"))
    folded = _SPACES.sub("", unit).casefold()
    if folded:
        text = text.casefold().removesuffix(folded).removeprefix(folded)
    if not _NUMBER.fullmatch(text):
        return frozenset()
    found = set()
    for decimal, thousands in ((".", ","), (",", ".")):
        whole, _sign, decimals = text.partition(decimal)
        if thousands in decimals or decimal in decimals or not _are_thousands(whole, thousands):
            continue
        plain = whole.replace(thousands, "") + (f".{decimals}" if decimals else "")
        if _PLAIN.fullmatch(plain) and sum(character.isdigit() for character in plain) <= MOST_DIGITS:
            found.add(Decimal(plain))
    return frozenset(found)


def _are_thousands(whole: str, sign: str) -> bool:
    """Whether `sign` parts groups of three digits in `whole`, or does not stand in it."""
    first, *groups = whole.lstrip("+-").split(sign)
    return not groups or (1 <= len(first) <= 3 and all(len(group) == 3 for group in groups))


class Numeric:
    name = "numeric"
    label: Text = gettext_lazy("Number, typed")
    template = "reinforcement/kinds/numeric.html"
    editor = "reinforcement/kinds/numeric_editor.html"
    instruction: Text = gettext_lazy("Type a number.")

    def parse(self, content: Json, answer_key: Json) -> Parsed:
        problems: list[Problem] = []
        content = as_object(content)
        answers = self._parse_answers(as_object(answer_key), problems)
        unit = content.get("unit", "")
        if not isinstance(unit, str) or len(unit.strip()) > LONGEST_UNIT:
            problems.append(Problem("unit", _("A unit has at most %(longest)d characters.") % {"longest": LONGEST_UNIT}))
            unit = ""
        given = content.get("feedback", {})
        if not isinstance(given, Mapping) or not all(isinstance(text, str) for text in given.values()):
            problems.append(Problem("feedback", _("This is not text.")))
            given = {}
        if problems:
            raise ContentError(problems)
        feedback = {answer["id"]: clean_html(given.get(answer["id"], "")) for answer in answers}
        return Parsed({"unit": unit.strip(), "feedback": feedback}, {"answers": answers})

    def _parse_answers(self, answer_key: Json, problems: list[Problem]) -> list[dict[str, Any]]:
        given = answer_key.get("answers")
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_ANSWERS:
            problems.append(Problem("answers", _("Give 1 to %(most)d accepted numbers.") % {"most": MOST_ANSWERS}))
            return []
        answers: list[dict[str, Any]] = []
        for place, one in enumerate(given):
            field = f"answers.{place}"
            answer = as_object(one)
            value, tolerance = (_decimal(answer.get(name, default)) for name, default in (("value", None), ("tolerance", "0")))
            if value is None:
                problems.append(Problem(f"{field}.value", _("This is not a number.")))
            if tolerance is None or tolerance < 0:
                problems.append(Problem(f"{field}.tolerance", _("A tolerance is a number from 0 on.")))
            answers.append(
                {
                    "id": parse_id(answer, field, [other["id"] for other in answers], problems),
                    "value": _as_kept(value),
                    "tolerance": _as_kept(tolerance),
                    "credit": parse_credit(answer, field, problems),
                }
            )
        if not any(answer["credit"] == 100 for answer in answers):
            problems.append(Problem("answers", _("At least one answer is fully right.")))
        return answers

    def read_response(self, posted: FormData, content: Json) -> dict[str, Any]:
        return self.check_response({"number": posted_text(posted, "answer")}, content)

    def check_response(self, response: object, content: Json) -> dict[str, Any]:
        typed = as_typed(as_object(response).get("number"))
        if not typed:
            raise ResponseError(self.instruction)
        if len(typed) > LONGEST_RESPONSE or not readings(typed, content["unit"]):
            raise ResponseError(_("This is not a number. Write it in digits, such as 1250 or 12.5."))
        return {"number": typed}

    def judge(self, answer_key: Json, response: Json, content: Json) -> Judgement:
        """The best credit of the answers within whose tolerance what was typed lies, however it is read."""
        found = self._fitting(answer_key, response, content)
        return Judgement.of(found["credit"] / 100 if found else 0.0)

    def _fitting(self, answer_key: Json, response: Json, content: Json) -> Mapping[str, Any] | None:
        numbers = readings(response["number"], content["unit"])
        fitting = [
            answer
            for answer in answer_key["answers"]
            if any(abs(number - Decimal(answer["value"])) <= Decimal(answer["tolerance"]) for number in numbers)
        ]
        return max(fitting, key=lambda answer: answer["credit"], default=None)

    def right_response(self, answer_key: Json, content: Json) -> dict[str, Any]:
        return {"number": self._right(answer_key)[0]["value"]}

    def _right(self, answer_key: Json) -> list[Mapping[str, Any]]:
        return [answer for answer in answer_key["answers"] if answer["credit"] == 100]

    def say_partly(self, answer_key: Json, response: Json) -> Text:
        return _("Near it.")

    def show(self, content: Json, seed: str) -> ShownTyped:
        return ShownTyped(self.instruction, is_number=True, unit=content["unit"], longest=LONGEST_RESPONSE)

    def show_checked(self, content: Json, answer_key: Json, response: Json, seed: str, shares: Shares | None = None) -> CheckedNumber:
        found = self._fitting(answer_key, response, content)
        feedback = clean_html(content["feedback"].get(found["id"], "")) if found else ""
        verdict = self.judge(answer_key, response, content).verdict
        return CheckedNumber(response["number"], verdict, feedback, content["unit"], tuple(map(_as_right, self._right(answer_key))))

    def ids(self, content: Json) -> frozenset[str]:
        """None that other languages must share: numbers stand in the key."""
        return frozenset()


def _as_right(answer: Mapping[str, Any]) -> RightNumber:
    value, tolerance = Decimal(answer["value"]), Decimal(answer["tolerance"])
    return RightNumber(value, Decimal(_as_kept(value - tolerance)), Decimal(_as_kept(value + tolerance)))


def _decimal(given: object) -> Decimal | None:
    """The number that is meant, None where none is: an author and a file write a point before the decimals, or a comma."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        return None
    text = _SPACES.sub("", given.replace("\N{MINUS SIGN}", "-"))
    if "." not in text:
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    is_usual = number.is_finite() and len(number.as_tuple().digits) <= MOST_DIGITS and abs(number.adjusted()) <= MOST_DIGITS
    return number if is_usual else None


def _as_kept(number: Decimal | None) -> str:
    """Without exponent and without zeros at the end: the same number is always the same text."""
    if number is None:
        return ""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
