"""Chooses what is asked today, set-wise: one batch of members a statement, whatever the number of questions.

By date, in SQL (all modes but the adaptive one): due questions first, the oldest due first; then new ones in the order of program start
and of the program's own order, at most `new_per_day` from each program; in all at most the largest cap of the programs that deliver today;
a question in two programs once. By value (adaptive.py): what gains most. Who has both is asked what is due first, then one new question
by date and one by value in turn.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import BigIntegerField

from accounts.models import Member
from reinforcement.programs.local_days import LocalDay, as_values, local_days
from reinforcement.programs.resting import may_be_asked

BATCH = 5_000
# What a choice leaves in its connection, for `forget`.
TABLES = ("owed", "offered", "valuable", "valued", "chosen")

# Owed: active sellers on a working day of theirs, with no holiday, no absence, and no set yet for their local date; with the programs
# that deliver to them today. `offer` names the programs: people with the same ones are offered the same questions. A program of which a
# share runs by date for comparison has two names, and this share the negative one.
_OWED = """
WITH local_day(time_zone, local_date, weekday) AS ({days})
SELECT member.id AS member_id, member.organization_id, member.language, local_day.local_date,
       MAX(program.cap_per_day) AS cap, {offer} AS offer
FROM accounts_member member
JOIN local_day ON local_day.time_zone = member.time_zone
JOIN reinforcement_enrollment enrollment ON enrollment.member_id = member.id
     AND enrollment.started_on <= local_day.local_date AND (enrollment.ended_on IS NULL OR enrollment.ended_on > local_day.local_date)
JOIN reinforcement_program program ON program.id = enrollment.program_id
     AND program.state = 'running' AND program.starts_on <= local_day.local_date
     AND (program.ends_on IS NULL OR program.ends_on >= local_day.local_date)
     AND (program.weekdays & local_day.weekday) <> 0
WHERE member.is_active AND member.is_seller AND member.id > %s AND member.id <= %s
  AND (member.working_days & local_day.weekday) <> 0
  AND NOT EXISTS (SELECT 1 FROM accounts_organizationholiday holiday
                  WHERE holiday.organization_id = member.organization_id AND holiday.day = local_day.local_date)
  AND NOT EXISTS (SELECT 1 FROM accounts_absence absence
                  WHERE absence.member_id = member.id AND absence.started_on <= local_day.local_date
                    AND (absence.ended_on IS NULL OR absence.ended_on >= local_day.local_date))
  AND COALESCE((SELECT MAX(daily_set.local_date) FROM reinforcement_dailyset daily_set WHERE daily_set.member_id = member.id)
               < local_day.local_date, true)
GROUP BY member.id, member.organization_id, member.language, local_day.local_date
"""
# The questions of each offer, a question in two programs once: with the one that started first.
_OFFERED = """
SELECT offer, program_id, starts_on, new_per_day, question_id, position, ends_on, competency_id, meaning_since, difficulty, organization_id,
       is_fixed, CASE WHEN mode = 'adaptive' AND is_fixed = 0 THEN 1 ELSE 0 END AS is_by_value
FROM (SELECT offers.offer, program.id AS program_id, program.starts_on, program.new_per_day, line.question_id, line.position,
             program.mode, program.ends_on, question.competency_id, question.meaning_since, question.difficulty,
             program.organization_id,
             CASE WHEN {is_fixed} THEN 1 ELSE 0 END AS is_fixed,
             ROW_NUMBER() OVER (PARTITION BY offers.offer, line.question_id ORDER BY program.starts_on, program.id) AS appearance
      FROM (SELECT DISTINCT offer FROM owed) offers
      JOIN reinforcement_program program ON {is_in_offer}
      JOIN reinforcement_programquestion line ON line.program_id = program.id
      JOIN reinforcement_question question ON question.id = line.question_id AND question.archived_at IS NULL) counted
