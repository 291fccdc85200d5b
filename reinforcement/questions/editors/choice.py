"""The author's answers of single, multiple, and true or false."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from reinforcement.questions.editors.base import AnswersInRows, Row, first_ids, posted_ids
from reinforcement.questions.forms import LONGEST_TEXT
from reinforcement.questions.kinds.base import Kind, Problem
from reinforcement.questions.kinds.choice import LETTERS, MOST_OPTIONS
from reinforcement.questions.kinds.true_false import WORDS as TRUTHS
from reinforcement.questions.typed_text import rich_from_typed, typed_from_rich

BLANK_ANSWERS = 3


@dataclass(slots=True)
class ChoiceRow(Row):
    """One answer as typed; `text` of true and false is given."""

    text: str = ""
    feedback: str = ""
    is_right: bool = False
    original: str = ""
    """What it says in the original language, where another one is being written."""

    @property
    def is_blank(self) -> bool:
        return not (self.text.strip() or self.feedback.strip() or self.is_right or self.original)


@dataclass
class ChoiceAnswers(AnswersInRows):
    """Options with the right ones marked."""

    keep_order: bool = False
    fewest, most = 2, MOST_OPTIONS

    @classmethod
    def blank(cls, kind: Kind) -> Self:
        return cls(kind, rows=[ChoiceRow(letter) for letter in first_ids(BLANK_ANSWERS)])

    @classmethod
    def of(cls, kind: Kind, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> Self:
        right = answer_key["right"]
        rows = [
            ChoiceRow(option["id"], typed_from_rich(option["text"]), typed_from_rich(option["feedback"]), option["id"] in right)
            for option in content["options"]
        ]
        return cls(kind, rows=rows, keep_order=content.get("keep_order", False))

    @classmethod
    def from_post(cls, kind: Kind, posted: QueryDict) -> Self:
        ids = posted_ids(posted, MOST_OPTIONS)
        if not ids or set(ids) == set(TRUTHS):
            return cls.blank(kind)
        return cls(kind, rows=_posted_rows(ids, posted), keep_order="keep_order" in posted)

    def new_row(self, row_id: str) -> ChoiceRow:
        return ChoiceRow(row_id)

    @property
    def lettered(self) -> list[tuple[str, ChoiceRow]]:
        return list(zip(LETTERS, self.rows, strict=False))

    @property
    def content(self) -> dict[str, Any]:
        options = [{"id": row.id, "text": rich_from_typed(row.text), "feedback": rich_from_typed(row.feedback)} for row in self.rows]
        return {"options": options, "keep_order": self.keep_order}

    @property
    def shown_content(self) -> dict[str, Any]:
        return {"options": [option for option in self.content["options"] if option["text"]], "keep_order": True}

    @property
    def answer_key(self) -> dict[str, Any]:
        return {"right": [row.id for row in self.rows if row.is_right]}

    @property
    def is_shuffled(self) -> bool:
        return not self.keep_order

    @property
    def texts_that_name_no_letters(self) -> list[tuple[tuple[str, ...], list[str]]]:
        return [((row.text, row.feedback), row.errors) for row in self.rows]

    def take(self, problem: Problem) -> bool:
        if problem.field in ("right", "keep_order"):
            self.errors.append(str(problem.message))
            return True
        return self.take_at_row(problem, "options")

    def translate(self, other: Self | None, posted: QueryDict | None) -> None:
        _translate(self.rows, other.rows if other else [], posted)


@dataclass
class TrueFalseAnswers(AnswersInRows):
    """True and false, whose words are given, with the right one marked."""

    fewest, most = 2, 2

    @classmethod
    def blank(cls, kind: Kind) -> Self:
        return cls(kind, rows=[ChoiceRow(truth) for truth in TRUTHS])

    @classmethod
    def of(cls, kind: Kind, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> Self:
        feedback, right = content["feedback"], answer_key["right"]
        return cls(kind, rows=[ChoiceRow(truth, "", typed_from_rich(feedback[truth]), truth in right) for truth in TRUTHS])

    @classmethod
    def from_post(cls, kind: Kind, posted: QueryDict) -> Self:
        return cls(kind, rows=_posted_rows(list(TRUTHS), posted))

    def new_row(self, row_id: str) -> ChoiceRow:
        raise NotImplementedError("there is nothing beside true and false")

    def change(self, step: str, taken: Collection[str] = ()) -> None:
        """Both answers stand where they stand."""

    def leave_out_blank(self) -> None:
        """Both are always answers."""

    @property
    def lettered(self) -> list[tuple[str, ChoiceRow]]:
        return list(zip(LETTERS, self.rows, strict=False))

    @property
    def content(self) -> dict[str, Any]:
        return {"feedback": {row.id: rich_from_typed(row.feedback) for row in self.rows}}

    @property
    def answer_key(self) -> dict[str, Any]:
        return {"right": [row.id for row in self.rows if row.is_right]}

    def take(self, problem: Problem) -> bool:
        path = problem.field.split(".")
        if path[0] == "feedback" and len(path) > 1:
            next(row for row in self.rows if row.id == path[1]).errors.append(str(problem.message))
        elif path[0] in ("feedback", "right"):
            self.errors.append(str(problem.message))
        else:
            return False
        return True

    def translate(self, other: Self | None, posted: QueryDict | None) -> None:
        _translate(self.rows, other.rows if other else [], posted)


def _posted_rows(ids: list[str], posted: QueryDict) -> list[ChoiceRow]:
    right = posted.getlist("right")
    return [
        ChoiceRow(
            row_id,
            posted.get(f"text-{row_id}", "")[:LONGEST_TEXT],
            posted.get(f"feedback-{row_id}", "")[:LONGEST_TEXT],
            row_id in right,
        )
        for row_id in ids
    ]


def _translate(rows: list[ChoiceRow], others: list[ChoiceRow], posted: QueryDict | None) -> None:
    """The words of each answer in another language, beside the original ones; which is right stands."""
    if posted is not None:
        others = _posted_rows([row.id for row in rows], posted)
    texts = {row.id: (row.text, row.feedback) for row in others}
    for row in rows:
        row.original = row.text
        row.text, row.feedback = texts.get(row.id, ("", ""))
