"""Prepares the sets owed at a moment: sets, items, figures and messages of a batch of members in one transaction.

Any number of runs at once make each set once: the database's unique member and date decide, and a run fills only the sets that
carry its own id. A run that is killed leaves whole batches and nothing half. What fails, fails alone: a batch is cut down to the
member whose rows cannot be prepared, everybody else gets their set, and the next tick tries again.
"""

import logging
import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Lock

from django.db import InterfaceError, OperationalError, connection, transaction

from accounts.models import Member
from reinforcement.daily.messages import REMIND_AFTER
from reinforcement.programs import planner
from reinforcement.programs.enrolling import enroll_audiences
from reinforcement.programs.local_days import LocalDay, adapted, as_values, instant
from reinforcement.programs.models import Program

logger = logging.getLogger(__name__)

# No message of ours between these local times.
QUIET_FROM = time(21, 0)
# A morning mail that is late (the worker was down) still goes out this long after the person's hour.
LATE_BY = timedelta(hours=2)
# One member's rows in a batch cost about a dozen failed transactions, those of a whole organization some hundreds. What fails
# more often than this is wrong for everybody, and a search for the culprit would only load the database.
FAILURES_AT_MOST = 1_000
# Batches at once: the database does nearly all of the work, and the smallest server has two cores.
CONNECTIONS = 2


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
    batches = planner.batches(planner.BATCH) if days else []
    morning = _Morning(batches, days, now)
    helpers = min(_connections(), len(batches)) - 1
    if helpers < 1:
        morning.work()
        return morning.made
    with ThreadPoolExecutor(helpers) as threads:
        helping = [threads.submit(morning.help) for _helper in range(helpers)]
        morning.work()
    for helper in helping:
        helper.result()
    # What a helper gave back after this connection had found nothing more to do.
    morning.work()
    return morning.made


def _connections() -> int:
    """How many batches are prepared at once. SQLite has one writer; and what a caller's open transaction wrote, nobody else sees."""
    return CONNECTIONS if connection.vendor == "postgresql" and not connection.in_atomic_block else 1


class _Morning:
    """The batches of a run that wait, and what was made of the others; several threads may work on them."""

    def __init__(self, batches: list[planner.Batch], days: list[LocalDay], now: datetime):
        self.made = Prepared()
        self._days, self._now = days, now
        # Halves of a failed batch wait behind the whole ones: who is well comes first.
        self._waiting = deque(batches)
        self._failures = 0
        self._lock = Lock()

    def help(self) -> None:
        """Works in a connection of this thread's own, which ends with it. Without one the run goes on with one connection less."""
        try:
            connection.ensure_connection()
            self.work(is_helper=True)
        except (OperationalError, InterfaceError) as failure:
            if connection.is_usable():
                raise
            logger.warning("a connection fewer prepares sets (%s)", _kind_of(failure))
        finally:
            connection.close()

    def work(self, *, is_helper: bool = False) -> None:
        """Prepares batches until none waits. What is raised ends the work of the others too, unless a helper lost its connection."""
        while (batch := self._next()) is not None:
            try:
                made = _prepare_batch(batch, self._days, self._now)
            except Exception as failure:
                if is_helper and not connection.is_usable():
                    self._put_back(batch)
                    raise
                if not self._has_failed(batch, failure):
                    raise
            else:
                self._add(made)

    def _next(self) -> planner.Batch | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _put_back(self, batch: planner.Batch) -> None:
        with self._lock:
            self._waiting.append(batch)

    def _add(self, made: Prepared) -> None:
        with self._lock:
            self.made += made

    def _has_failed(self, batch: planner.Batch, failure: Exception) -> bool:
        """Puts the halves of the batch behind the others; False where going on makes no sense."""
        is_usable = connection.is_usable()
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_AT_MOST or not is_usable:
                self._waiting.clear()
                return False
            self._waiting.extend(batch.halves)
        if batch.halves:
            logger.warning("sets of members %s to %s failed (%s): cut in two", batch.after + 1, batch.last, _kind_of(failure))
        else:
            logger.error("the set of member %s failed (%s): the next tick tries again", batch.last, _kind_of(failure))
            self._add(Prepared(failed=1))
        return True


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
        planner.forget(*planner.TABLES, "placed")
        if not planner.choose(batch, days, now):
            return Prepared()
        sets = _insert_sets(run, now)
        _place(run)
        made = Prepared(sets=sets, items=_insert_items(), messages=_insert_messages(run, _schedule(batch, days), now))
        _count_presented()
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


