"""The only file of memory that knows rows. Whole days and whole organizations are read beside it, set-wise: programs/, daily/."""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Avg, Count, F, FilteredRelation, Q, QuerySet

from accounts import rows
from accounts.models import Organization
from accounts.statements import Part
from reinforcement.memory.features import Item, Learner, Practice, Record, Skill
from reinforcement.memory.fold import Person, Remembered
from reinforcement.memory.models import CompetencyState, FittedModels, LearnerState, MemoryState, ModelsInForce, QuestionEasiness
from reinforcement.memory.packing import packed, unpacked
from reinforcement.memory.prior import PRIOR, unknown_item
from reinforcement.memory.versions import Models, from_kept
from reinforcement.questions.models import Question

logger = logging.getLogger(__name__)

# Versions that a process keeps at hand; one with trees takes some megabytes.
_VERSIONS_AT_HAND = 16
_NAMES = [field.name for field in fields(Remembered)]
# The latest answers that a version is fitted on: beyond them weights hardly move, and memory and time of the worker would go on growing.
MOST_FITTED = 300_000
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
    known = Item(*[getattr(item, f"item_{name}") for name in _ITEM]) if is_known else unknown_item(item.question.difficulty)
    return Kept(memory_with(item), Person(learner, skill), known, item.fitted_id, item.memory_id, item.learner_id, item.skill_id)


def find(organization_id: int, member_id: int, question: Question, competency_id: int) -> Kept:
    """The same, looked up now. Five statements."""
    state = MemoryState.objects.filter(member_id=member_id, question=question).first()
    learner = LearnerState.objects.filter(member_id=member_id).first()
    skill = CompetencyState.objects.filter(member_id=member_id, competency_id=competency_id).first()
    easiness = QuestionEasiness.objects.filter(question=question, is_current=True, meaning_since=question.meaning_since).first()
    return Kept(
        remembered(state) if state else None,
        Person(learner_of(learner) if learner else None, skill_of(skill) if skill else None),
        Item(*[getattr(easiness, name) for name in _ITEM]) if easiness else unknown_item(question.difficulty),
        fitted_in_force(organization_id),
        *[row.pk if row else None for row in (state, learner, skill)],
    )


def fitted_in_force(organization_id: int) -> int | None:
    """The key of the fitted version that the organization's answers are predicted with; None before the first one."""
    current = ModelsInForce.objects.filter(organization_id=organization_id, is_current=True)
    return current.values_list("fitted_id", flat=True).first()


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that an organization's answers were predicted with from `since` on, and how it was chosen (ModelsInForce)."""

    since: datetime
    answers: int
    is_of_all_organizations: bool
    log_loss: float | None
    log_loss_before: float | None
    is_current: bool
    is_used: bool
    """False of the current one where this release can't read it: the first version stands in until the next fit."""


def versions_in_force(organization_id: int, most: int) -> list[InForce]:
    """The latest `most` versions of the organization, the latest first. One statement."""
    rows = ModelsInForce.objects.filter(organization_id=organization_id).order_by("-since", "-pk")
    columns = ("fitted_id", "since", "fitted__answers", "fitted__organization_id", "log_loss", "log_loss_before", "is_current")
    return [
        InForce(since, min(answers, MOST_FITTED), fitted_for is None, log_loss, before, is_current, not is_current or can_be_read(fitted))
        for fitted, since, answers, fitted_for, log_loss, before, is_current in rows.values_list(*columns)[:most]
    ]


def all_in_force(organization_ids: Collection[int]) -> dict[int, Models]:
    """The models in force in each of these organizations. One statement, and one for each version that is not at hand."""
    current = ModelsInForce.objects.filter(organization_id__in=set(organization_ids), is_current=True)
    fitted = dict(current.values_list("organization_id", "fitted_id"))
    return {organization_id: models_of(fitted.get(organization_id)) for organization_id in set(organization_ids)}


@lru_cache(maxsize=_VERSIONS_AT_HAND)
def models_of(fitted_id: int | None) -> Models:
    """The version with this key, read once by a process. Where there is none, or none of these features, the first one."""
    if fitted_id is None:
        return PRIOR
    try:
        return from_kept(FittedModels.objects.values_list("weights", flat=True).get(pk=fitted_id))
    except (FittedModels.DoesNotExist, KeyError, TypeError, ValueError) as refusal:
        logger.warning("fitted version %s is not used (%s)", fitted_id, refusal)
        return PRIOR