WHERE appearance = 1
"""
# Candidates are what may be among the first: all that is due and the new questions of a day, or no more of it than can be chosen.
_CHOOSE = """
CREATE TEMPORARY TABLE chosen {until} AS
WITH {candidate},
ranked AS (
    SELECT candidate.*,
           ROW_NUMBER() OVER (PARTITION BY member_id ORDER BY is_new, due_on, starts_on, program_id, position, question_id) AS place
    FROM candidate
)
SELECT member_id, organization_id, language, local_date, program_id, question_id, place - 1 AS position,
       CASE WHEN is_new = 1 THEN 'new' ELSE 'due' END AS reason
FROM ranked WHERE place <= cap
"""
# The same where some are asked by value: `turn` is -1 for what was drawn by lot, 0 for what is due, and counts the new ones and the
# valuable ones of a member from 1 on.
_CHOOSE_BY_BOTH = """
CREATE TEMPORARY TABLE chosen {until} AS
WITH {candidate},
by_both AS (
    SELECT member_id, organization_id, language, local_date, cap, program_id, starts_on, question_id, position, due_on,
           CASE WHEN is_new = 1 THEN 'new' ELSE 'due' END AS reason,
           CASE WHEN is_new = 0 THEN 0
                ELSE ROW_NUMBER() OVER (PARTITION BY member_id, is_new ORDER BY starts_on, program_id, position, question_id) END AS turn
    FROM candidate
    WHERE NOT EXISTS (SELECT 1 FROM valued JOIN valuable ON valuable.line = valued.line
                      WHERE valued.member_id = candidate.member_id AND valuable.question_id = candidate.question_id)
    UNION ALL
    SELECT owed.member_id, owed.organization_id, owed.language, owed.local_date, owed.cap, valuable.program_id, valuable.starts_on,
           valuable.question_id, valuable.position, NULL, valued.reason,
           CASE WHEN valued.reason = 'random' THEN -1 ELSE valued.place + 1 END
    FROM valued JOIN owed ON owed.member_id = valued.member_id JOIN valuable ON valuable.line = valued.line
),
ranked AS (
    SELECT by_both.*,
           ROW_NUMBER() OVER (PARTITION BY member_id ORDER BY turn, due_on, starts_on, program_id, position, question_id) AS place
    FROM by_both
)
SELECT member_id, organization_id, language, local_date, program_id, question_id, place - 1 AS position, reason
FROM ranked WHERE place <= cap
"""
# The questions that are asked by value, and those that run by date for comparison, of which some are drawn by lot too; each has its line.
_VALUABLE = """
CREATE TEMPORARY TABLE valuable {until} AS
SELECT offered.*, ROW_NUMBER() OVER (ORDER BY offer, starts_on, program_id, position, question_id) - 1 AS line
FROM offered WHERE is_by_value = 1 OR is_fixed = 1
"""
_EVERYTHING = """
possible AS (
    SELECT owed.*, offered.program_id, offered.starts_on, offered.new_per_day, offered.question_id, offered.position,
           state.due_on, CASE WHEN state.due_on IS NULL THEN 1 ELSE 0 END AS is_new
    FROM owed
    JOIN offered ON offered.offer = owed.offer
    LEFT JOIN reinforcement_memorystate state ON state.member_id = owed.member_id AND state.question_id = offered.question_id
    WHERE state.due_on <= owed.local_date OR (state.due_on IS NULL AND state.retired_on IS NULL)
),
candidate AS (
    SELECT * FROM (
        SELECT possible.*, ROW_NUMBER() OVER (PARTITION BY member_id, program_id, is_new ORDER BY position, question_id) AS place_in_program
        FROM possible) counted
    WHERE is_new = 0 OR place_in_program <= new_per_day
)
"""
# PostgreSQL walks the index of what is due from its oldest end, and looks for new questions only for who has room left.
_FIRST_ONES = """
due AS MATERIALIZED (
    SELECT owed.*, oldest.program_id, oldest.starts_on, oldest.new_per_day, oldest.question_id, oldest.position, oldest.due_on
    FROM owed CROSS JOIN LATERAL (
        SELECT offered.program_id, offered.starts_on, offered.new_per_day, offered.question_id, offered.position, state.due_on
        FROM reinforcement_memorystate state JOIN offered ON offered.offer = owed.offer AND offered.question_id = state.question_id
        WHERE state.member_id = owed.member_id AND state.due_on <= owed.local_date
        ORDER BY state.due_on FETCH FIRST (owed.cap) ROWS WITH TIES) oldest
),
with_room AS MATERIALIZED (
    SELECT owed.* FROM owed LEFT JOIN (SELECT member_id, COUNT(*) AS asked FROM due GROUP BY member_id) counted USING (member_id)
    WHERE COALESCE(counted.asked, 0) < owed.cap
),
candidate AS (
    SELECT due.*, 0 AS is_new FROM due
    UNION ALL
    SELECT with_room.*, first.program_id, first.starts_on, first.new_per_day, first.question_id, first.position, NULL, 1
    FROM with_room
    CROSS JOIN LATERAL (SELECT DISTINCT program_id, new_per_day FROM offered WHERE offered.offer = with_room.offer) program
    CROSS JOIN LATERAL (
        SELECT offered.* FROM offered
        WHERE offered.offer = with_room.offer AND offered.program_id = program.program_id
          AND NOT EXISTS (SELECT 1 FROM reinforcement_memorystate state
                          WHERE state.member_id = with_room.member_id AND state.question_id = offered.question_id
                            AND (state.due_on IS NOT NULL OR state.retired_on IS NOT NULL))
        ORDER BY offered.position, offered.question_id LIMIT program.new_per_day) first
)
"""
# The choice without its order: whether there is anything to ask.
_COUNT_OWED = """
WITH owed AS ({owed}), offered AS ({offered})
SELECT COUNT(*) FROM owed WHERE EXISTS (
    SELECT 1 FROM offered
    LEFT JOIN reinforcement_memorystate state ON state.member_id = owed.member_id AND state.question_id = offered.question_id
    WHERE offered.offer = owed.offer AND (
        (offered.is_by_value = 1 AND {may_be_asked})
        OR (offered.is_by_value = 0 AND (
            state.due_on <= owed.local_date
            OR (state.due_on IS NULL AND state.retired_on IS NULL AND offered.new_per_day > 0)))))
