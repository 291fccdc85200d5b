"""Memory and roll-ups made again from the log: the proof that the rows are folds of it, and their repair."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Member
from reinforcement.daily import log
from reinforcement.daily.models import Answer, DailySetItem
from reinforcement.daily.services import as_counted, as_logged, monday_of
from reinforcement.memory import store
from reinforcement.memory.features import Learner, Skill
from reinforcement.memory.fold import Person, Remembered, fold, fold_person
from reinforcement.memory.models import CompetencyState, LearnerState, MemoryState
from reinforcement.progress.models import LastAnswers, MemberWeek, TeamWeek

MEMBERS_AT_ONCE = 500


@dataclass(frozen=True)
class Difference:
    """A row that is not what the log says. `kept` or `rebuilt` is None where there is no row, or should be none."""

    table: str
    key: tuple
    kept: Any
    rebuilt: Any


@dataclass
class Folded:
    """The records of members: by member and question, by member, and by member and competency."""

    memories: dict[tuple[int, int], Remembered]
    learners: dict[tuple[int], Learner]
    skills: dict[tuple[int, int], Skill]


def refuse_bad_log(members: Iterable[int]) -> None:
    """Reads the log of these members through. Raises log.LogError, which names the row, where no memory can be made of it."""
    for _row in log.read(Answer.objects.filter(member_id__in=list(members))):
        pass


def memory_differences(members: Iterable[int]) -> list[Difference]:
    """How the memory of these members (their ids) differs from the fold of their answers. Changes nothing. Raises log.LogError."""
    return _memory_differences(_kept(list(members)), _folded(list(members)))


def rebuild_memory(members: Iterable[int]) -> list[Difference]:
    """Writes the memory of these members from their answers; the differences that were mended. Raises log.LogError, changing nothing."""
    members = list(members)
    with transaction.atomic():
        # Nobody may answer between the reading of the log and the writing of the rows.
        list(Member.objects.select_for_update().filter(pk__in=members).order_by("pk").values_list("pk", flat=True))
        rebuilt = _folded(members)
        differences = _memory_differences(_kept(members), rebuilt)
        organizations = dict(Member.objects.filter(pk__in=members).values_list("pk", "organization_id"))
        for member in sorted({difference.key[0] for difference in differences if difference.table != "memory"}):
            skills = {competency: skill for (whose, competency), skill in rebuilt.skills.items() if whose == member}
            store.rewrite_person(organizations[member], member, rebuilt.learners.get((member,)), skills)
        for difference in differences:
            if difference.table == "memory":
                member, question = difference.key
                store.rewrite_memory(organizations[member], member, question, difference.rebuilt)
    return differences


def _memory_differences(kept: Folded, rebuilt: Folded) -> list[Difference]:
    return [
        *_differences("memory", kept.memories, rebuilt.memories),
        *_differences("learner", kept.learners, rebuilt.learners),
        *_differences("competency", kept.skills, rebuilt.skills),
    ]


def _kept(members: list[int]) -> Folded:
    memories, learners, skills = (
        model.objects.filter(member_id__in=members).iterator() for model in (MemoryState, LearnerState, CompetencyState)
    )
    return Folded(
        {(row.member_id, row.question_id): store.remembered(row) for row in memories},
        {(row.member_id,): store.learner_of(row) for row in learners},
        {(row.member_id, row.competency_id): store.skill_of(row) for row in skills},
    )


def _folded(members: list[int]) -> Folded:
    folded = Folded({}, {}, {})
    log.check_sets(members)
    for answer in log.read(Answer.objects.filter(member_id__in=members).order_by("pk")):
        question, whose, competency = (
            (answer.member_id, answer.question_id),
            (answer.member_id,),
            (answer.member_id, answer.competency_id),
        )
        logged = as_logged(answer, set_on=answer.set_on, counts=answer.number >= answer.meaning_since)
        before = folded.memories.get(question)
        log.check_place(answer, is_known=before is not None)
        practice = before.practice if before else None
        person = Person(folded.learners.get(whose), folded.skills.get(competency))
        folded.memories[question] = fold(before, logged)
        folded.learners[whose], folded.skills[competency] = fold_person(person, practice, logged)
    return folded


_WEEK_COUNTS = ("presented", "answered", "right", "credit", "first_answered", "first_right", "first_credit")


@dataclass
class Rollups:
    """Every roll-up row of an organization: key -> counts."""

    member_weeks: dict[tuple, dict[str, int]]
    team_weeks: dict[tuple, dict[str, int]]
    last_answers: dict[tuple, dict[str, int]]


def rollup_differences(organization_id: int) -> list[Difference]:
    """How the roll-ups of the organization differ from its log and its sets. Changes nothing."""
    kept, rebuilt = _kept_rollups(organization_id), _counted_rollups(organization_id)
    return [
        *_differences("member week", kept.member_weeks, rebuilt.member_weeks),
        *_differences("team week", kept.team_weeks, rebuilt.team_weeks),
        *_differences("last answers", kept.last_answers, rebuilt.last_answers),
    ]


def rebuild_rollups(organization_id: int) -> list[Difference]:
    """Writes the roll-ups of the organization from its log and its sets; the differences that were mended."""
    with transaction.atomic():
        list(Member.objects.select_for_update().filter(organization_id=organization_id).order_by("pk").values_list("pk", flat=True))
        differences = rollup_differences(organization_id)
        for difference in differences:
            _mend(organization_id, difference)
    return differences


def _mend(organization_id: int, difference: Difference) -> None:
    rows: dict[str, tuple[Any, tuple[str, ...]]] = {
        "member week": (MemberWeek, ("member_id", "competency_id", "week_on")),
        "team week": (TeamWeek, ("team_id", "competency_id", "week_on")),
        "last answers": (LastAnswers, ("member_id", "team_id", "competency_id")),
    }
    model, names = rows[difference.table]
    key = dict(zip(names, difference.key, strict=True))
    model.objects.filter(**key).delete()
    if difference.rebuilt is not None:
        model.objects.create(organization_id=organization_id, **key, **difference.rebuilt)


def _kept_rollups(organization_id: int) -> Rollups:
    def weeks(model: type[MemberWeek] | type[TeamWeek], whose: str) -> dict[tuple, dict[str, int]]:
        of_organization = {whose.replace("_id", "__organization_id"): organization_id}
        rows = model.objects.filter(**of_organization).values(whose, "competency_id", "week_on", *_WEEK_COUNTS)
        return {(row[whose], row["competency_id"], row["week_on"]): {name: row[name] for name in _WEEK_COUNTS} for row in rows.iterator()}

    last = LastAnswers.objects.filter(organization_id=organization_id)
    return Rollups(
        weeks(MemberWeek, "member_id"),
        weeks(TeamWeek, "team_id"),
        {(row.member_id, row.team_id, row.competency_id): {"questions": row.questions, "right": row.right} for row in last.iterator()},
    )


def _counted_rollups(organization_id: int) -> Rollups:
    member_weeks: dict[tuple, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_WEEK_COUNTS, 0))
    team_weeks: dict[tuple, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_WEEK_COUNTS, 0))
    last: dict[tuple, tuple[tuple, bool]] = {}
    answers = Answer.objects.filter(member__organization_id=organization_id).order_by("pk")
    for row in answers.iterator(chunk_size=2000):
        counted = as_counted(row)
        for name, amount in counted.amounts().items():
            member_weeks[row.member_id, row.competency_id, row.week_on][name] += amount
            team_weeks[row.team_id, row.competency_id, row.week_on][name] += amount
        last[row.member_id, row.question_id] = ((row.member_id, row.team_id, row.competency_id), counted.is_right)
    for member_id, team_id, competency_id, local_date in _presented(organization_id):
        member_weeks[member_id, competency_id, monday_of(local_date)]["presented"] += 1
        team_weeks[team_id, competency_id, monday_of(local_date)]["presented"] += 1
    last_answers: dict[tuple, dict[str, int]] = defaultdict(lambda: {"questions": 0, "right": 0})
    for place, is_right in last.values():
        last_answers[place]["questions"] += 1
        last_answers[place]["right"] += is_right
    return Rollups(dict(member_weeks), dict(team_weeks), dict(last_answers))


def _presented(organization_id: int) -> Iterable[tuple[int, int, int, date]]:
    """Member, team, competency and date of every item that was put into a set."""
    items = DailySetItem.objects.filter(daily_set__member__organization_id=organization_id).order_by()
    return items.values_list("daily_set__member_id", "daily_set__team_id", "competency_id", "daily_set__local_date").iterator(5000)


def _is_same(one: object, other: object) -> bool:
    """Equal, whatever the machine's own last digit of a fading count or an ability is."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, Remembered) and isinstance(other, Remembered):
        return _is_same(tuple(vars(one).values()), tuple(vars(other).values()))
    return one == other


def _differences(table: str, kept: dict, rebuilt: dict) -> list[Difference]:
    # A row whose counts are all zero says the same as no row.
    def says_something(value: object) -> bool:
        return not isinstance(value, dict) or any(value.values())

    return [
        Difference(table, key, kept.get(key), rebuilt.get(key))
        for key in sorted(kept.keys() | rebuilt.keys())
        if not _is_same(kept.get(key), rebuilt.get(key)) and (says_something(kept.get(key, {})) or says_something(rebuilt.get(key, {})))
    ]
