"""Memory as a fold of the log of answers. Pure: the same function keeps a row while answering and rebuilds it from the log."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from reinforcement.memory.features import Item, Learner, Practice, Record, Skill, practised
from reinforcement.memory.packing import DAY_SECONDS, as_kept
from reinforcement.memory.recall import update


@dataclass(frozen=True)
class LoggedAnswer:
    """One row of the log, as memory reads it.

    `easiness` is what was known of the question when it was answered, in log odds. `set_on` is the local date of the answer's set.
    `counts` is False for an answer to a version older than the last change of meaning: it stays in the log and in the figures, and
    says nothing about when the new meaning returns.
    """

    verdict: str
    answered_at: datetime
    set_on: date
    due_on: date | None
    retires: bool
    competency_id: int
    team_id: int
    easiness: float
    counts: bool = True

    @property
    def is_right(self) -> bool:
        return self.verdict == "right"

    @property
    def day(self) -> float:
        """The moment in days, as records of practice count time."""
        return self.answered_at.timestamp() / DAY_SECONDS


@dataclass(frozen=True)
class Remembered:
    """What a member remembers of a question. Neither `due_on` nor `retired_on`: the question counts as new.

    `practice` is None where no answer to the question's present meaning has been given.
    """

    answered: int
    rights_in_a_row: int
    last_verdict: str
    last_answered_at: datetime
    last_competency_id: int
    last_team_id: int
    due_on: date | None
    retired_on: date | None
    practice: Practice | None


@dataclass(frozen=True)
class Person:
    """A member's record beyond the single question: in general, and in the question's competency; None before the first answer there."""

    learner: Learner | None
    skill: Skill | None

    def record(self, practice: Practice | None) -> Record:
        """All that is known before an answer to a question of the competency."""
        return Record(practice, (self.skill,) if self.skill else (), 1, self.learner)


def fold(before: Remembered | None, answer: LoggedAnswer) -> Remembered:
    """The memory after `answer`; answers come in the order of the server's sequence, whatever their clocks said."""
    rights_in_a_row, due_on, retired_on = (before.rights_in_a_row, before.due_on, before.retired_on) if before else (0, None, None)
    practice = before.practice if before else None
    if answer.counts:
        rights_in_a_row = rights_in_a_row + 1 if answer.is_right else 0
        practice = as_kept(practised(practice, answer.is_right, answer.day))
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
        practice=practice,
    )


def restarted(before: Remembered) -> Remembered:
    """The memory after a change of meaning: the question counts as new. `store.restart` does the same to everybody's rows at once."""
    return replace(before, rights_in_a_row=0, due_on=None, retired_on=None, practice=None)


def fold_person(before: Person, practice: Practice | None, answer: LoggedAnswer) -> tuple[Learner, Skill]:
    """The member's record after `answer`; `practice` is that of the question before it."""
    known = Item(answer.easiness, answer.easiness, 0)
    after = update(before.record(practice), known, answer.is_right, answer.day, [before.skill])
    [skill] = after.skills
    return after.learner, skill._replace(practice=as_kept(skill.practice))
