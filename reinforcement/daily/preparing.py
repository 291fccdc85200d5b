"""Prepares the sets owed at a moment: sets, items, figures and messages of a batch of members in one transaction.

Any number of runs at once make each set once: the database's unique member and date decide, and a run fills only the sets that
carry its own id. A run that is killed leaves whole batches and nothing half. What fails, fails alone: a batch is cut down to the
member whose rows cannot be prepared, everybody else gets their set, and the next tick tries again.
"""

import logging
import uuid
from collections import deque
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection, transaction

from accounts.models import Member
from reinforcement.programs import planner
from reinforcement.programs.enrolling import enroll_audiences
from reinforcement.programs.local_days import LocalDay, adapted, as_values, instant
from reinforcement.programs.models import Program

logger = logging.getLogger(__name__)

# No message of ours between these local times.
QUIET_FROM = time(21, 0)
REMIND_AFTER = timedelta(hours=5)
# A morning mail that is late (the worker was down) still goes out this long after the person's hour.
LATE_BY = timedelta(hours=2)
# One member's rows in a batch cost about a dozen failed transactions, those of a whole organization some hundreds. What fails
# more often than this is wrong for everybody, and a search for the culprit would only load the database.
FAILURES_AT_MOST = 1_000


@dataclass(frozen=True)
class Prepared:
    """What a run made: sets, items in them, and messages; and how many members' sets failed."""

    sets: int = 0
    items: int = 0
    messages: int = 0
    failed: int = 0

    def __add__(self, other: "Prepared") -> "Prepared":
        return Prepared(self.sets + other.sets, self.items + other.items, self.messages + other.messages, self.failed + other.failed)


def prepare_sets(now: datetime) -> Prepared:
    """Makes every set that is owed at `now` and not there yet; a second call changes nothing. A few statements per batch.

    Raises what a batch raised when the database is gone, or when nearly everything fails.
    """
    _enroll(now)
    days = planner.days_owed(now)
    made = Prepared()
    failures = 0
    # Halves of a failed batch wait behind the whole ones: who is well comes first.
    waiting = deque(planner.batches(planner.BATCH) if days else ())
    while waiting:
        batch = waiting.popleft()
        try:
            made += _prepare_batch(batch, days, now)
        except Exception as failure:
            failures += 1
            if failures == FAILURES_AT_MOST or not connection.is_usable():
                raise
            waiting.extend(batch.halves)
            if batch.halves:
                logger.warning("sets of members %s to %s failed (%s): cut in two", batch.after + 1, batch.last, _kind_of(failure))
            else:
                logger.error("the set of member %s failed (%s): the next tick tries again", batch.last, _kind_of(failure))
                made += Prepared(failed=1)
    return made


def _enroll(now: datetime) -> None:
    """All programs in a few statements; where that fails each on its own, so that one takes no other with it, nor any set."""
    try:
        enroll_audiences(now)
    except Exception as failure:
        if not connection.is_usable():
            raise
        logger.warning("enrolling failed (%s): each program on its own", _kind_of(failure))
        for program in Program.objects.filter(state=Program.State.RUNNING).order_by("pk"):
            try:
                enroll_audiences(now, program=program)
            except Exception as failure_of_one:
                if not connection.is_usable():
                    raise
                logger.error("enrolling for program %s failed (%s)", program.pk, _kind_of(failure_of_one))


def _kind_of(failure: Exception) -> str:
    """What went wrong, without the text of the error: the database quotes whole rows in it, with names and addresses."""
    return type(failure.__cause__ or failure).__name__


def _prepare_batch(batch: planner.Batch, days: list[LocalDay], now: datetime) -> Prepared:
    run = uuid.uuid4()
    with transaction.atomic():
        planner.forget_choice()
        if not planner.choose(batch, days):
            planner.forget_choice()
            return Prepared()
        made = Prepared(sets=_insert_sets(run, now), items=_insert_items(run), messages=_insert_messages(run, days, now))
        _count_presented(run)
        planner.forget_choice()
        return made


def _uuid() -> str:
    return "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"


def _run_value(run: uuid.UUID) -> object:
    return run if connection.vendor == "postgresql" else run.hex


def _execute(statement: str, parameters: list) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def _insert_sets(run: uuid.UUID, now: datetime) -> int:
    return _execute(
        f"""
        INSERT INTO reinforcement_dailyset (public_id, organization_id, member_id, team_id, local_date, size, answered, prepared_at, run)
        SELECT {_uuid()}, owed.organization_id, owed.member_id, COALESCE(membership.team_id, root.id),
               owed.local_date, owed.size, 0, %s, %s
        FROM (SELECT organization_id, member_id, local_date, COUNT(*) AS size FROM chosen
              GROUP BY organization_id, member_id, local_date) owed
        JOIN accounts_team root ON root.organization_id = owed.organization_id AND root.parent_id IS NULL
        LEFT JOIN accounts_teammembership membership ON membership.member_id = owed.member_id
             AND membership.started_on <= owed.local_date
             AND (membership.ended_on IS NULL OR membership.ended_on > owed.local_date)
        WHERE true
        ON CONFLICT (member_id, local_date) DO NOTHING
        """,  # noqa: S608 - the inserted text is one of two constants
        [adapted(now), _run_value(run)],
    )


