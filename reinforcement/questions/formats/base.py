"""What every file format reads and writes: questions in the shapes of their kinds, and problems by place. Formats know no database."""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# As long as the columns of the bank; a longer text is a problem of its row, not an error of the database.
LONGEST_ID = 120
LONGEST_PROMPT = 1000
LONGEST_SOURCE = 300
# Twice what a form takes. Cleaning takes time by the square of the length where lists stand in lists, so an endless text is refused.
LONGEST_TEXT = 40_000


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """A question in a file. Content and key are in the shapes of the kind (questions/kinds), texts in them and around them rich.

    `row` is the row of a table or the line of a text at which it begins, 0 where it is to be written. Empty: the file says nothing.
    """

    row: int
    kind: str
    prompt: str
    """Plain."""
    content: Mapping[str, Any]
    answer_key: Mapping[str, Any]
    external_id: str = ""
    language: str = ""
    situation: str = ""
    explanation: str = ""
    competency: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """What is wrong, or left out, and where: by row or line, and by column of a table or part of a question."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file holds. Questions are there only where nothing is wrong with their row; with problems nothing is imported.

    `warnings` say what is left out or read otherwise than it may be meant, and hinder nothing.
    """

    questions: tuple[FileQuestion, ...]
    problems: tuple[ImportProblem, ...] = ()
    warnings: tuple[ImportProblem, ...] = ()


def choices(texts: Sequence[str], right: Sequence[int], feedback: Sequence[str] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """Content and key of single and multiple from rich texts, the places (from 0) of the right ones, and rich feedback."""
    options = [
        {"id": option_id(place), "text": text, "feedback": feedback[place] if place < len(feedback) else ""}
        for place, text in enumerate(texts)
    ]
    return {"options": options}, {"right": [option_id(place) for place in right]}


def truth(is_true: bool, feedback_true: str = "", feedback_false: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """Content and key of a statement that is true or false, with rich feedback for who says so."""
    return {"feedback": {"true": feedback_true, "false": feedback_false}}, {"right": ["true" if is_true else "false"]}


def option_id(place: int) -> str:
    """a to z, then o27: past the letters a kind refuses, but says so itself."""
    return string.ascii_lowercase[place] if place < len(string.ascii_lowercase) else f"o{place + 1}"
