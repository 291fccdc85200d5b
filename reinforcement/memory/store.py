"""The only file that knows the rows of memory."""

from dataclasses import fields

from accounts import rows
from accounts.prepared import PreparedRead, Slot
from accounts.statements import Part
from reinforcement.memory.fold import Remembered
from reinforcement.memory.models import MemoryState
from reinforcement.questions.models import Question

_LOCKED = PreparedRead(lambda: MemoryState.objects.select_for_update().filter(member_id=Slot("member"), question_id=Slot("question")))


def lock(member_id: int, question_id: int) -> tuple[int | None, Remembered | None]:
    """Id of the row, held until the transaction ends, and its memory; (None, None) where the member never answered it."""
    row = _LOCKED.first(member=member_id, question=question_id)
    return (row.pk, remembered(row)) if row is not None else (None, None)


def remembered(row: MemoryState) -> Remembered:
    return Remembered(**{field.name: getattr(row, field.name) for field in fields(Remembered)})


def written(row_id: int | None, *, organization_id: int, member_id: int, question_id: int, memory: Remembered) -> Part:
    """Keeps `memory` in the row `row_id`, or in a new one."""
    if row_id is not None:
        return rows.change(MemoryState, {"id": row_id, "member_id": member_id}, vars(memory))
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
