"""Memory as a fold of the log of answers. Pure: the same function keeps a row while answering and rebuilds it from the log."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class LoggedAnswer:
    """One row of the log, as memory reads it.

    `set_on` is the local date of the answer's set. `counts` is False for an answer to a version older than the last change
    of meaning: it stays in the log and in the figures, and says nothing about when the new meaning returns.
    """

    verdict: str
    answered_at: datetime
    set_on: date
    due_on: date | None
    retires: bool
    competency_id: int
    team_id: int
    counts: bool = True


@dataclass(frozen=True)
class Remembered:
    """What a member remembers of a question. Neither `due_on` nor `retired_on`: the question counts as new."""

    answered: int
    rights_in_a_row: int
    last_verdict: str
    last_answered_at: datetime
    last_competency_id: int
    last_team_id: int
    due_on: date | None
    retired_on: date | None


def fold(before: Remembered | None, answer: LoggedAnswer) -> Remembered:
    """The memory after `answer`; answers come in the order of the server's sequence, whatever their clocks said."""
    rights_in_a_row, due_on, retired_on = (before.rights_in_a_row, before.due_on, before.retired_on) if before else (0, None, None)
    if answer.counts:
        rights_in_a_row = rights_in_a_row + 1 if answer.verdict == "right" else 0
        due_on = answer.due_on
        retired_on = answer.set_on if answer.retires else None
    return Remembered(
        answered=(before.answered if before else 0) + 1,
        rights_in_a_row=rights_in_a_row,
        last_verdict=answer.verdict,
        last_answered_at=answer.answered_at,
        last_competency_id=answer.competency_id,
        last_team_id=answer.team_id,
        due_on=due_on,
        retired_on=retired_on,
    )
