"""What Today reads. Every function says what it costs in statements."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Exists, F, Min, OuterRef, Q, Subquery, When

from accounts.models import Absence, Member, OrganizationHoliday
from reinforcement.daily.models import Answer, DailySet, DailySetItem
from reinforcement.daily.services import items_to_answer
from reinforcement.daily.streak import SetDay
from reinforcement.memory.models import MemoryState
from reinforcement.programs.models import Program, ProgramQuestion
from reinforcement.today.calendar import HORIZON_DAYS, Away, Delivery, WorkCalendar

# As many earlier dates as a ruler shows.
SEEN_AT_MOST = 12


def next_item(member: Member, daily_set: DailySet) -> DailySetItem | None:
    """The first question of the set that waits for an answer, with when it was seen last. One statement."""
    return with_last_seen(member).filter(daily_set=daily_set, answer=None).order_by("position").first()


def with_last_seen(member: Member):
    """The member's items with `last_seen_at` and `last_verdict`, and with the answer that stands."""
    state = MemoryState.objects.filter(organization_id=member.organization_id, member_id=member.pk, question=OuterRef("question"))
    return (
        items_to_answer(member)
        .select_related("answer")
        .annotate(last_seen_at=Subquery(state.values("last_answered_at")[:1]), last_verdict=Subquery(state.values("last_verdict")[:1]))
    )


@dataclass(frozen=True)
class Seen:
    """When the question was answered before, and how often in a row it was right up to and with the answer that is shown."""

    earlier: tuple[datetime, ...]
    rights_in_a_row: int


def seen_before(member: Member, item: DailySetItem, answer: Answer) -> Seen:
    """The member's answers to the question up to `answer`. One statement; none for an item that was read when it was still new."""
    if item.last_seen_at is None:
        return Seen((), int(answer.is_right))
    rows = list(
        Answer.objects.filter(organization_id=member.organization_id, member=member, question_id=item.question_id, pk__lte=answer.pk)
        .order_by("-pk")
        .values_list("answered_at", "verdict", "version__number")[: SEEN_AT_MOST + 1]
    )
    rights = 0
    for _answered_at, verdict, number in rows:
        if verdict != Answer.Verdict.RIGHT or number < item.question.meaning_since:
            break
        rights += 1
    return Seen(tuple(answered_at for answered_at, _verdict, _number in reversed(rows[1:])), rights)


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
        # Neither due nor mastered: new, so it may come from the first day on.
        .annotate(comes_on=Case(When(due_on__isnull=False, then=F("due_on")), When(retired_on=None, then=F("program__starts_on"))))
        .order_by()
        .values_list(
            "program__weekdays",
            "program__starts_on",
            "program__ends_on",
            "program__enrollments__started_on",
            "program__enrollments__ended_on",
        )
        .annotate(ready_on=Min("comes_on"))
    )
    deliveries = []
    for weekdays, starts_on, ends_on, joined_on, left_on, ready_on in rows:
        lasts = [day for day in (ends_on, left_on and left_on - timedelta(days=1)) if day is not None]
        deliveries.append(Delivery(weekdays, max(starts_on, joined_on), min(lasts, default=None), ready_on))
    return deliveries
