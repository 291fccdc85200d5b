"""What Today reads. Every function says what it costs in statements."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, UUIDField, When

from accounts import access
from accounts.models import Absence, Member, OrganizationHoliday
from accounts.prepared import MemberSlots, PreparedRead, Slot
from accounts.statements import Part
from reinforcement.daily.models import Answer, DailySet, DailySetItem
from reinforcement.daily.services import Answered
from reinforcement.daily.streak import SetDay
from reinforcement.memory import store
from reinforcement.memory.models import MemoryState
from reinforcement.memory.spacing import AdaptiveRule
from reinforcement.programs.models import Program, ProgramQuestion
from reinforcement.questions.kept import wording_with_version
from reinforcement.today.calendar import HORIZON_DAYS, Away, Delivery, WorkCalendar

# As many earlier dates as a ruler shows.
SEEN_AT_MOST = 12
# What asking and judging use of the rows that an item is read with: every column costs its part of an answer's time.
_OF_ITEM = ["key", "organization", "daily_set", "position", "program", "question", "competency", "version", "wording", "reason", "is_fixed"]
_OF_SET = ["organization", "member", "team", "local_date", "size", "answered", "prepared_at"]
_OF_PROGRAM = ["mode", "ends_on", "weekdays", "days_after_wrong", "days_after_right", "rights_to_retire"]
_OF_QUESTION = ["organization", "competency", "meaning_since", "difficulty", "archived_at"]
_RELATED = {"daily_set": _OF_SET, "program": _OF_PROGRAM, "question": _OF_QUESTION}
_NEEDED = [*_OF_ITEM, *(f"{relation}__{name}" for relation, names in _RELATED.items() for name in names)]


def next_item(member: Member, daily_set: DailySet) -> DailySetItem | None:
    """The first question of the set that waits for an answer, with all that showing it needs. One statement, two for new words."""
    return _in_words(_NEXT_ITEM.first(**MemberSlots.values(member), daily_set=daily_set.pk))


def item_of(member: Member, key: UUID) -> DailySetItem | None:
    """The member's item with all that showing and judging it needs, and whether it is answered. One statement, two for new words."""
    return _in_words(_ITEM.first(**MemberSlots.values(member), key=key))


def _with_memory(member):
    """The member's items with what is remembered of their questions; their words, and answers, are read apart."""
    items = DailySetItem.objects.editable_by(member).select_related("daily_set", "program", "question").only(*_NEEDED)
    return store.with_memory(items, member).annotate(
        has_answer=Q(answer__isnull=False),
        # How colleagues answered this version, as the last batch counted it; empty where none has.
        colleagues=F("version__shares__people"),
        chosen_by_colleagues=F("version__shares__chosen"),
    )


_ITEM = PreparedRead(lambda: _with_memory(MemberSlots()).filter(key=Slot("key", UUIDField())))
_NEXT_ITEM = PreparedRead(
    lambda: _with_memory(MemberSlots()).filter(daily_set_id=Slot("daily_set"), answer__isnull=True).order_by("position")[:1]
)


def _in_words(item: DailySetItem | None) -> DailySetItem | None:
    if item is not None:
        item.remembered = store.memory_with(item)
        item.wording = wording_with_version(item.organization_id, item.wording_id)
        item.version = item.wording.version
    return item


@dataclass(frozen=True)
class Seen:
    """When the question was answered before, and how often in a row it was right up to and with the answer that is shown."""

    earlier: tuple[datetime, ...]
    rights_in_a_row: int


def answers_before(member: Member, item: DailySetItem) -> Part | None:
    """The read of the member's earlier answers to a question that waits, for `seen_with`.

    None where what was read with the item says it all: the question had been answered once at most.
    """
    before = item.remembered
    if before is None or before.answered == 1:
        return None
    return _EARLIER.part(**MemberSlots.values(member), question=item.question_id)


def seen_with(member: Member, item: DailySetItem, answered: Answered) -> Seen:
    """What a new answer to `item` adds to, by what was read beside it. No statement, but for one where others answered meanwhile."""
    answer, before = answered.answer, answered.before
    if before is None or before.answered == 1:
        counts = item.version.number >= item.question.meaning_since
        rights = (before.rights_in_a_row if before else 0) + 1
        return Seen((before.last_answered_at,) if before else (), rights if answer.is_right and counts else 0)
    if not answered.beside:
        return seen_before(member, item, answer)
    answer.number = item.version.number
    # What is read beside a write comes in no promised order.
    earlier = sorted(_EARLIER.objects(answered.beside), key=lambda row: row.pk, reverse=True)
    return _seen([answer, *earlier], item)


