"""The only file that knows the rows of memory."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import F, FilteredRelation, Q, QuerySet

from accounts import rows
from accounts.statements import Part
from reinforcement.memory.features import Item, Learner, Practice, Record, Skill
from reinforcement.memory.fold import Person, Remembered
from reinforcement.memory.models import CompetencyState, FittedModels, LearnerState, MemoryState, ModelsInForce, QuestionEasiness
from reinforcement.memory.packing import packed, unpacked
from reinforcement.memory.prior import PRIOR, UNKNOWN_ITEM
from reinforcement.memory.versions import Models, from_kept
from reinforcement.questions.models import Question

logger = logging.getLogger(__name__)

# Versions that a process keeps at hand; one with trees takes some megabytes.
_VERSIONS_AT_HAND = 16
_NAMES = [field.name for field in fields(Remembered)]
_LEARNER = list(Learner._fields)
_SKILL = list(Skill._fields)
_ITEM = list(Item._fields)


@dataclass(frozen=True)
class Kept:
    """What is known before an answer, and the rows that hold it; a row's key is None where there is no row yet."""

    memory: Remembered | None
    person: Person
    item: Item
    fitted_id: int | None
    memory_id: int | None = None
    learner_id: int | None = None
    skill_id: int | None = None


def with_memory(items: QuerySet, member) -> QuerySet:
    """Rows of sets with what is known of `member` and of their questions, for `kept_with`."""
    own = FilteredRelation("question__memory_states", condition=Q(question__memory_states__member_id=member.pk))
    skill = FilteredRelation("competency__member_states", condition=Q(competency__member_states__member_id=member.pk))
    easiness = FilteredRelation("question__easiness_versions", condition=Q(question__easiness_versions__is_current=True))
    in_force = FilteredRelation("organization__models_in_force", condition=Q(organization__models_in_force__is_current=True))
    return items.annotate(own_memory=own, own_skill=skill, easiness_now=easiness, in_force=in_force).annotate(
        fitted_id=F("in_force__fitted_id"),
        **{f"memory_{name}": F(f"own_memory__{name}") for name in ["id", *_NAMES]},
        **{f"learner_{name}": F(f"daily_set__member__learner_state__{name}") for name in ["id", *_LEARNER]},
        **{f"skill_{name}": F(f"own_skill__{name}") for name in ["id", *_SKILL]},
        **{f"item_{name}": F(f"easiness_now__{name}") for name in ["meaning_since", *_ITEM]},
    )


def memory_with(item) -> Remembered | None:
    """What the member remembers of the question, of what was read by `with_memory`; None where it was never answered."""
    if item.memory_id is None:
        return None
    return _remembered({name: getattr(item, f"memory_{name}") for name in _NAMES})


def kept_with(item) -> Kept:
    """What was read with the row by `with_memory`."""
    learner = Learner(*[getattr(item, f"learner_{name}") for name in _LEARNER]) if item.learner_id is not None else None
    skill = Skill(item.skill_ability, unpacked(item.skill_practice)) if item.skill_id is not None else None
    # How easy another meaning was says nothing about this one.
    is_known = item.item_meaning_since == item.question.meaning_since
    known = Item(*[getattr(item, f"item_{name}") for name in _ITEM]) if is_known else UNKNOWN_ITEM
    return Kept(memory_with(item), Person(learner, skill), known, item.fitted_id, item.memory_id, item.learner_id, item.skill_id)


def find(organization_id: int, member_id: int, question_id: int, competency_id: int) -> Kept:
    """The same, looked up now. Five statements."""
    state = MemoryState.objects.filter(member_id=member_id, question_id=question_id).first()
    learner = LearnerState.objects.filter(member_id=member_id).first()
    skill = CompetencyState.objects.filter(member_id=member_id, competency_id=competency_id).first()
    easiness = QuestionEasiness.objects.filter(question_id=question_id, is_current=True, meaning_since=F("question__meaning_since")).first()
    return Kept(
        remembered(state) if state else None,
        Person(learner_of(learner) if learner else None, skill_of(skill) if skill else None),
        Item(*[getattr(easiness, name) for name in _ITEM]) if easiness else UNKNOWN_ITEM,
        fitted_in_force(organization_id),
        *[row.pk if row else None for row in (state, learner, skill)],
    )


