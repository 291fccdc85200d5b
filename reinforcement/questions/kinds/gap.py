"""A text with gaps to fill, each by typing or by choosing.

answer_key: {"heeds_case": false, "forgives_slips": true}
content:    {"text": "The [[1]] decides, the [[2]] advises.", "gaps": [{"id": "1", "accepted": ["buyer"], "others": []},
            {"id": "2", "accepted": ["expert"], "others": ["seller"]}]}; plain text; a gap with `others` is chosen from a list
response:   {"gaps": {"1": "buyer", "2": "expert"}}
"""

import re
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
    as_object,
)
from reinforcement.questions.kinds.pieces import as_typed, parse_id, parse_switch, posted_text, shuffled
from reinforcement.questions.kinds.typed_answers import matches
from reinforcement.questions.sameness import normalised_words

MOST_GAPS = 12
MOST_TEXTS = 20
LONGEST_TEXT = 4000
LONGEST_ANSWER = 200
_GAP = re.compile(r"\[\[([a-z0-9_-]{1,16})\]\]")


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A piece of the text, and the gap after it; the last piece has none. `choices` to choose from; none where it is typed."""

    text: str
    gap_id: str = ""
    number: int = 0
    choices: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """Of the page's form, in which the gap is filled."""
        return f"gap-{self.gap_id}"


@dataclass(frozen=True, slots=True)
class ShownGaps:
    pieces: tuple[ShownPiece, ...]
    instruction: Text
    longest: int = LONGEST_ANSWER


@dataclass(frozen=True, slots=True)
class CheckedPiece:
    """A piece of the text, and what was filled in after it; the last piece has no gap."""

    text: str
    gap_id: str = ""
    filled: str = ""
    is_right: bool = False
    right: str = ""


