"""The author's form: fields and answers together, from a post or from a version, and what it makes of them.

Works in round trips: "add an answer", "down", "remove" and "preview" post the whole form and get it back changed.
"""

import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from reinforcement.questions.forms import LONGEST_TEXT, WordsForm, letters_message
from reinforcement.questions.kinds.base import ContentError, Kind
from reinforcement.questions.kinds.choice import LETTERS, MOST_OPTIONS
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.kinds.true_false import WORDS as TRUTHS
from reinforcement.questions.letters import letter_reference
from reinforcement.questions.services import Asked, Words, checked
from reinforcement.questions.typed_text import rich_from_typed, typed_from_rich

BLANK_ANSWERS = 3
LEAST_ANSWERS = 2


@dataclass(slots=True)
class AnswerRow:
    """One answer as typed; `text` of true and false is given."""

    id: str
    text: str = ""
    feedback: str = ""
    is_right: bool = False
    errors: list[str] = field(default_factory=list)
    original: str = ""
    """What it says in the original language, where another one is being written."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written or marked here."""
        return not (self.text.strip() or self.feedback.strip() or self.is_right or self.original)


@dataclass
class Answers:
    """The answers of a form, in the author's order."""

    kind: Kind
    rows: list[AnswerRow]
    keep_order: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def have_errors(self) -> bool:
        """Whether one of them, or all together, have something to correct."""
        return bool(self.errors) or any(row.errors for row in self.rows)

    @classmethod
    def blank(cls, kind_name: str) -> "Answers":
        if kind_name == "true_false":
            return cls(kind(kind_name), [AnswerRow(truth) for truth in TRUTHS])
        return cls(kind(kind_name), [AnswerRow(letter) for letter in string.ascii_lowercase[:BLANK_ANSWERS]])

    @classmethod
    def of(cls, kind_name: str, content: Mapping[str, Any], answer_key: Mapping[str, Any]) -> "Answers":
        """The answers of a version that is there."""
        right = answer_key["right"]
        if kind_name == "true_false":
            feedback = content["feedback"]
            rows = [AnswerRow(truth, "", typed_from_rich(feedback[truth]), truth in right) for truth in TRUTHS]
            return cls(kind(kind_name), rows)
        rows = [
            AnswerRow(option["id"], typed_from_rich(option["text"]), typed_from_rich(option["feedback"]), option["id"] in right)
            for option in content["options"]
        ]
        return cls(kind(kind_name), rows, keep_order=content.get("keep_order", False))

    @classmethod
    def from_post(cls, kind_name: str, posted: QueryDict) -> "Answers":
        """The answers as posted; another kind than they were written for takes what fits it."""
        right = posted.getlist("right")
        ids = [option_id[:16] for option_id in posted.getlist("option")][: MOST_OPTIONS + 1]
        if kind_name == "true_false":
            ids = list(TRUTHS)
        elif set(ids) == set(TRUTHS):
            return cls.blank(kind_name)
        rows = [
            AnswerRow(
                option_id,
                posted.get(f"text-{option_id}", "")[:LONGEST_TEXT],
                posted.get(f"feedback-{option_id}", "")[:LONGEST_TEXT],
                option_id in right,
            )
            for option_id in ids
        ]
        return cls(kind(kind_name), rows, keep_order="keep_order" in posted)

    def change(self, step: str, taken: Collection[str] = ()) -> None:
        """Does what a button asked: `add`, `remove-b`, `down-b`. `taken` ids are not given to another answer."""
        verb, _sign, option_id = step.partition("-")
        place = next((place for place, row in enumerate(self.rows) if row.id == option_id), None)
        if verb == "add" and len(self.rows) < MOST_OPTIONS:
            self.rows.append(AnswerRow(free_id({row.id for row in self.rows} | set(taken))))
        elif verb == "remove" and place is not None:
            del self.rows[place]
        elif verb == "down" and place is not None and place + 1 < len(self.rows):
            self.rows[place], self.rows[place + 1] = self.rows[place + 1], self.rows[place]

    @property
    def lettered(self) -> list[tuple[str, AnswerRow]]:
        return list(zip(LETTERS, self.rows, strict=False))

    @property
    def has_given_words(self) -> bool:
        return self.kind.name == "true_false"

    @property
    def can_grow(self) -> bool:
        return len(self.rows) < MOST_OPTIONS

    @property
    def content(self) -> dict[str, Any]:
        if self.has_given_words:
            return {"feedback": {row.id: rich_from_typed(row.feedback) for row in self.rows}}
        options = [{"id": row.id, "text": rich_from_typed(row.text), "feedback": rich_from_typed(row.feedback)} for row in self.rows]
        return {"options": options, "keep_order": self.keep_order}

    @property
    def answer_key(self) -> dict[str, Any]:
        return {"right": [row.id for row in self.rows if row.is_right]}

    @property
    def is_shuffled(self) -> bool:
        return not self.keep_order and not self.has_given_words

    def leave_out_blank(self) -> None:
        """A row that nobody filled in is no answer; two rows always stay, since a question needs them."""
        written = [row for row in self.rows if not row.is_blank]
        if len(written) >= LEAST_ANSWERS and not self.has_given_words:
            self.rows = written

    def warn_of_letters(self) -> None:
        for row in self.rows:
            if found := letter_reference(row.text) or letter_reference(row.feedback):
                row.errors.append(letters_message(found))

    def take(self, error: ContentError) -> list:
        """Puts the problems of a kind at their answers; gives back those that belong to other fields."""
        others = []
        for problem in error.problems:
            path = problem.field.split(".")
            if path[0] == "options" and len(path) > 1:
                self.rows[int(path[1])].errors.append(str(problem.message))
            elif path[0] == "feedback" and len(path) > 1:
                next(row for row in self.rows if row.id == path[1]).errors.append(str(problem.message))
            elif path[0] in ("options", "right", "keep_order", "feedback"):
                self.errors.append(str(problem.message))
            else:
                others.append(problem)
        return others


def words_from(form: WordsForm, answers: Answers, language: str) -> Words:
    """The words as typed so far; fields that do not hold yet are empty."""
    typed = form.cleaned_data
    return Words(
        language=language,
        prompt=typed.get("prompt", ""),
        content=answers.content,
        situation=rich_from_typed(typed.get("situation", "")),
        explanation=rich_from_typed(typed.get("explanation", "")),
        source=typed.get("source", ""),
    )


def read_version(form: WordsForm, answers: Answers, *, language: str) -> Asked | None:
    """What the form asks, checked; None, with each error at its field, when it cannot be asked. `form` is valid or has its errors."""
    answers.leave_out_blank()
    if answers.is_shuffled:
        form.warn_of_letters()
        answers.warn_of_letters()
    asked = None
    try:
        asked = checked(Asked(answers.kind.name, answers.answer_key, words_from(form, answers, language)))
    except ContentError as error:
        for problem in answers.take(error):
            if problem.field not in form.errors:
                form.add_error(problem.field, str(problem.message))
    return None if form.errors or answers.have_errors else asked


def initial_of(words: Words) -> dict[str, str]:
    """What the form shows of words that are there."""
    return {
        "prompt": words.prompt,
        "source": words.source,
        "situation": typed_from_rich(words.situation),
        "explanation": typed_from_rich(words.explanation),
    }


def free_id(taken: Collection[str]) -> str:
    """The first short id that is not among `taken`: a to z, then o0, o1 and so on."""
    return next((letter for letter in string.ascii_lowercase if letter not in taken), "") or next(
        name for number in range(len(taken) + 1) if (name := f"o{number}") not in taken
    )
