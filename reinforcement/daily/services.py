"""Answering: one statement that writes the log, the memory, and the figures."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Q
from django.utils import timezone

from accounts import access, rows, statements
from accounts.models import Member
from accounts.statements import Part
from reinforcement.daily.log import LogRow
from reinforcement.daily.models import Answer, DailySet, DailySetItem
from reinforcement.memory import store
from reinforcement.memory.fold import LoggedAnswer, Person, Remembered, fold, fold_person
from reinforcement.memory.models import CompetencyState, LearnerState, MemoryState
from reinforcement.memory.prior import UNKNOWN_ITEM
from reinforcement.memory.recall import predict
from reinforcement.memory.spacing import next_step
from reinforcement.programs.rules import rule_of
from reinforcement.progress.services import CountedAnswer, LastPlace, count_for_team, counts_for_member, proficiency_moved
from reinforcement.questions.kinds.registry import kind

# How long an answer to a set that is no longer the current one is taken, and how long a mailed link works at most.
OPEN_FOR = timedelta(days=14)
# What the first answer to a question, in a competency, and of a person makes; each may be made by another answer meanwhile.
FIRST_ROWS = (MemoryState, CompetencyState, LearnerState)


class SetClosed(Exception):
    """The set is older than an answer may come; the question returns by itself."""


class AlreadyAnswered(Exception):
    """Another request, with another key and another response, answered this item before; `answer` is what counts."""

    def __init__(self, answer: Answer):
        super().__init__(answer)
        self.answer = answer


class RequestKeyUsed(Exception):
    """The member has sent another answer under this request key."""


@dataclass(frozen=True)
class Answered:
    """An answer that stands in the log. `is_replay`: it stood there already, this request changed nothing.

    `before` is what was remembered of the question before it, None for a first answer, and for a replay, which does not ask.
    `beside` are the rows of what was to be read beside it; none for a replay.
    """

    answer: Answer
    item: DailySetItem
    is_replay: bool
    before: Remembered | None = None
    beside: tuple[tuple, ...] = ()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def items_to_answer(member: Member):
    """The member's items with all that judging and showing one needs, in one statement."""
    items = DailySetItem.objects.editable_by(member).annotate(has_answer=Q(answer__isnull=False))
    items = items.select_related("daily_set", "program", "question", "competency", "version__shares", "wording")
    return store.with_memory(items, member)


def answer(
    member: Member,
    item: DailySetItem,
    response: dict,
    *,
    confidence: str = "",
    answered_at: datetime | None = None,
    request_key: UUID | None = None,
    now: datetime | None = None,
    beside: Part | None = None,
) -> Answered:
    """Logs the member's `response` to `item` (from `items_to_answer`) and keeps memory, figures and set with it.

    The first answer to an item counts; the same one again, from a double tap, a second device or a replay, is answered with
    what stands in the log. `answered_at` (from a phone that was offline) is clamped between "prepared" and now.
    `beside` is read as it was before the answer, in the same trip to the database.
    Raises kinds.base.ResponseError, SetClosed, AlreadyAnswered, RequestKeyUsed. One statement on PostgreSQL, ten on SQLite.
    """
    now = now or timezone.now()
    if item.has_answer:  # type: ignore[attr-defined]
        return _replay(item, response, request_key)
    if now - item.daily_set.prepared_at > OPEN_FOR:
        raise SetClosed
    judging = kind(item.version.kind)
    response = judging.check_response(response, item.wording.content)
    judgement = judging.judge(item.version.answer_key, response, item.wording.content)
    moment = clamped(answered_at or now, item.daily_set, now)
    log = partial(_log, member, item, response, judgement, confidence, moment, now, request_key, beside)
    read_again = partial(_read_again, member, item)
    kept = store.kept_with(item)
    for _first in FIRST_ROWS:
        try:
            return statements.tried_again(log, kept, read_again)
        except IntegrityError:
            # Another request was first; the unique item, or the unique key of the member's requests, decided in the database.
            if Answer.objects.filter(access.own(member), Q(item=item) | Q(request_key=request_key, request_key__isnull=False)).exists():
                return _replay(item, response, request_key)
            # Another answer made, at this very moment, one of the rows that only a first one makes: it is there now.
            kept = read_again()
    return statements.tried_again(log, kept, read_again)


def _read_again(member: Member, item: DailySetItem) -> store.Kept:
    """What an answer depends on and others change: memory, and since when the question means what it means."""
    item.question.refresh_from_db(fields=["meaning_since", "difficulty"])
    return store.find(member.organization_id, member.pk, item.question, item.competency_id)


def is_key_of_another(member: Member, item: DailySetItem, request_key: UUID) -> bool:
    """Whether the member has answered another item under this request key. One statement."""
    return Answer.objects.filter(access.own(member), request_key=request_key).exclude(item=item).exists()


def clamped(answered_at: datetime, daily_set: DailySet, received_at: datetime) -> datetime:
    """The moment that counts: between "prepared" and "received", as clocks of phones go wrong."""
    return min(max(answered_at, daily_set.prepared_at), received_at)