def fitted_in_force(organization_id: int) -> int | None:
    """The key of the fitted version that the organization's answers are predicted with; None before the first one."""
    current = ModelsInForce.objects.filter(organization_id=organization_id, is_current=True)
    return current.values_list("fitted_id", flat=True).first()


@lru_cache(maxsize=_VERSIONS_AT_HAND)
def models_of(fitted_id: int | None) -> Models:
    """The version with this key, read once by a process. Where there is none, or none of these features, the first one."""
    if fitted_id is None:
        return PRIOR
    try:
        return from_kept(FittedModels.objects.values_list("weights", flat=True).get(pk=fitted_id))
    except ValueError as refusal:
        logger.warning("fitted version %s is not used (%s)", fitted_id, refusal)
        return PRIOR


@dataclass
class Known:
    """All that is known of a member: in general, by competency, and by question. `answers` counts those of any question."""

    learner: Learner | None = None
    skills: dict[int, Skill] = field(default_factory=dict)
    practices: dict[int, Practice] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        return self.learner.answers if self.learner else 0

    def record(self, question_id: int, competency_id: int) -> Record:
        """What is known before an answer to the question of the competency."""
        return Person(self.learner, self.skills.get(competency_id)).record(self.practices.get(question_id))


def known_of(organization_id: int, members: Sequence[int]) -> dict[int, Known]:
    """What is known of each of the members (their ids). Three statements."""
    known: dict[int, Known] = {member: Known() for member in members}
    whose = {"organization_id": organization_id, "member_id__in": members}
    # The number of answers is read first: by it, whoever answers while the rest is read is found out.
    for member, *values in LearnerState.objects.filter(**whose).values_list("member_id", *_LEARNER):
        known[member].learner = Learner(*values)
    for member, competency, ability, practice in CompetencyState.objects.filter(**whose).values_list(
        "member_id", "competency_id", "ability", "practice"
    ):
        known[member].skills[competency] = Skill(ability, unpacked(practice))
    practised = MemoryState.objects.filter(**whose, practice__isnull=False).values_list("member_id", "question_id", "practice")
    for member, question, practice in practised.iterator():
        known[member].practices[question] = unpacked(practice)
    return known


def held(organization_id: int, members: Sequence[int]) -> dict[int, int]:
    """How many answers each of the members has given, held until the transaction ends: no answer comes between. One statement.

    Who has not answered yet has no row to hold.
    """
    rows = LearnerState.objects.select_for_update(no_key=True).filter(organization_id=organization_id, member_id__in=members)
    return defaultdict(int, rows.order_by("member_id").values_list("member_id", "answers"))


def items_of(organization_id: int) -> dict[int, Item]:
    """What everybody's answers say of the organization's questions; UNKNOWN_ITEM for all others. One statement."""
    current = QuestionEasiness.objects.filter(organization_id=organization_id, is_current=True, meaning_since=F("question__meaning_since"))
    return defaultdict(lambda: UNKNOWN_ITEM, {question: Item(*values) for question, *values in current.values_list("question_id", *_ITEM)})


def still_means(question: Question) -> Part:
    """Finds `question` only while it means what it meant when it was read; a change of meaning waits until what is written stands.

    Written before memory is: a change of meaning takes the rows in this order too.
    """
    text = "SELECT 1 FROM reinforcement_question WHERE id = %s AND organization_id = %s AND meaning_since = %s"
    lock = " FOR SHARE" if connection.features.has_select_for_update else ""
    return Part(text + lock, [question.pk, question.organization_id, question.meaning_since], must_find=True)


