"""The author's answers of a word or a few that a person types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from reinforcement.questions.editors.base import AnswersInRows, CreditRow, first_ids, posted_credit, posted_ids
from reinforcement.questions.forms import LONGEST_TEXT
from reinforcement.questions.kinds.base import Kind, Problem
from reinforcement.questions.kinds.short_text import MOST_ANSWERS
from reinforcement.questions.typed_text import rich_from_typed, typed_from_rich

BLANK_ANSWERS = 2


@dataclass(slots=True)
class TextRow(CreditRow):
    """A text that counts, and how much of full marks it earns."""

    text: str = ""
    feedback: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.text.strip() or self.feedback.strip())


@dataclass
class ShortTextAnswers(AnswersInRows):
    """Texts that count, each with its credit. In another language they are others, and the switches those of the original."""

    heeds_case: bool = False
    forgives_slips: bool = True
    originals: tuple[str, ...] = ()
    """What counts in the original language, where another one is being written."""
    fewest, most = 1, MOST_ANSWERS
    has_own_lines = True

    @classmethod
    def blank(cls, kind: Kind) -> Self:
        return cls(kind, rows=[TextRow(row_id) for row_id in first_ids(BLANK_ANSWERS)])

    @classmethod
    def of(cls, kind: Kind, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> Self:
        rows = [
            TextRow(answer["id"], answer["credit"], answer["text"], typed_from_rich(answer["feedback"])) for answer in content["answers"]
        ]
        return cls(kind, rows=rows, heeds_case=answer_key["heeds_case"], forgives_slips=answer_key["forgives_slips"])

    @classmethod
    def from_post(cls, kind: Kind, posted: QueryDict) -> Self:
        ids = posted_ids(posted, MOST_ANSWERS)
        if not ids:
            return cls.blank(kind)
        # The form of another kind says nothing of slips.
        forgives_slips = "forgives_slips" in posted or "has_switches" not in posted
        return cls(kind, rows=_posted_rows(ids, posted), heeds_case="heeds_case" in posted, forgives_slips=forgives_slips)

    def new_row(self, row_id: str) -> TextRow:
        return TextRow(row_id)

    @property
    def content(self) -> dict[str, Any]:
        return {
            "answers": [
                {"id": row.id, "text": row.text, "credit": row.credit, "feedback": rich_from_typed(row.feedback)} for row in self.rows
            ]
        }

    @property
    def answer_key(self) -> dict[str, Any]:
        return {"heeds_case": self.heeds_case, "forgives_slips": self.forgives_slips}

    def take(self, problem: Problem) -> bool:
        return self.take_at_row(problem, "answers")

    def translate(self, other: Self | None, posted: QueryDict | None) -> None:
        self.originals = tuple(row.text for row in self.rows)
        if posted is not None:
            self.rows = _posted_rows(posted_ids(posted, MOST_ANSWERS), posted)
        else:
            self.rows = other.rows if other else self.blank(self.kind).rows


def _posted_rows(ids: list[str], posted: QueryDict) -> list[TextRow]:
    return [
        TextRow(
            row_id,
            posted_credit(posted, row_id),
            posted.get(f"text-{row_id}", "")[:LONGEST_TEXT],
            posted.get(f"feedback-{row_id}", "")[:LONGEST_TEXT],
        )
        for row_id in ids
    ]