def _log(member, item, response, judgement, confidence, moment, now, request_key, beside, kept: store.Kept) -> Answered:
    """Writes the answer and all that follows from it, after the memory that was `kept`. Raises statements.ChangedMeanwhile."""
    local_date = timezone.localdate(moment, member.zone)
    before = kept.memory
    practice = before.practice if before else None
    counts = item.version.number >= item.question.meaning_since
    step = next_step(rule_of(item.program, is_fixed=item.is_fixed), judgement.verdict, before.rights_in_a_row if before else 0)
    row = Answer(
        organization_id=member.organization_id,
        member=member,
        item=item,
        question_id=item.question_id,
        version_id=item.version_id,
        program_id=item.program_id,
        competency_id=item.competency_id,
        team_id=item.daily_set.team_id,
        request_key=request_key,
        response=response,
        verdict=judgement.verdict,
        credit=judgement.credit,
        confidence=confidence,
        easiness=kept.item.easiness,
        is_first=before is None,
        due_on=local_date + timedelta(days=step.days) if counts and step.days is not None else None,
        retires=counts and step.retires,
        answered_at=moment,
        received_at=now,
        week_on=monday_of(local_date),
    )
    logged = as_logged(row, set_on=item.daily_set.local_date, counts=counts)
    recall = store.models_of(kept.fitted_id).recall
    row.predicted = predict(recall, kept.person.record(practice), kept.item, logged.day)
    remembered, (learner, skill) = fold(before, logged), fold_person(kept.person, practice, logged)
    whose = {"organization_id": member.organization_id, "member_id": member.pk}
    memory = store.written(kept, **whose, question_id=item.question_id, memory=remembered)
    person = store.person_written(kept, learner, skill, **whose, competency_id=item.competency_id)
    moved = []
    # What was moved to another competency or archived since it was asked is in no figure of this one any more.
    if counts and item.question.competency_id == item.competency_id and item.question.archived_at is None:
        recall_after = predict(recall, Person(learner, skill).record(remembered.practice), kept.item, logged.day)
        moved.append(proficiency_moved(member.pk, item.competency_id, row.predicted, recall_after))
    counted = as_counted(row)
    figures = [*counts_for_member(counted, _place_of(before)), _completed(item.daily_set, now), count_for_team(counted)]
    # PostgreSQL runs the parts from the last to the first: after the person's record, as each night writes them.
    written = statements.write(rows.insertion(row), store.still_means(item.question), memory, *moved, *person, *figures, beside=beside)
    row.pk = written[0][0]
    row._state.adding = False
    # A read that found nothing stands as one row of None.
    read = tuple(row[1:] for row in written if any(value is not None for value in row[1:]))
    return Answered(row, item, is_replay=False, before=before, beside=read)


def as_logged(row: Answer | LogRow, *, set_on: date, counts: bool) -> LoggedAnswer:
    """The row as the fold of memory reads it."""
    return LoggedAnswer(
        verdict=row.verdict,
        answered_at=row.answered_at,
        set_on=set_on,
        due_on=row.due_on,
        retires=row.retires,
        competency_id=row.competency_id,
        team_id=row.team_id,
        easiness=UNKNOWN_ITEM.easiness if row.easiness is None else row.easiness,
        counts=counts,
    )


def as_counted(row: Answer) -> CountedAnswer:
    """The row as the roll-ups read it."""
    return CountedAnswer(
        organization_id=row.organization_id,
        member_id=row.member_id,
        team_id=row.team_id,
        competency_id=row.competency_id,
        week_on=row.week_on,
        is_right=row.is_right,
        credit=row.credit,
        is_first=row.is_first,
    )


def _place_of(before: Remembered | None) -> LastPlace | None:
    if before is None:
        return None
    return LastPlace(before.last_team_id, before.last_competency_id, before.last_verdict == Answer.Verdict.RIGHT)


_COMPLETED = """
UPDATE reinforcement_dailyset
SET answered = answered + 1, completed_at = CASE WHEN answered >= size - 1 THEN COALESCE(completed_at, %s) ELSE completed_at END
WHERE id = %s AND member_id = %s
"""


def _completed(daily_set: DailySet, now: datetime) -> Part:
    """Counts the answer in its set; the last one completes it. The database adds, so two devices never lose a count."""
    return Part(_COMPLETED, [connection.ops.adapt_datetimefield_value(now), daily_set.pk, daily_set.member_id])


def _replay(item: DailySetItem, response: dict, request_key: UUID | None) -> Answered:
    row = Answer.objects.filter(organization_id=item.organization_id, item=item).first()
    if row is None:
        raise RequestKeyUsed
    if request_key is not None and row.request_key != request_key and row.response != response:
        raise AlreadyAnswered(row)
    return Answered(row, item, is_replay=True)


def current_set(member: Member) -> DailySet | None:
    """The latest set: it lives until it is answered or the next one is prepared. One statement; the key of the member decides."""
    return DailySet.objects.visible_to(member).order_by("-local_date").first()