def can_be_read(fitted_id: int) -> bool:
    """Whether this release predicts with the version; after an update of the features it may not."""
    return models_of(fitted_id) is not PRIOR


def in_force(organization: Organization) -> ModelsInForce | None:
    """The row that says what is in force, with its version but for the weights."""
    current = ModelsInForce.objects.filter(organization=organization, is_current=True)
    return current.select_related("fitted").defer("fitted__weights").first()


def pooled_version() -> FittedModels | None:
    """The latest version of all organizations together, but for its weights."""
    return FittedModels.objects.filter(organization=None).defer("weights").order_by("fitted_at").last()


@transaction.atomic
def put_in_force(
    organization: Organization,
    version: FittedModels,
    *,
    instead_of: ModelsInForce | None,
    since: datetime,
    log_loss: float | None,
    log_loss_before: float | None,
) -> bool:
    """Keeps `version`, unless it is there, and has the organization's next answers predicted with it.

    False, and nothing changes, where another one than `instead_of` has come in force meanwhile. Answers do not wait.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    now = in_force(organization)
    if (now and now.pk) != (instead_of and instead_of.pk):
        return False
    if version.pk is None:
        made_by = {"organization": version.organization, "fitted_at": version.fitted_at}
        version, _is_new = FittedModels.objects.get_or_create(**made_by, defaults={"answers": version.answers, "weights": version.weights})
    ModelsInForce.objects.filter(organization=organization, is_current=True).update(is_current=False)
    ModelsInForce.objects.create(organization=organization, fitted=version, since=since, log_loss=log_loss, log_loss_before=log_loss_before)
    return True


class Easiness(NamedTuple):
    """A version of what was known of a question."""

    counted_at: datetime
    meaning_since: int
    item: Item


def easiness_versions(organization_id: int) -> dict[int, list[Easiness]]:
    """Of each question of the organization, the oldest first. One statement."""
    versions: dict[int, list[Easiness]] = defaultdict(list)
    kept = QuestionEasiness.objects.filter(organization_id=organization_id).order_by("counted_at", "pk")
    for question, counted_at, meaning, *item in kept.values_list("question_id", "counted_at", "meaning_since", *_ITEM).iterator():
        versions[question].append(Easiness(counted_at, meaning, Item(*item)))
    return versions


def known_then(versions: Sequence[Easiness], meaning: int, moment: datetime, logged: float) -> Item:
    """What an answer of `moment` knew of its question, whose easiness it has `logged`.

    Versions are counted a while before they are there for answers, so the latest one of those with this easiness is meant.
    """
    for version in reversed(versions):
        if version.meaning_since == meaning and version.counted_at <= moment and version.item.easiness == logged:
            return version.item
    return Item(logged, logged, answers=0)


def easiness_of(organization_id: int, question_ids: list[int]) -> dict[int, float]:
    """How easy these questions are for everybody, in log odds: by their answers where it is known, else by their authors' guesses.

    Two statements.
    """
    known = QuestionEasiness.objects.filter(
        organization_id=organization_id, question_id__in=question_ids, is_current=True, meaning_since=F("question__meaning_since")
    )
    guesses = Question.objects.filter(organization_id=organization_id, pk__in=question_ids).values_list("pk", "difficulty")
    return {pk: unknown_item(guess).easiness for pk, guess in guesses} | dict(known.values_list("question_id", "easiness"))


def abilities_of(organization_id: int) -> tuple[int, float, float]:
    """How many people of the organization have a record; mean and standard deviation of their abilities, in log odds. One statement.

    To one decimal, so that nobody's own can be told from how it changes.
    """
    found = LearnerState.objects.filter(organization_id=organization_id).aggregate(
        people=Count("pk"), mean=Avg("ability"), squares=Avg(F("ability") * F("ability"))
    )
    if not found["people"]:
        return 0, 0.0, 0.0
    return found["people"], round(found["mean"], 1), round(max(found["squares"] - found["mean"] ** 2, 0.0) ** 0.5, 1)


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
    """What everybody's answers say of the organization's questions, or their authors' guesses; others are unknown. Two statements."""
    guessed = Question.objects.filter(organization_id=organization_id).exclude(difficulty="")
    items = {question: unknown_item(guess) for question, guess in guessed.values_list("pk", "difficulty")}
    current = QuestionEasiness.objects.filter(organization_id=organization_id, is_current=True, meaning_since=F("question__meaning_since"))
    items |= {question: Item(*values) for question, *values in current.values_list("question_id", *_ITEM)}
    return defaultdict(unknown_item, items)


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