def remembered(row: MemoryState) -> Remembered:
    return _remembered({name: getattr(row, name) for name in _NAMES})


def learner_of(row: LearnerState) -> Learner:
    return Learner(*[getattr(row, name) for name in _LEARNER])


def skill_of(row: CompetencyState) -> Skill:
    return Skill(row.ability, unpacked(row.practice))


def _remembered(values: dict[str, Any]) -> Remembered:
    practice = values.pop("practice")
    return Remembered(**values, practice=None if practice is None else unpacked(practice))


def memory_columns(memory: Remembered) -> dict[str, Any]:
    """The values of the row's columns."""
    return vars(memory) | {"practice": memory.practice and packed(memory.practice)}


def skill_columns(skill: Skill) -> dict[str, Any]:
    return {"ability": skill.ability, "practice": packed(skill.practice)}


def written(before: Kept, *, organization_id: int, member_id: int, question_id: int, memory: Remembered) -> Part:
    """Keeps `memory` after `before`, or in a new row. An answer that came between is found out: the number of answers differs."""
    values = memory_columns(memory)
    if before.memory is not None:
        still = {"id": before.memory_id, "member_id": member_id, "answered": before.memory.answered}
        return rows.change(MemoryState, still, values)
    return rows.insertion(MemoryState(organization_id=organization_id, member_id=member_id, question_id=question_id, **values))


def person_written(before: Kept, learner: Learner, skill: Skill, *, organization_id: int, member_id: int, competency_id: int) -> list[Part]:
    """Keeps the member's record after `before`: in general, and in the competency. Found out in the same way, whatever was answered."""
    place = {"organization_id": organization_id, "member_id": member_id}
    if before.person.learner is not None:
        still = {"id": before.learner_id, "member_id": member_id, "answers": before.person.learner.answers}
        in_general = rows.change(LearnerState, still, learner._asdict())
    else:
        in_general = rows.insertion(LearnerState(**place, **learner._asdict()))
    if before.skill_id is not None:
        there = rows.change(CompetencyState, {"id": before.skill_id, "member_id": member_id}, skill_columns(skill))
    else:
        there = rows.insertion(CompetencyState(**place, competency_id=competency_id, **skill_columns(skill)))
    return [in_general, there]


def rewrite_memory(organization_id: int, member_id: int, question_id: int, memory: Remembered | None) -> None:
    """Puts `memory` in the place of what the row holds; None leaves no row."""
    MemoryState.objects.filter(member_id=member_id, question_id=question_id).delete()
    if memory is not None:
        place = {"organization_id": organization_id, "member_id": member_id, "question_id": question_id}
        MemoryState.objects.create(**place, **memory_columns(memory))


def rewrite_person(organization_id: int, member_id: int, learner: Learner | None, skills: dict[int, Skill]) -> None:
    """Puts these records in the place of what the member's rows hold."""
    LearnerState.objects.filter(member_id=member_id).delete()
    CompetencyState.objects.filter(member_id=member_id).delete()
    place = {"organization_id": organization_id, "member_id": member_id}
    if learner is not None:
        LearnerState.objects.create(**place, **learner._asdict())
    CompetencyState.objects.bulk_create(
        [CompetencyState(**place, competency_id=competency_id, **skill_columns(skill)) for competency_id, skill in skills.items()]
    )


def restart(question: Question) -> int:
    """After a change of meaning the question counts as new for everybody who knew it; how many that were. Two statements."""
    version = question.current_version
    if version is None:
        raise ValueError("a question without a version has no meaning to change")
    question.meaning_since = version.number
    Question.objects.filter(organization_id=question.organization_id, pk=question.pk).update(meaning_since=question.meaning_since)
    return MemoryState.objects.filter(organization_id=question.organization_id, question=question).update(
        rights_in_a_row=0, due_on=None, retired_on=None, practice=None
    )
