"""What the answers of every kind offer the author's form.

Works in round trips: "add an answer", "down", "remove" and "preview" post the whole form and get it back changed.
"""

import string
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.http import QueryDict

from reinforcement.questions.kinds.base import ContentError, Kind, Problem


@dataclass(slots=True)
class Row(ABC):
    """A line of the form: one answer, or one thing to arrange."""

    id: str
    errors: list[str] = field(default_factory=list, kw_only=True)

    @property
    @abstractmethod
    def is_blank(self) -> bool:
        """Whether nothing was written or marked here."""


@dataclass(slots=True)
class CreditRow(Row):
    """A line that earns a part of full marks, in per cent."""

    credit: int = 100

    @property
    def usual_credits(self) -> tuple[int, ...]:
        """Those that the form offers; another one comes from a file."""
        return (100, 50, 0)


@dataclass
class AnswersForm(ABC):
    """The answers of a question as an author writes them. `errors` belong to all of them together."""

    kind: Kind
    errors: list[str] = field(default_factory=list, kw_only=True)
    # Whether another language has lines of its own, as many as it needs.
    has_own_lines = False

    @classmethod
    @abstractmethod
    def blank(cls, kind: Kind) -> Self:
        """What a new question begins with."""

    @classmethod
    @abstractmethod
    def of(cls, kind: Kind, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> Self:
        """The answers of a version that is there."""

    @classmethod
    @abstractmethod
    def from_post(cls, kind: Kind, posted: QueryDict) -> Self:
        """The answers as posted; from the form of another kind what fits this one."""

    @property
    @abstractmethod
    def content(self) -> dict[str, Any]: ...

    @property
    @abstractmethod
    def answer_key(self) -> dict[str, Any]: ...

    @property
    def shown_content(self) -> dict[str, Any]:
        """What the phone beside the form shows, also of answers that are half written."""
        return self.content

    @property
    def have_errors(self) -> bool:
        """Whether one of them, or all together, have something to correct."""
        return bool(self.errors)

    @property
    def texts_that_name_no_letters(self) -> Sequence[tuple[tuple[str, ...], list[str]]]:
        """Texts of each line that must not speak of "answer B" where answers are shuffled, with the errors of the line."""
        return ()

    @property
    def is_shuffled(self) -> bool:
        """Whether sellers see the answers in another order than the author."""
        return False

    @abstractmethod
    def change(self, step: str, taken: Collection[str] = ()) -> None:
        """Does what a button asked: `add`, `remove-b`, `down-b`. `taken` ids are not given to another answer."""

    @abstractmethod
    def leave_out_blank(self) -> None:
        """Forgets lines that nobody filled in."""

    @abstractmethod
    def take(self, problem: Problem) -> bool:
        """Puts a problem of the kind at its line; False where it belongs to another field of the form."""

    @abstractmethod
    def translate(self, other: Self | None, posted: QueryDict | None) -> None:
        """From now on the answers in another language: those of `other` (None: not written yet), or as posted, beside their originals."""

    def take_all(self, error: ContentError) -> list[Problem]:
        """Puts the problems of a kind at their lines; gives back those of other fields."""
        return [problem for problem in error.problems if not self.take(problem)]


@dataclass
class AnswersInRows(AnswersForm):
    """Answers of which each has a line of its own, in the author's order."""

    rows: list = field(default_factory=list)
    fewest, most = 1, 26

    @abstractmethod
    def new_row(self, row_id: str) -> Row:
        """An empty line."""

    @property
    def have_errors(self) -> bool:
        return bool(self.errors) or any(row.errors for row in self.rows)

    @property
    def can_grow(self) -> bool:
        return len(self.rows) < self.most

    def change(self, step: str, taken: Collection[str] = ()) -> None:
        verb, _sign, row_id = step.partition("-")
        place = next((place for place, row in enumerate(self.rows) if row.id == row_id), None)
        if verb == "add" and self.can_grow:
            self.rows.append(self.new_row(free_id({row.id for row in self.rows} | set(taken))))
        elif verb == "remove" and place is not None:
            del self.rows[place]
        elif verb == "down" and place is not None and place + 1 < len(self.rows):
            self.rows[place], self.rows[place + 1] = self.rows[place + 1], self.rows[place]

    def leave_out_blank(self) -> None:
        """A line that nobody filled in is no answer; as many always stay as a question needs."""
        written = [row for row in self.rows if not row.is_blank]
        if len(written) >= self.fewest:
            self.rows = written

    def take_at_row(self, problem: Problem, name: str) -> bool:
        """Puts a problem of the list `name` at its line, or at all together; False where it is of something else."""
        path = problem.field.split(".")
        if path[0] != name:
            return False
        if len(path) > 1 and path[1].isdigit() and int(path[1]) < len(self.rows):
            self.rows[int(path[1])].errors.append(str(problem.message))
        else:
            self.errors.append(str(problem.message))
        return True


def posted_ids(posted: QueryDict, most: int) -> list[str]:
    """The ids of the posted lines, one more than there may be at most: too many are said to be too many."""
    return list(dict.fromkeys(row_id[:16] for row_id in posted.getlist("option")))[: most + 1]


def first_ids(count: int) -> str:
    """Ids of the lines of an empty form."""
    return string.ascii_lowercase[:count]


def free_id(taken: Collection[str]) -> str:
    """The first short id that is not among `taken`: a to z, then o0, o1 and so on."""
    return next((letter for letter in string.ascii_lowercase if letter not in taken), "") or next(
        name for number in range(len(taken) + 1) if (name := f"o{number}") not in taken
    )


def posted_credit(posted: QueryDict, row_id: str) -> int:
    """Per cent of full marks that the posted line earns; full marks where nothing that can be is posted."""
    credit = posted.get(f"credit-{row_id}", "")
    return int(credit) if credit.isascii() and credit.isdigit() and len(credit) <= 3 else 100
