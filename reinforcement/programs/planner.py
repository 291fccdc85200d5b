"""Chooses what is asked today, set-wise: one batch of members a statement, whatever the number of questions.

The choice of the fixed and once modes, in SQL: due questions first, the oldest due first; then new ones in the order of program
start and of the program's own order, at most `new_per_day` from each program; in all at most the largest cap of the programs
that deliver today; a question in two programs once.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import Member
from reinforcement.programs.local_days import LocalDay, as_values, local_days

BATCH = 5_000

# Owed: active sellers on a working day of theirs, with no holiday, no absence, and no set yet for their local date.
_CHOOSE = """
CREATE TEMPORARY TABLE chosen AS
WITH local_day(time_zone, local_date, weekday) AS ({days}),
owed AS (
    SELECT member.id AS member_id, member.organization_id, member.language, local_day.local_date, local_day.weekday
    FROM accounts_member member JOIN local_day ON local_day.time_zone = member.time_zone
    WHERE member.is_active AND member.is_seller AND member.id > %s AND member.id <= %s
      AND (member.working_days & local_day.weekday) <> 0
      AND NOT EXISTS (SELECT 1 FROM accounts_organizationholiday holiday
                      WHERE holiday.organization_id = member.organization_id AND holiday.day = local_day.local_date)
      AND NOT EXISTS (SELECT 1 FROM accounts_absence absence
                      WHERE absence.member_id = member.id AND absence.started_on <= local_day.local_date
                        AND (absence.ended_on IS NULL OR absence.ended_on >= local_day.local_date))
      AND NOT EXISTS (SELECT 1 FROM reinforcement_dailyset daily_set
                      WHERE daily_set.member_id = member.id AND daily_set.local_date >= local_day.local_date)
),
delivering AS (
    SELECT owed.*, program.id AS program_id, program.starts_on, program.new_per_day,
           MAX(program.cap_per_day) OVER (PARTITION BY owed.member_id) AS cap
    FROM owed
    JOIN reinforcement_enrollment enrollment ON enrollment.member_id = owed.member_id
         AND enrollment.started_on <= owed.local_date AND (enrollment.ended_on IS NULL OR enrollment.ended_on > owed.local_date)
    JOIN reinforcement_program program ON program.id = enrollment.program_id
         AND program.state = 'running' AND program.starts_on <= owed.local_date
         AND (program.ends_on IS NULL OR program.ends_on >= owed.local_date)
         AND (program.weekdays & owed.weekday) <> 0
),
candidate AS (
    SELECT delivering.member_id, delivering.organization_id, delivering.language, delivering.local_date, delivering.cap,
           delivering.program_id, delivering.starts_on, delivering.new_per_day, line.question_id, line.position,
           state.due_on, CASE WHEN state.due_on IS NULL THEN 1 ELSE 0 END AS is_new
    FROM delivering
    JOIN reinforcement_programquestion line ON line.program_id = delivering.program_id
    JOIN reinforcement_question question ON question.id = line.question_id AND question.archived_at IS NULL
    LEFT JOIN reinforcement_memorystate state
         ON state.member_id = delivering.member_id AND state.question_id = line.question_id
    WHERE state.due_on <= delivering.local_date OR (state.due_on IS NULL AND state.retired_on IS NULL)
),
once AS (
    SELECT candidate.*, ROW_NUMBER() OVER (PARTITION BY member_id, question_id ORDER BY starts_on, program_id) AS appearance
    FROM candidate
),
new_ranked AS (
    SELECT once.*, ROW_NUMBER() OVER (PARTITION BY member_id, program_id, is_new ORDER BY position) AS place_in_program
    FROM once WHERE appearance = 1
),
ranked AS (
    SELECT new_ranked.*,
           ROW_NUMBER() OVER (PARTITION BY member_id ORDER BY is_new, due_on, starts_on, program_id, position) AS place
    FROM new_ranked WHERE is_new = 0 OR place_in_program <= new_per_day
)
SELECT member_id, organization_id, language, local_date, program_id, question_id, is_new, place - 1 AS position
FROM ranked WHERE place <= cap
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


def choose(batch: Batch, days: list[LocalDay]) -> int:
    """Fills the temporary table `chosen` of this connection with what the batch's members are asked; its number of rows.

    Columns: member_id, organization_id, language, local_date, program_id, question_id, is_new, position. The caller holds a
    transaction and drops the table.
    """
    values, parameters = as_values([(day.time_zone, day.local_date, day.weekday) for day in days], ["text", "date", "integer"])
    with connection.cursor() as cursor:
        cursor.execute(_CHOOSE.format(days=values), [*parameters, batch.after, batch.last])
        cursor.execute("SELECT COUNT(*) FROM chosen")
        return cursor.fetchone()[0]


def forget_choice() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS chosen")
