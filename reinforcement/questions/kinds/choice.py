"""What the kinds with options to choose from have in common.

answer_key: {"right": ["a", "d"]}
content:    {"options": [{"id": "a", "text": "<p>..", "feedback": ""}], "keep_order": false}
response:   {"chosen": ["a", "c"]}
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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
    as_object,
)
from reinforcement.questions.kinds.pieces import parse_id, parse_rich, shuffled
from reinforcement.questions.rich_text import clean_html
from reinforcement.questions.sameness import normalised

LETTERS = string.ascii_uppercase
FEWEST_OPTIONS = 2
MOST_OPTIONS = len(LETTERS)


class State(StrEnum):
    CHOSEN_RIGHT = "chosen_right"
    MISSED = "missed"
    CHOSEN_WRONG = "chosen_wrong"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    text: Text
    feedback: str


@dataclass(frozen=True, slots=True)
class ShownOption:
    id: str
    letter: str
    text: Text
    """Clean rich text, or the plain words of true and false."""


@dataclass(frozen=True, slots=True)
class ShownChoice:
    options: tuple[ShownOption, ...]
    takes_several: bool
    instruction: Text


@dataclass(frozen=True, slots=True)
class CheckedOption:
    id: str
    letter: str
    text: Text
    state: State
    feedback: str
    share: float | None
    """How many colleagues chose it, 0 to 1; None where that is not shown."""


class Choice:
    """The part of `Kind` that single, multiple and true/false share."""

    template = "reinforcement/kinds/choice.html"
    editor = "reinforcement/kinds/choice_editor.html"
    takes_several = False
    instruction: Text = gettext_lazy("Choose one answer.")

    def parse(self, content: Json, answer_key: Json) -> Parsed:
        problems: list[Problem] = []
        content = as_object(content)
        options = self._parse_options(content, problems)
        keep_order = content.get("keep_order", False)
        if not isinstance(keep_order, bool):
            problems.append(Problem("keep_order", _("Say yes or no to keeping the order.")))
        right = parse_right(answer_key, [option["id"] for option in options], problems)
        problems += self.right_problems(right, options)
        if problems:
            raise ContentError(problems)
        return Parsed({"options": options, "keep_order": keep_order}, {"right": right})

    def right_problems(self, right: Sequence[str], options: Sequence[Mapping[str, str]]) -> list[Problem]:
        """What this kind finds wrong with the number of right options."""
        raise NotImplementedError

    def _parse_options(self, content: Json, problems: list[Problem]) -> list[dict[str, str]]:
        given = content.get("options")
        if not isinstance(given, list) or not FEWEST_OPTIONS <= len(given) <= MOST_OPTIONS:
            message = _("Give %(fewest)d to %(most)d options.") % {"fewest": FEWEST_OPTIONS, "most": MOST_OPTIONS}
            problems.append(Problem("options", message))
        if not isinstance(given, list):
            return []
        options: list[dict[str, str]] = []
        first_with: dict[str, int] = {}
        for place, option in enumerate(given[: MOST_OPTIONS + 1]):
            one, field = as_object(option), f"options.{place}"
            checked = {
                "id": parse_id(one, field, [other["id"] for other in options], problems),
                "text": parse_rich(one, "text", field, problems),
                "feedback": parse_rich(one, "feedback", field, problems),
            }
            key = normalised(checked["text"])
            if not key:
                problems.append(Problem(f"{field}.text", _("This option is empty.")))
            elif key in first_with:
                message = _("This option says the same as option %(number)d.") % {"number": first_with[key] + 1}
                problems.append(Problem(f"{field}.text", message))
            else:
                first_with[key] = place
            options.append(checked)
        return options

    def read_response(self, posted: FormData, content: Json) -> dict[str, Any]:
        return self.check_response({"chosen": posted.getlist("answer")}, content)

    def check_response(self, response: object, content: Json) -> dict[str, Any]:
        chosen = as_object(response).get("chosen")
        if not isinstance(chosen, list) or not chosen:
            raise ResponseError(self.instruction)
        ids = [option.id for option in self.options(content)]
        if any(choice not in ids for choice in chosen):
            raise ResponseError(_("One of the answers is not part of this question. Load the page again and choose once more."))
        # In the order of the content and each once, so that the same choice is always the same JSON.
        chosen_once = [option_id for option_id in ids if option_id in chosen]
        if len(chosen_once) > 1 and not self.takes_several:
            raise ResponseError(_("Choose one answer only."))
        return {"chosen": chosen_once}

    def judge(self, answer_key: Json, response: Json, content: Json) -> Judgement:
        """Right options chosen / max(right options, options chosen): choosing everything does not pay."""
        right, chosen = set(answer_key["right"]), set(response["chosen"])
        return Judgement.of(len(right & chosen) / max(len(right), len(chosen)))

    def right_response(self, answer_key: Json, content: Json) -> dict[str, Any]:
        return {"chosen": list(answer_key["right"])}

    def ids(self, content: Json) -> frozenset[str]:
        return frozenset(option["id"] for option in content["options"])

    def say_partly(self, answer_key: Json, response: Json) -> Text:
        right, chosen = set(answer_key["right"]), set(response["chosen"])
        found, extra = len(right & chosen), len(chosen - right)
        if found == len(right):
            return ngettext("All that fits, and one too many.", "All that fits, and %(extra)d too many.", extra) % {"extra": extra}
        if (found, len(right)) == (1, 2):
            return _("One of the two.")
        return _("%(found)d of the %(right)d that fit.") % {"found": found, "right": len(right)}

    def show(self, content: Json, seed: str) -> ShownChoice:
        options = tuple(
            ShownOption(option.id, letter, option.text) for letter, option in zip(LETTERS, self._in_order(content, seed), strict=False)
        )
        return ShownChoice(options, self.takes_several, self.instruction)

    def show_checked(
        self, content: Json, answer_key: Json, response: Json, seed: str, shares: Shares | None = None
    ) -> tuple[CheckedOption, ...]:
        right, chosen = answer_key["right"], response["chosen"]
        return tuple(
            CheckedOption(
                option.id,
                letter,
                option.text,
                _state(is_right=option.id in right, is_chosen=option.id in chosen),
                option.feedback,
                None if shares is None else shares.get(option.id, 0.0),
            )
            for letter, option in zip(LETTERS, self._in_order(content, seed), strict=False)
        )

    def options(self, content: Json) -> list[Option]:
        """The options in the author's order, cleaned for the page."""
        return [Option(option["id"], clean_html(option["text"]), clean_html(option["feedback"])) for option in content["options"]]

    def keeps_order(self, content: Json) -> bool:
        """Whether everybody sees the author's order ("all of these", rising amounts)."""
        return content.get("keep_order", False)

    def _in_order(self, content: Json, seed: str) -> list[Option]:
        options = self.options(content)
        if self.keeps_order(content):
            return options
        return shuffled(options, seed, attrgetter("id"))


def parse_right(answer_key: Json, ids: Sequence[str], problems: list[Problem]) -> list[str]:
    """The right ids in the order of `ids`, each once; an id that no option has is added to `problems`."""
    given = as_object(answer_key).get("right")
    if not isinstance(given, list):
        problems.append(Problem("right", _("Mark what is right.")))
        return []
    if any(option_id not in ids for option_id in given):
        problems.append(Problem("right", _("An answer marked as right is not among the options.")))
    return [option_id for option_id in ids if option_id in given]


def _state(*, is_right: bool, is_chosen: bool) -> State:
    if is_chosen:
        return State.CHOSEN_RIGHT if is_right else State.CHOSEN_WRONG
    return State.MISSED if is_right else State.NONE