def _place(run: uuid.UUID) -> None:
    """Fills the temporary table `placed`: what was chosen, beside the set of the run that it goes into and what is shown of it.

    Shown is the version in force today, in the member's language where it has one: looked up once for each question and language.
    """
    _execute(
        f"""
        CREATE TEMPORARY TABLE placed {planner.until_commit()} AS
        WITH asked AS (SELECT DISTINCT question_id, language FROM chosen),
        shown AS MATERIALIZED (
            SELECT asked.question_id, asked.language, question.competency_id, version.id AS version_id,
                   COALESCE(own.id, original.id) AS wording_id
            FROM asked
            JOIN reinforcement_question question ON question.id = asked.question_id
            JOIN reinforcement_questionversion version ON version.id = question.current_version_id
            JOIN reinforcement_questionwording original ON original.version_id = version.id AND original.language = version.language
            LEFT JOIN reinforcement_questionwording own ON own.version_id = version.id AND own.language = asked.language
        )
        SELECT daily_set.organization_id, daily_set.member_id, daily_set.team_id, daily_set.local_date, daily_set.id AS daily_set_id,
               chosen.position, chosen.program_id, chosen.question_id, chosen.reason, enrollment.is_fixed,
               shown.competency_id, shown.version_id, shown.wording_id
        FROM chosen
        JOIN reinforcement_dailyset daily_set
             ON daily_set.member_id = chosen.member_id AND daily_set.local_date = chosen.local_date AND daily_set.run = %s
        JOIN reinforcement_enrollment enrollment ON enrollment.program_id = chosen.program_id AND enrollment.member_id = chosen.member_id
        JOIN shown ON shown.question_id = chosen.question_id AND shown.language = chosen.language
        """,  # noqa: S608 - the inserted text is a constant
        [_run_value(run)],
    )


def _insert_items() -> int:
    return _execute(
        f"""
        INSERT INTO reinforcement_dailysetitem
            (key, organization_id, daily_set_id, position, program_id, question_id, competency_id, version_id, wording_id, reason, is_fixed)
        SELECT {_uuid()}, organization_id, daily_set_id, position, program_id, question_id, competency_id, version_id, wording_id, reason,
               is_fixed
        FROM placed
        """,  # noqa: S608 - the inserted text is one of two constants
        [],
    )


def _count_presented() -> None:
    """A set counts as presented on its date, opened or not: in the week of its member, and of the member's team of that day."""
    week = (
        "local_date - (EXTRACT(ISODOW FROM local_date)::integer - 1)"
        if connection.vendor == "postgresql"
        else "date(local_date, 'weekday 0', '-6 days')"
    )
    # The team's week first, as PostgreSQL writes them for an answer: two that took the rows in turn would wait for each other.
    for table, whose in (("reinforcement_teamweek", "team_id"), ("reinforcement_memberweek", "member_id")):
        _execute(
            f"""
            INSERT INTO {table} (organization_id, {whose}, competency_id, week_on, presented,
                                 answered, "right", credit, first_answered, first_right, first_credit)
            SELECT organization_id, {whose}, competency_id, {week}, COUNT(*), 0, 0, 0, 0, 0, 0
            FROM placed
            GROUP BY organization_id, {whose}, competency_id, {week}
            ORDER BY {whose}, competency_id
            ON CONFLICT ({whose}, competency_id, week_on) DO UPDATE SET presented = {table}.presented + EXCLUDED.presented
            """,  # noqa: S608 - the inserted texts are constants
            [],
        )


def _schedule(batch: planner.Batch, days: list[LocalDay]) -> list[tuple]:
    """When mails to the batch's members go out and expire: a row for each kind, time zone and preferred hour. One statement."""
    dates = {day.time_zone: day.local_date for day in days}
    members = Member.objects.filter(pk__gt=batch.after, pk__lte=batch.last, is_active=True, is_seller=True, time_zone__in=dates)
    rows = []
    for time_zone, hour in members.order_by().values_list("time_zone", "preferred_hour").distinct():
        due_at = instant(dates[time_zone], hour, time_zone)
        ends_at = max(instant(dates[time_zone], QUIET_FROM, time_zone), due_at + LATE_BY)
        rows.append(("morning", time_zone, hour, due_at, ends_at))
        if due_at + REMIND_AFTER < ends_at:
            rows.append(("reminder", time_zone, hour, due_at + REMIND_AFTER, ends_at))
    return rows


def _insert_messages(run: uuid.UUID, schedule: list[tuple], now: datetime) -> int:
    """For each set of the run the mail at the person's hour, or the reminder for who wants nothing else; none in quiet hours."""
    if not schedule:
        return 0
    values, parameters = as_values(schedule, ["text", "text", "time", "timestamptz", "timestamptz"])
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
          AND ((schedule.kind = 'morning' AND member.wants_morning_mail)
               OR (schedule.kind = 'reminder' AND member.wants_reminder AND NOT member.wants_morning_mail))
        ON CONFLICT (key) DO NOTHING
        """,  # noqa: S608 - the inserted texts are constants; values are parameters
        [*parameters, adapted(now), _run_value(run), adapted(now)],
    )
