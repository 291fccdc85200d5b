"""The only file that knows the rows of memory."""

from dataclasses import dataclass, fields

from django.db import connection
from django.db.models import F, FilteredRelation, Q, QuerySet

from accounts import rows
from accounts.statements import Part
from reinforcement.memory.fold import Remembered
from reinforcement.memory.models import MemoryState
from reinforcement.questions.models import Question

_NAMES = [field.name for field in fields(Remembered)]


@dataclass(frozen=True)
class Kept:
    """What a member remembers of a question, and the row that holds it."""

    row_id: int
    memory: Remembered


def with_memory(items: QuerySet, member) -> QuerySet:
    """Rows of sets with what `member` remembers of their questions, for `kept_with`."""
    own = FilteredRelation("question__memory_states", condition=Q(question__memory_states__member_id=member.pk))
    columns = {f"memory_{name}": F(f"own_memory__{name}") for name in ["id", *_NAMES]}
    return items.annotate(own_memory=own).annotate(**columns)


def kept_with(item) -> Kept | None:
    """What was read with the row by `with_memory`; None where the member never answered its question."""
    if item.memory_id is None:
        return None
    return Kept(item.memory_id, Remembered(**{name: getattr(item, f"memory_{name}") for name in _NAMES}))


def find(member_id: int, question_id: int) -> Kept | None:
    """The same, looked up now. One statement."""
    row = MemoryState.objects.filter(member_id=member_id, question_id=question_id).first()
    return Kept(row.pk, remembered(row)) if row is not None else None


def still_means(question: Question) -> Part:
    """Finds `question` only while it means what it meant when it was read; a change of meaning waits until what is written stands.

    Written before memory is: a change of meaning takes the rows in this order too.
    """
    text = "SELECT 1 FROM reinforcement_question WHERE id = %s AND organization_id = %s AND meaning_since = %s"
    lock = " FOR SHARE" if connection.features.has_select_for_update else ""
    return Part(text + lock, [question.pk, question.organization_id, question.meaning_since], must_find=True)


def remembered(row: MemoryState) -> Remembered:
    return Remembered(**{name: getattr(row, name) for name in _NAMES})


def written(before: Kept | None, *, organization_id: int, member_id: int, question_id: int, memory: Remembered) -> Part:
    """Keeps `memory` after `before`, or in a new row. An answer that came between is found out: the number of answers differs."""
    if before is not None:
        still = {"id": before.row_id, "member_id": member_id, "answered": before.memory.answered}
        return rows.change(MemoryState, still, vars(memory))
    return rows.insertion(MemoryState(organization_id=organization_id, member_id=member_id, question_id=question_id, **vars(memory)))


def restart(question: Question) -> int:
    """After a change of meaning the question counts as new for everybody who knew it; how many that were. Two statements."""
    version = question.current_version
    if version is None:
        raise ValueError("a question without a version has no meaning to change")
    question.meaning_since = version.number
    Question.objects.filter(organization_id=question.organization_id, pk=question.pk).update(meaning_since=question.meaning_since)
    return MemoryState.objects.filter(organization_id=question.organization_id, question=question).update(
        rights_in_a_row=0, due_on=None, retired_on=None
    )