"""


@dataclass(frozen=True)
class Batch:
    """Members with ids over `after` up to `last`."""

    after: int
    last: int

    @property
    def halves(self) -> list["Batch"]:
        """The two halves of the range; none of a single id."""
        middle = (self.after + self.last) // 2
        return [Batch(self.after, middle), Batch(middle, self.last)] if middle > self.after else []


def batches(size: int = BATCH) -> list[Batch]:
    """Ranges of member ids that together hold every active seller, each with at most `size` of them."""
    ids = Member.objects.filter(is_active=True, is_seller=True).order_by("pk").values_list("pk", flat=True)
    found: list[Batch] = []
    after = 0
    while True:
        ahead = list(ids.filter(pk__gt=after)[size - 1 : size])
        last = ahead[0] if ahead else ids.filter(pk__gt=after).order_by("-pk").first()
        if last is None:
            return found
        found.append(Batch(after, last))
        after = last


def days_owed(now: datetime) -> list[LocalDay]:
    """The local dates for which sets are owed at `now`: from midnight, where people are."""
    return local_days(now)


def choose(batch: Batch, days: list[LocalDay], now: datetime) -> int:
    """Fills the temporary table `chosen` of this connection with what the batch's members are asked; its number of rows.

    Columns: member_id, organization_id, language, local_date, program_id, question_id, position, reason. The caller holds a
    transaction, and has forgotten the tables of what was chosen before (TABLES).
    """
    owed, parameters = _owed(batch, days)
    until = until_commit()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE owed {until} AS {owed}", parameters)
        cursor.execute(f"CREATE TEMPORARY TABLE offered {until} AS {_offered()}")
        cursor.execute(_VALUABLE.format(until=until))
        cursor.execute("SELECT COUNT(*) FROM valuable")
        is_any_valuable = cursor.fetchone()[0] > 0
        cursor.execute("DELETE FROM offered WHERE is_by_value = 1")
        cursor.execute("CREATE INDEX offered_question ON offered (offer, question_id)")
        cursor.execute("CREATE INDEX offered_position ON offered (offer, program_id, position)")
        if _is_postgres():
            # Compiling the statement would take longer than running it for a batch, and what is remembered for one member
            # is not asked again for the next.
            cursor.execute("SELECT set_config('jit', 'off', true), set_config('enable_memoize', 'off', true)")
            cursor.execute("ANALYZE owed, offered, valuable")
        if is_any_valuable:
            _value(now)
        statement = _CHOOSE_BY_BOTH if is_any_valuable else _CHOOSE
        cursor.execute(statement.format(until=until, candidate=(_FIRST_ONES if _is_postgres() else _EVERYTHING).strip()))
        cursor.execute("SELECT COUNT(*) FROM chosen")
        return cursor.fetchone()[0]


def _value(now: datetime) -> None:
    """Fills the temporary table `valued` with what is worth most to each member."""
    # Loaded here: numpy is for workers, and who only counts what is owed does without.
    import numpy as np

    from reinforcement.programs.adaptive import choose_valuable

    asked = choose_valuable(now, np.random.default_rng())
    rows = [(one.member_id, one.line, one.place, _reason(one.is_new, one.is_drawn)) for one in asked]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE valued (member_id bigint, line bigint, place integer, reason text) {until_commit()}")
        if _is_postgres():
            columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
            cursor.execute("INSERT INTO valued SELECT * FROM UNNEST(%s::bigint[], %s::bigint[], %s::integer[], %s::text[])", columns)
        else:
            cursor.executemany("INSERT INTO valued VALUES (%s, %s, %s, %s)", rows)


def _reason(is_new: bool, is_drawn: bool) -> str:
    if is_drawn:
        return "random"
    return "new" if is_new else "value"


def count_owed(now: datetime) -> int:
    """How many sets are owed at `now` and not prepared yet, to whoever is enrolled already. Two statements, chooses nothing."""
    days = days_owed(now)
    if not days:
        return 0
    owed, parameters = _owed(Batch(0, BigIntegerField.MAX_BIGINT), days)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_OWED.format(owed=owed, offered=_offered(), may_be_asked=may_be_asked()), parameters)
        return cursor.fetchone()[0]


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def _owed(batch: Batch, days: list[LocalDay]) -> tuple[str, list]:
    """The statement of who of the batch is owed a set, and its parameters."""
    values, parameters = as_values([(day.time_zone, day.local_date, day.weekday) for day in days], ["text", "date", "integer"])
    # A list of ids, as an array or as text between commas (where its order does not matter: one more offer with the same questions).
    name = "CASE WHEN enrollment.is_fixed THEN -program.id ELSE program.id END"
    offer = f"ARRAY_AGG({name} ORDER BY program.id)" if _is_postgres() else f"',' || GROUP_CONCAT({name}) || ','"
    return _OWED.format(days=values, offer=offer), [*parameters, batch.after, batch.last]


def _offered() -> str:
    """The statement of what is offered to those who are in `owed`."""
    named = "{name} = ANY(offers.offer)" if _is_postgres() else "INSTR(offers.offer, ',' || {name} || ',') > 0"
    is_fixed = named.format(name="(-program.id)")
    return _OFFERED.format(is_in_offer=f"({named.format(name='program.id')} OR {is_fixed})", is_fixed=is_fixed)


def until_commit() -> str:
    """What makes a temporary table end with its transaction; SQLite keeps it as long as the connection."""
    return "ON COMMIT DROP" if _is_postgres() else ""


def forget(*tables: str) -> None:
    """Drops these temporary tables, where an earlier batch of this connection or of this transaction has left them."""
    statements = [", ".join(f"pg_temp.{table}" for table in tables)] if _is_postgres() else tables
    with connection.cursor() as cursor:
        for names in statements:
            cursor.execute(f"DROP TABLE IF EXISTS {names}")
