"""The author's answers of a number that a person types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from reinforcement.questions.editors.base import AnswersInRows, CreditRow, first_ids, posted_credit, posted_ids
from reinforcement.questions.forms import LONGEST_TEXT
from reinforcement.questions.kinds.base import Kind, Problem
from reinforcement.questions.kinds.numeric import MOST_ANSWERS
from reinforcement.questions.typed_text import rich_from_typed, typed_from_rich

BLANK_ANSWERS = 1
_LONGEST_NUMBER = 60


@dataclass(slots=True)
class NumberRow(CreditRow):
    """A number that counts within a tolerance, and how much of full marks it earns."""

    value: str = ""
    tolerance: str = ""
    feedback: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.value.strip() or self.tolerance.strip() or self.feedback.strip())


@dataclass
class NumericAnswers(AnswersInRows):
    """Numbers that count. In another language the unit and the feedback are written anew, and the numbers stand."""

    unit: str = ""
    original_unit: str = ""
    fewest, most = 1, MOST_ANSWERS

    @classmethod
    def blank(cls, kind: Kind) -> Self:
        return cls(kind, rows=[NumberRow(row_id) for row_id in first_ids(BLANK_ANSWERS)])

    @classmethod
    def of(cls, kind: Kind, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> Self:
        rows = [
            NumberRow(
                answer["id"],
                answer["credit"],
                answer["value"],
                "" if answer["tolerance"] == "0" else answer["tolerance"],
                typed_from_rich(content["feedback"].get(answer["id"], "")),
            )
            for answer in answer_key["answers"]
        ]
        return cls(kind, rows=rows, unit=content["unit"])

    @classmethod
    def from_post(cls, kind: Kind, posted: QueryDict) -> Self:
        ids = [row_id for row_id in posted_ids(posted, MOST_ANSWERS) if f"value-{row_id}" in posted]
        if not ids:
            return cls.blank(kind)
        rows = [
            NumberRow(
                row_id,
                posted_credit(posted, row_id),
                posted.get(f"value-{row_id}", "")[:_LONGEST_NUMBER],
                posted.get(f"tolerance-{row_id}", "")[:_LONGEST_NUMBER],
                posted.get(f"feedback-{row_id}", "")[:LONGEST_TEXT],
            )
            for row_id in ids
        ]
        return cls(kind, rows=rows, unit=posted.get("unit", "")[:_LONGEST_NUMBER])

    def new_row(self, row_id: str) -> NumberRow:
        return NumberRow(row_id)

    @property
    def content(self) -> dict[str, Any]:
        return {"unit": self.unit, "feedback": {row.id: rich_from_typed(row.feedback) for row in self.rows}}

    @property
    def answer_key(self) -> dict[str, Any]:
        return {
            "answers": [
                {"id": row.id, "value": row.value, "tolerance": row.tolerance.strip() or "0", "credit": row.credit} for row in self.rows
            ]
        }

    def take(self, problem: Problem) -> bool:
        if problem.field in ("unit", "feedback"):
            self.errors.append(str(problem.message))
            return True
        return self.take_at_row(problem, "answers")

    def translate(self, other: Self | None, posted: QueryDict | None) -> None:
        self.original_unit, self.unit = self.unit, other.unit if other else self.unit
        feedback = {row.id: row.feedback for row in other.rows} if other else {}
        if posted is not None:
            self.unit = posted.get("unit", "")[:_LONGEST_NUMBER]
            feedback = {row.id: posted.get(f"feedback-{row.id}", "")[:LONGEST_TEXT] for row in self.rows}
        for row in self.rows:
            row.feedback = feedback.get(row.id, "")
