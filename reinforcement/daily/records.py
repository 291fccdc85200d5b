"""What was known before each answer, as the answer's path knew it: made again from the log, one person after the other."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from accounts.models import Member, Organization
from reinforcement.daily import log
from reinforcement.daily.models import Answer
from reinforcement.daily.services import as_logged
from reinforcement.memory import store
from reinforcement.memory.features import Item, Learner, Record, Skill
from reinforcement.memory.fold import Person, Remembered, fold, fold_person, restarted
from reinforcement.questions.models import QuestionVersion

MEMBERS_AT_ONCE = 100


class Before(NamedTuple):
    """An answer, and what was known before it. `at` is its moment as records count time."""

    answer: log.LogRow
    record: Record
    item: Item
    at: float


def before_each_answer(organization: Organization, until: datetime) -> Iterator[Before]:
    """The organization's answers that were received by `until`: by person, each person's in the order of the log.

    A record depends on one person's answers alone, so only one person's records are held. Raises log.LogError.
    """
    meanings = _Meanings(organization)
    easiness = store.easiness_versions(organization.pk)
    members = list(Member.objects.filter(organization=organization).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(members), MEMBERS_AT_ONCE):
        answers = Answer.objects.filter(member_id__in=members[start : start + MEMBERS_AT_ONCE], received_at__lte=until)
        for _member, own in groupby(log.read(answers.order_by("member_id", "pk")), key=lambda row: row.member_id):
            yield from _of_one_person(own, meanings, easiness)


def _of_one_person(own: Iterator[log.LogRow], meanings: "_Meanings", easiness: dict[int, list[store.Easiness]]) -> Iterator[Before]:
    memories: dict[int, tuple[int, Remembered]] = {}
    skills: dict[int, Skill] = {}
    learner: Learner | None = None
    for row in own:
        meaning = meanings.at(row)
        log.check_place(row, is_known=row.question_id in memories)
        known_meaning, memory = memories.get(row.question_id, (meaning, None))
        if memory is not None and known_meaning != meaning:
            memory = restarted(memory)
        practice = memory.practice if memory else None
        person = Person(learner, skills.get(row.competency_id))
        logged = as_logged(row, set_on=row.set_on, counts=row.number >= meaning)
        item = store.known_then(easiness.get(row.question_id, ()), meaning, row.received_at, logged.easiness)
        yield Before(row, person.record(practice), item, logged.day)
        memories[row.question_id] = meaning, fold(memory, logged)
        learner, skills[row.competency_id] = fold_person(person, practice, logged)


class _Meanings:
    """Since which version a question meant what it meant, at the moment of an answer. One statement."""

    def __init__(self, organization: Organization):
        self._changes: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
        changes = QuestionVersion.objects.filter(organization=organization, change=QuestionVersion.Change.MEANING).order_by("number")
        for question, number, created_at in changes.values_list("question_id", "number", "created_at"):
            self._changes[question].append((created_at, number))

    def at(self, row: log.LogRow) -> int:
        changes = self._changes.get(row.question_id)
        if not changes:
            return 1
        made = bisect_right(changes, row.received_at, key=lambda change: change[0])
        return changes[made - 1][1] if made else 1