class Gap:
    name = "gap"
    label: Text = gettext_lazy("Fill the gaps")
    template = "reinforcement/kinds/gap.html"
    editor = "reinforcement/kinds/gap_editor.html"
    instruction: Text = gettext_lazy("Fill each gap.")

    def parse(self, content: Json, answer_key: Json) -> Parsed:
        problems: list[Problem] = []
        content = as_object(content)
        text = content.get("text")
        text = text.replace("\0", "").replace("\r\n", "\n").strip() if isinstance(text, str) else ""
        if not text or len(text) > LONGEST_TEXT:
            problems.append(Problem("text", _("Write a text of at most %(longest)d characters.") % {"longest": LONGEST_TEXT}))
        gaps = self._parse_gaps(content, problems)
        if sorted(_GAP.findall(text)) != sorted(gap["id"] for gap in gaps) and not problems:
            problems.append(Problem("text", _("Each gap stands once in the text.")))
        key = {name: parse_switch(answer_key, name, problems) for name in ("heeds_case", "forgives_slips")}
        if problems:
            raise ContentError(problems)
        # Numbered by their place in the text: so the same text with gaps is always the same JSON, and every language has the same ids.
        by_id = {gap["id"]: gap for gap in gaps}
        numbers = {gap_id: str(place + 1) for place, gap_id in enumerate(_GAP.findall(text))}
        text = _GAP.sub(lambda mark: f"[[{numbers[mark[1]]}]]", text)
        return Parsed({"text": text, "gaps": [by_id[gap_id] | {"id": number} for gap_id, number in numbers.items()]}, key)

    def _parse_gaps(self, content: Json, problems: list[Problem]) -> list[dict[str, Any]]:
        given = content.get("gaps")
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_GAPS:
            problems.append(Problem("text", _("Mark 1 to %(most)d gaps.") % {"most": MOST_GAPS}))
            return []
        gaps: list[dict[str, Any]] = []
        for place, one in enumerate(given):
            gap, field = as_object(one), f"gaps.{place}"
            accepted, others = (_parse_texts(gap, name, field, problems) for name in ("accepted", "others"))
            if not accepted:
                problems.append(Problem("text", _("Gap %(number)d accepts nothing.") % {"number": place + 1}))
            if {normalised_words(text) for text in accepted} & {normalised_words(text) for text in others}:
                problems.append(Problem("text", _("In gap %(number)d the same text is right and wrong.") % {"number": place + 1}))
            gaps.append({"id": parse_id(gap, field, [other["id"] for other in gaps], problems), "accepted": accepted, "others": others})
        return gaps

    def read_response(self, posted: FormData, content: Json) -> dict[str, Any]:
        filled = {gap["id"]: posted_text(posted, f"gap-{gap['id']}") for gap in content["gaps"]}
        return self.check_response({"gaps": filled}, content)

    def check_response(self, response: object, content: Json) -> dict[str, Any]:
        given = as_object(as_object(response).get("gaps"))
        filled = {}
        for gap in content["gaps"]:
            text = as_typed(given.get(gap["id"]))
            if not text:
                raise ResponseError(self.instruction)
            if len(text) > LONGEST_ANSWER:
                raise ResponseError(_("Type at most %(longest)d characters.") % {"longest": LONGEST_ANSWER})
            if gap["others"] and text not in _choices(gap):
                raise ResponseError(_("One of the answers is not part of this question. Load the page again and choose once more."))
            filled[gap["id"]] = text
        if set(given) - set(filled):
            raise ResponseError(_("One of the answers is not part of this question. Load the page again and choose once more."))
        return {"gaps": filled}

    def judge(self, answer_key: Json, response: Json, content: Json) -> Judgement:
        """The share of the gaps that are filled rightly."""
        right = sum(self._is_right(answer_key, response, gap) for gap in content["gaps"])
        return Judgement.of(right / len(content["gaps"]))

    def _is_right(self, answer_key: Json, response: Json, gap: Mapping[str, Any]) -> bool:
        filled = response["gaps"][gap["id"]]
        if gap["others"]:
            return filled in gap["accepted"]
        return any(
            matches(filled, text, heeds_case=answer_key["heeds_case"], forgives_slips=answer_key["forgives_slips"])
            for text in gap["accepted"]
        )

    def right_response(self, answer_key: Json, content: Json) -> dict[str, Any]:
        return {"gaps": {gap["id"]: gap["accepted"][0] for gap in content["gaps"]}}

    def say_partly(self, answer_key: Json, response: Json) -> Text:
        return _("Some of the gaps are right.")

    def show(self, content: Json, seed: str) -> ShownGaps:
        """The text in pieces; what is chosen from comes in an order of the seed's own."""
        gaps = {gap["id"]: gap for gap in content["gaps"]}
        pieces, number = [], 0
        for text, gap_id in _pieces(content["text"]):
            if gap_id not in gaps:
                pieces.append(ShownPiece(text))
                continue
            number += 1
            choices = _choices(gaps[gap_id]) if gaps[gap_id]["others"] else ()
            pieces.append(ShownPiece(text, gap_id, number, tuple(shuffled(choices, seed, str))))
        return ShownGaps(tuple(pieces), self.instruction)

    def show_checked(
        self, content: Json, answer_key: Json, response: Json, seed: str, shares: Shares | None = None
    ) -> tuple[CheckedPiece, ...]:
        gaps = {gap["id"]: gap for gap in content["gaps"]}
        return tuple(
            [
                CheckedPiece(
                    text,
                    gap_id,
                    response["gaps"][gap_id],
                    self._is_right(answer_key, response, gaps[gap_id]),
                    gaps[gap_id]["accepted"][0],
                )
                if gap_id
                else CheckedPiece(text)
                for text, gap_id in _pieces(content["text"])
            ]
        )

    def ids(self, content: Json) -> frozenset[str]:
        return frozenset(gap["id"] for gap in content["gaps"])


def _pieces(text: str) -> list[tuple[str, str]]:
    """Each piece of the text with the id of the gap after it, the last with none."""
    parts = _GAP.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def _choices(gap: Mapping[str, Any]) -> tuple[str, ...]:
    return (gap["accepted"][0], *gap["others"])


def _parse_texts(gap: Json, name: str, field: str, problems: list[Problem]) -> list[str]:
    """The texts of a list, each once and without space around it."""
    given = gap.get(name, [])
    if not isinstance(given, list) or len(given) > MOST_TEXTS or not all(isinstance(text, str) for text in given):
        problems.append(Problem(f"{field}.{name}", _("Give at most %(most)d texts.") % {"most": MOST_TEXTS}))
        return []
    texts = list(dict.fromkeys(cleaned for text in given if (cleaned := as_typed(text))))
    if any(len(text) > LONGEST_ANSWER for text in texts):
        problems.append(Problem("text", _("This text has more than %(longest)d characters.") % {"longest": LONGEST_ANSWER}))
    return texts
