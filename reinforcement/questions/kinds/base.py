"""What every kind of question offers, and the values it speaks in.

A version stores a language-free `answer_key`, each language wording of it a `content`, each answer a `response`: three JSON
objects whose shape only the kind knows. Everything else (author form, Today, import, API, statistics) goes through `Kind`.
Texts that a person types as an answer differ by language, so they belong in `content`; that is why `judge` sees it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from django.utils.functional import Promise

Json = Mapping[str, Any]
Text = str | Promise
Shares = Mapping[str, float]


class Verdict(StrEnum):
    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    credit: float
    """Share of full marks, 0 to 1; 1 exactly when the verdict is right, 0 exactly when it is wrong."""

    @classmethod
    def of(cls, credit: float) -> "Judgement":
        """The judgement that belongs to `credit`."""
        if credit == 1:
            return cls(Verdict.RIGHT, 1.0)
        return cls(Verdict.PARTLY if credit > 0 else Verdict.WRONG, credit)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an author's input. `field` is a path into content or key, list places counted from 0: `options.2.text`."""

    field: str
    message: Text


class ContentError(Exception):
    """Content or answer key that cannot be a question of this kind; `problems` holds all that was found."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__(problems)
        self.problems = tuple(problems)


class ResponseError(Exception):
    """A response that cannot be judged; `message` tells the person what to do."""

    def __init__(self, message: Text):
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Parsed:
    """Checked and cleaned, in the one shape that is stored."""

    content: dict[str, Any]
    answer_key: dict[str, Any]


def as_object(value: object) -> Json:
    """`value` when it is a JSON object, else an empty one: what is missing is then found field by field."""
    return value if isinstance(value, Mapping) else {}


class FormData(Protocol):
    """Posted fields, as Django's QueryDict offers them."""

    def getlist(self, key: str) -> list[str]: ...


class Kind(Protocol):
    """One way of asking. Stateless: values in, values out."""

    name: str
    """Stored with the version; never changes."""
    label: Text
    template: str
    """Page piece that draws what `show` and `show_checked` return."""
    editor: str
    """Page piece with the author's fields."""

    def parse(self, content: Json, answer_key: Json) -> Parsed:
        """The two values checked and cleaned, or ContentError."""

    def read_response(self, posted: FormData, content: Json) -> dict[str, Any]:
        """The response in a posted form, checked, or ResponseError."""

    def check_response(self, response: object, content: Json) -> dict[str, Any]:
        """`response` (JSON from outside) in the shape that is stored, or ResponseError."""

    def judge(self, answer_key: Json, response: Json, content: Json) -> Judgement:
        """Verdict and credit of a checked response."""

    def right_response(self, answer_key: Json, content: Json) -> dict[str, Any]:
        """A response that is fully right."""

    def say_partly(self, answer_key: Json, response: Json) -> Text:
        """What a partly right response got right, in a short sentence."""

    def ids(self, content: Json) -> frozenset[str]:
        """Ids of what every language of a version must have: key and responses speak of them."""

    def show(self, content: Json, seed: str) -> Any:
        """What the page needs before the answer is checked. Never says what is right. The same seed gives the same order."""

    def show_checked(self, content: Json, answer_key: Json, response: Json, seed: str, shares: Shares | None = None) -> Any:
        """What the page needs after checking, in the order `show` gave; `shares` is how colleagues answered, 0 to 1 by option."""
