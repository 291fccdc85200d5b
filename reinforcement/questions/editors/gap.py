"""The author's text with gaps: one field in which what fills a gap stands in double brackets.

    The [[buyer|customer]] decides, the [[expert|~seller|~boss]] advises.

Texts that count are parted by a bar; with wrong ones, each after a tilde, the gap is chosen from a list.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from reinforcement.questions.editors.base import AnswersForm
from reinforcement.questions.kinds.base import Kind, Problem
from reinforcement.questions.kinds.gap import LONGEST_TEXT, MOST_GAPS

_WRITTEN = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_MARKED = re.compile(r"\[\[([a-z0-9_-]{1,16})\]\]")
# Room for what fills the gaps, beside the text itself.
_LONGEST_WRITTEN = 4 * LONGEST_TEXT


@dataclass
class GapAnswers(AnswersForm):
    """`written` as above. Gaps are numbered by their place, so that languages have the same ones."""

    written: str = ""
    heeds_case: bool = False
    forgives_slips: bool = True
    original: str = ""
    """What was written in the original language, where another one is being written."""

    @classmethod
    def blank(cls, kind: Kind) -> Self:
        return cls(kind)

    @classmethod
    def of(cls, kind: Kind, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> Self:
        gaps = {gap["id"]: gap for gap in content["gaps"]}

        def inside(mark: re.Match) -> str:
            gap = gaps[mark[1]]
            return f"[[{'|'.join([*gap['accepted'], *(f'~{text}' for text in gap['others'])])}]]"

        return cls(kind, written=_MARKED.sub(inside, content["text"]), **answer_key)

    @classmethod
    def from_post(cls, kind: Kind, posted: QueryDict) -> Self:
        forgives_slips = "forgives_slips" in posted or "has_switches" not in posted
        return cls(
            kind,
            written=posted.get("gaps", "")[:_LONGEST_WRITTEN],
            heeds_case="heeds_case" in posted,
            forgives_slips=forgives_slips,
        )

    @property
    def content(self) -> dict[str, Any]:
        gaps: list[dict[str, Any]] = []

        def marked(written: re.Match) -> str:
            texts = [text.strip() for text in written[1].split("|")]
            gaps.append(
                {
                    "id": str(len(gaps) + 1),
                    "accepted": [text for text in texts if not text.startswith("~")],
                    "others": [text[1:] for text in texts if text.startswith("~")],
                }
            )
            return f"[[{len(gaps)}]]"

        return {"text": _WRITTEN.sub(marked, self.written), "gaps": gaps}

    @property
    def shown_content(self) -> dict[str, Any]:
        content = self.content
        return content | {"gaps": [gap | {"accepted": gap["accepted"] or [""]} for gap in content["gaps"]]}

    @property
    def answer_key(self) -> dict[str, Any]:
        return {"heeds_case": self.heeds_case, "forgives_slips": self.forgives_slips}

    @property
    def most_gaps(self) -> int:
        return MOST_GAPS

    def change(self, step: str, taken: Collection[str] = ()) -> None:
        """There are no lines to change."""

    def leave_out_blank(self) -> None:
        """There are no lines to leave out."""

    def take(self, problem: Problem) -> bool:
        if problem.field != "text" and not problem.field.startswith("gaps"):
            return False
        self.errors.append(str(problem.message))
        return True

    def translate(self, other: Self | None, posted: QueryDict | None) -> None:
        self.original = self.written
        self.written = posted.get("gaps", "")[:_LONGEST_WRITTEN] if posted is not None else other.written if other else ""