def _insert_items(run: uuid.UUID) -> int:
    """The version in force today, in the member's language where it has one."""
    return _execute(
        f"""
        INSERT INTO reinforcement_dailysetitem
            (key, organization_id, daily_set_id, position, program_id, question_id, competency_id, version_id, wording_id, reason)
        SELECT {_uuid()}, daily_set.organization_id, daily_set.id, chosen.position, chosen.program_id, chosen.question_id,
               question.competency_id, version.id, COALESCE(own.id, original.id), CASE WHEN chosen.is_new = 1 THEN 'new' ELSE 'due' END
        FROM chosen
        JOIN reinforcement_dailyset daily_set
             ON daily_set.member_id = chosen.member_id AND daily_set.local_date = chosen.local_date AND daily_set.run = %s
        JOIN reinforcement_question question ON question.id = chosen.question_id
        JOIN reinforcement_questionversion version ON version.id = question.current_version_id
        JOIN reinforcement_questionwording original ON original.version_id = version.id AND original.language = version.language
        LEFT JOIN reinforcement_questionwording own ON own.version_id = version.id AND own.language = chosen.language
        """,  # noqa: S608 - the inserted text is one of two constants
        [_run_value(run)],
    )


def _count_presented(run: uuid.UUID) -> None:
    """A set counts as presented on its date, opened or not: in the week of its member, and of the member's team of that day."""
    week = (
        "daily_set.local_date - (EXTRACT(ISODOW FROM daily_set.local_date)::integer - 1)"
        if connection.vendor == "postgresql"
        else "date(daily_set.local_date, 'weekday 0', '-6 days')"
    )
    presented = """
        INSERT INTO {table} (organization_id, {whose}, competency_id, week_on, presented,
                             answered, "right", credit, first_answered, first_right, first_credit)
        SELECT daily_set.organization_id, {source}, item.competency_id, {week}, COUNT(*), 0, 0, 0, 0, 0, 0
        FROM reinforcement_dailyset daily_set
        JOIN reinforcement_dailysetitem item ON item.daily_set_id = daily_set.id
        WHERE daily_set.run = %s
        GROUP BY daily_set.organization_id, {source}, item.competency_id, {week}
        ORDER BY {source}, item.competency_id
        ON CONFLICT ({whose}, competency_id, week_on) DO UPDATE SET presented = {table}.presented + EXCLUDED.presented
    """
    # The team's week first, as PostgreSQL writes them for an answer: two that took the rows in turn would wait for each other.
    for table, whose in (("reinforcement_teamweek", "team_id"), ("reinforcement_memberweek", "member_id")):
        _execute(presented.format(table=table, whose=whose, source=f"daily_set.{whose}", week=week), [_run_value(run)])


def _insert_messages(run: uuid.UUID, days: list[LocalDay], now: datetime) -> int:
    """One morning mail and at most one reminder for each set of the run, at the person's hour, none in quiet hours."""
    zones = [day.time_zone for day in days]
    habits = (
        Member.objects.filter(is_active=True, is_seller=True, time_zone__in=zones)
        .order_by()
        .values_list("time_zone", "preferred_hour")
        .distinct()
    )
    dates = {day.time_zone: day.local_date for day in days}
    rows = []
    for time_zone, hour in habits:
        due_at = instant(dates[time_zone], hour, time_zone)
        ends_at = max(instant(dates[time_zone], QUIET_FROM, time_zone), due_at + LATE_BY)
        rows.append(("morning", time_zone, hour, due_at, ends_at))
        if due_at + REMIND_AFTER < ends_at:
            rows.append(("reminder", time_zone, hour, due_at + REMIND_AFTER, ends_at))
    if not rows:
        return 0
    types = ["text", "text", "time", "timestamptz", "timestamptz"]
    values, parameters = as_values(rows, types)
    payload = (
        "jsonb_build_object('set', daily_set.public_id::text)"
        if connection.vendor == "postgresql"
        else "json_object('set', daily_set.public_id)"
    )
    return _execute(
        f"""
        INSERT INTO outbox_outboxmessage (kind, key, organization, payload, state, due_at, attempts, last_error, created_at,
                                          member, address, language, time_zone, expires_at)
        WITH schedule(kind, time_zone, hour, due_at, ends_at) AS ({values})
        SELECT 'daily_' || schedule.kind, 'daily:' || schedule.kind || ':' || daily_set.id, organization.public_id, {payload},
               'waiting', schedule.due_at, 0, '', %s, member.public_id, person.email, member.language, member.time_zone, schedule.ends_at
        FROM reinforcement_dailyset daily_set
        JOIN accounts_member member ON member.id = daily_set.member_id
        JOIN accounts_user person ON person.id = member.user_id
        JOIN accounts_organization organization ON organization.id = member.organization_id
        JOIN schedule ON schedule.time_zone = member.time_zone AND schedule.hour = member.preferred_hour
        WHERE daily_set.run = %s AND schedule.ends_at > %s
          AND ((schedule.kind = 'morning' AND member.wants_morning_mail) OR (schedule.kind = 'reminder' AND member.wants_reminder))
        ON CONFLICT (key) DO NOTHING
        """,  # noqa: S608 - the inserted texts are constants; values are parameters
        [*parameters, adapted(now), _run_value(run), adapted(now)],
    )
