"""Keeps the roll-ups in the transaction of the answer."""

from dataclasses import dataclass
from datetime import date

from accounts.statements import Part
from reinforcement.memory.proficiency import variance_of
from reinforcement.progress.counters import addition
from reinforcement.progress.models import CREDIT_UNITS, LastAnswers, MemberWeek, TeamWeek


@dataclass(frozen=True)
class CountedAnswer:
    """One answer, as the roll-ups read it."""

    organization_id: int
    member_id: int
    team_id: int
    competency_id: int
    week_on: date
    is_right: bool
    credit: float
    is_first: bool

    def amounts(self) -> dict[str, int]:
        """What the answer adds to the week of its member and team."""
        right, credit = int(self.is_right), round(self.credit * CREDIT_UNITS)
        amounts = {"answered": 1, "right": right, "credit": credit}
        if self.is_first:
            amounts |= {"first_answered": 1, "first_right": right, "first_credit": credit}
        return amounts


@dataclass(frozen=True)
class LastPlace:
    """Where the answer before it stands in *right at last answer*."""

    team_id: int
    competency_id: int
    was_right: bool


def counts_for_member(answer: CountedAnswer, before: LastPlace | None) -> list[Part]:
    """Adds the answer to the member's week and moves *right at last answer*. Two parts, three when team or competency changed."""
    key = {"member_id": answer.member_id, "competency_id": answer.competency_id, "week_on": answer.week_on}
    parts = [addition(MemberWeek, key, answer.amounts(), organization_id=answer.organization_id)]
    here = (answer.team_id, answer.competency_id)
    if before is not None and (before.team_id, before.competency_id) != here:
        parts.append(_last_moved(answer, before.team_id, before.competency_id, questions=-1, right=-int(before.was_right)))
        before = None
    if before is None:
        parts.append(_last_moved(answer, *here, questions=1, right=int(answer.is_right)))
    else:
        parts.append(_last_moved(answer, *here, questions=0, right=int(answer.is_right) - int(before.was_right)))
    return parts


def count_for_team(answer: CountedAnswer) -> Part:
    """Adds the answer to the week of the member's team. The row is shared by the team."""
    key = {"team_id": answer.team_id, "competency_id": answer.competency_id, "week_on": answer.week_on}
    return addition(TeamWeek, key, answer.amounts(), organization_id=answer.organization_id)


def _last_moved(answer: CountedAnswer, team_id: int, competency_id: int, *, questions: int, right: int) -> Part:
    key = {"member_id": answer.member_id, "team_id": team_id, "competency_id": competency_id}
    return addition(LastAnswers, key, {"questions": questions, "right": right}, organization_id=answer.organization_id)


# Other questions' recalls moved since the night too, and only this one's is added: the sums are kept within what they can be.
_MOVED = """
UPDATE reinforcement_proficiencyweek SET answers = answers + 1,
    expected = CASE WHEN expected + %s < 0 THEN 0 WHEN expected + %s > questions THEN questions ELSE expected + %s END,
    variance = CASE WHEN variance + %s < 0 THEN 0 ELSE variance + %s END
WHERE member_id = %s AND competency_id = %s AND is_current
"""


def proficiency_moved(member_id: int, competency_id: int, before: float, after: float) -> Part:
    """Moves *current proficiency* by what an answer changed of its own question: the recall `before` it and `after` it.

    What the answer says of other questions, the night adds. A row that is not there yet is made by the night too.
    """
    recall, variance = after - before, variance_of(after) - variance_of(before)
    return Part(_MOVED, [recall, recall, recall, variance, variance, member_id, competency_id])
