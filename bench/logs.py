"""Logs of answers in the format of public recall benchmarks: learner, item, skills, timestamp (seconds), correct, and perhaps a rating."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

DAY = 86_400.0


@dataclass(frozen=True)
class LoggedAnswer:
    """`at` in days. `rating` of FSRS: 1 again to 4 easy; 3 or 1 where the log has none."""

    learner: str
    item: str
    skills: tuple[str, ...]
    at: float
    is_right: bool
    rating: int


class BadLog(Exception):
    """A row that cannot be read; the message names it."""


def read_log(path: Path) -> list[LoggedAnswer]:
    """The answers by learner and time, those of one moment in the order of the file. Raises BadLog."""
    with gzip.open(path, "rt", newline="") as file:
        rows = csv.DictReader(file)
        missing = {"learner", "item", "skills", "timestamp", "correct"} - set(rows.fieldnames or [])
        if missing:
            raise BadLog(f"{path.name} has no column {', '.join(sorted(missing))}")
        answers = [_answer(path, rows.line_num, row) for row in rows]
    return sorted(answers, key=lambda answer: (answer.learner, answer.at))


def _answer(path: Path, line: int, row: dict[str, str]) -> LoggedAnswer:
    try:
        is_right = {"1": True, "0": False}[row["correct"]]
        at = float(row["timestamp"]) / DAY
        rating = int(row["rating"]) if row.get("rating") else (3 if is_right else 1)
    except (KeyError, ValueError, TypeError) as error:
        raise BadLog(f"{path.name}, line {line}: {error}") from error
    return LoggedAnswer(row["learner"], row["item"], tuple(skill for skill in row["skills"].split(";") if skill), at, is_right, rating)