def seen_before(member: Member, item: DailySetItem, answer: Answer) -> Seen:
    """The member's answers to the question up to `answer`. One statement."""
    return _seen(_UP_TO.rows(**MemberSlots.values(member), question=item.question_id, last=answer.pk), item)


def _seen(rows: list[Answer], item: DailySetItem) -> Seen:
    """`rows` are the answers, the latest one first, each with the number of its version."""
    rights = 0
    for row in rows:
        if row.verdict != Answer.Verdict.RIGHT or row.number < item.question.meaning_since:
            break
        rights += 1
    return Seen(tuple(row.answered_at for row in reversed(rows[1:])), rights)


def _answers(member, at_most: int, **until) -> QuerySet:
    answers = Answer.objects.filter(access.own(member), question_id=Slot("question"), **until)
    return answers.annotate(number=F("version__number")).only("answered_at", "verdict").order_by("-pk")[:at_most]


_UP_TO = PreparedRead(lambda: _answers(MemberSlots(), SEEN_AT_MOST + 1, pk__lte=Slot("last")))
_EARLIER = PreparedRead(lambda: _answers(MemberSlots(), SEEN_AT_MOST))


def answered_items(member: Member, daily_set: DailySet) -> list[DailySetItem]:
    """The questions of the set with their answers, in order. One statement."""
    items = DailySetItem.objects.visible_to(member).filter(daily_set=daily_set, answer__isnull=False)
    return list(items.select_related("answer", "program", "wording").order_by("position"))


def set_days(member: Member) -> list[SetDay]:
    """Every date with a set, in order, whether the set was completed, and whether the day was free after all. One statement."""
    day = OuterRef("local_date")
    absent = Absence.objects.visible_to(member).filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)
    holiday = OrganizationHoliday.objects.filter(organization_id=member.organization_id, day=day)
    rows = DailySet.objects.visible_to(member).annotate(is_free=Exists(absent) | Exists(holiday)).order_by("local_date")
    return [
        SetDay(local_date, completed_at is not None, is_free)
        for local_date, completed_at, is_free in rows.values_list("local_date", "completed_at", "is_free")
    ]


def calendar_of(member: Member, today: date) -> WorkCalendar:
    """Working days, holidays and absences from four weeks back on. Two statements."""
    since, until = today - timedelta(weeks=4), today + timedelta(days=HORIZON_DAYS)
    holidays = OrganizationHoliday.objects.filter(organization_id=member.organization_id, day__range=(since, until))
    absences = Absence.objects.visible_to(member).filter(Q(ended_on=None) | Q(ended_on__gte=since), started_on__lte=until)
    return WorkCalendar(
        working_days=member.working_days,
        holidays=dict(holidays.values_list("day", "name")),
        absences=tuple(Away(away.started_on, away.ended_on, away.kind == Absence.Kind.PAUSE) for away in absences),
    )


def deliveries_of(member: Member) -> list[Delivery]:
    """The running programs that the member takes part in, each with the earliest day on which it has something to ask. One statement."""
    state = MemoryState.objects.filter(organization_id=member.organization_id, member_id=member.pk, question=OuterRef("question"))
    rows = (
        ProgramQuestion.objects.filter(
            organization_id=member.organization_id,
            program__state=Program.State.RUNNING,
            program__enrollments__member_id=member.pk,
            question__archived_at=None,
        )
        .annotate(due_on=Subquery(state.values("due_on")[:1]), retired_on=Subquery(state.values("retired_on")[:1]))
        # Neither due nor mastered: new, so it may come from the first day on. What was mastered by date elsewhere comes again by value.
        .annotate(
            comes_on=Case(When(due_on__isnull=False, then=F("due_on")), When(retired_on=None, then=F("program__starts_on"))),
            rests_since=Case(When(program__mode=Program.Mode.ADAPTIVE, program__enrollments__is_fixed=False, then=F("retired_on"))),
        )
        .order_by()
        .values_list(
            "program__weekdays",
            "program__starts_on",
            "program__ends_on",
            "program__enrollments__started_on",
            "program__enrollments__ended_on",
        )
        .annotate(ready_on=Min("comes_on"), rested_since=Min("rests_since"))
    )
    deliveries = []
    for weekdays, starts_on, ends_on, joined_on, left_on, comes_on, rested_since in rows:
        rested_on = rested_since and rested_since + timedelta(days=AdaptiveRule().rest_after_right)
        ready_on = min(filter(None, [comes_on, rested_on]), default=None)
        lasts = [day for day in (ends_on, left_on and left_on - timedelta(days=1)) if day is not None]
        deliveries.append(Delivery(weekdays, max(starts_on, joined_on), min(lasts, default=None), ready_on))
    return deliveries
