"""What every file format gives: questions as plain text, and problems by row and column. Formats know no database."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reinforcement.questions.rich_text import from_plain_text

# As long as the columns of the bank; a longer text is a problem of its row, not an error of the database.
LONGEST_ID = 120
LONGEST_PROMPT = 1000
LONGEST_SOURCE = 300


@dataclass(frozen=True, slots=True)
class ImportedOption:
    text: str
    is_right: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ImportedQuestion:
    row: int
    external_id: str
    language: str
    kind: str
    situation: str
    prompt: str
    options: tuple[ImportedOption, ...]
    """For true/false two: the statement is true, the statement is false."""
    explanation: str
    competency: str
    source: str


@dataclass(frozen=True, slots=True)
class ImportProblem:
    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file holds. Questions are there only where nothing is wrong with their row."""

    questions: tuple[ImportedQuestion, ...]
    problems: tuple[ImportProblem, ...]


def content_of(question: ImportedQuestion) -> tuple[dict[str, Any], dict[str, Any]]:
    """Content and answer key for the kind's `parse`, with the ids a, b, c in the order of the file."""
    if question.kind == "true_false":
        ids: tuple[str, ...] = ("true", "false")
        feedback = {option_id: from_plain_text(option.feedback) for option_id, option in zip(ids, question.options, strict=True)}
        content: dict[str, Any] = {"feedback": feedback}
    else:
        ids = tuple(option_id(place) for place in range(len(question.options)))
        content = {"options": [_option_content(*pair) for pair in zip(ids, question.options, strict=True)]}
    right = [option_id for option_id, option in zip(ids, question.options, strict=True) if option.is_right]
    return content, {"right": right}


def option_id(place: int) -> str:
    """a to z, then o27: past the letters a kind refuses, but says so itself."""
    return string.ascii_lowercase[place] if place < len(string.ascii_lowercase) else f"o{place + 1}"


def _option_content(option_id: str, option: ImportedOption) -> Mapping[str, str]:
    return {"id": option_id, "text": from_plain_text(option.text), "feedback": from_plain_text(option.feedback)}
