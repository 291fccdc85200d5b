"""Who takes part: enrolments follow the audience, also when people join, move or leave later. Set-wise, any number of times."""

from datetime import datetime

from django.db import connection, transaction

from reinforcement.programs import planner
from reinforcement.programs.local_days import adapted, as_values, local_days
from reinforcement.programs.models import Program

# The sellers that each running program is for, today: named members, and members of named teams or of teams below them.
_WANTED = """
CREATE TEMPORARY TABLE wanted {until} AS
WITH RECURSIVE local_day(time_zone, local_date) AS ({days}),
audience_team(program_id, team_id) AS (
    SELECT audience.program_id, audience.team_id
    FROM reinforcement_programaudience audience JOIN reinforcement_program program ON program.id = audience.program_id
    WHERE program.state = 'running' AND audience.team_id IS NOT NULL {one}
    UNION
    SELECT above.program_id, team.id FROM accounts_team team JOIN audience_team above ON team.parent_id = above.team_id
),
invited(program_id, member_id) AS (
    SELECT audience.program_id, audience.member_id
    FROM reinforcement_programaudience audience JOIN reinforcement_program program ON program.id = audience.program_id
    WHERE program.state = 'running' AND audience.member_id IS NOT NULL {one}
    UNION
    SELECT audience_team.program_id, membership.member_id
    FROM audience_team
    JOIN accounts_teammembership membership ON membership.team_id = audience_team.team_id
    JOIN accounts_member member ON member.id = membership.member_id
    JOIN local_day ON local_day.time_zone = member.time_zone
    WHERE membership.started_on <= local_day.local_date
      AND (membership.ended_on IS NULL OR membership.ended_on > local_day.local_date)
)
SELECT program.id AS program_id, program.organization_id, member.id AS member_id,
       CASE WHEN program.starts_on > local_day.local_date THEN program.starts_on ELSE local_day.local_date END AS started_on
FROM invited
JOIN reinforcement_program program ON program.id = invited.program_id
JOIN accounts_member member ON member.id = invited.member_id AND member.organization_id = program.organization_id
JOIN local_day ON local_day.time_zone = member.time_zone
WHERE member.is_active AND member.is_seller
"""

# Who runs an adaptive program by date, for comparison, is drawn once.
_START = """
INSERT INTO reinforcement_enrollment (organization_id, program_id, member_id, started_on, is_fixed)
SELECT wanted.organization_id, wanted.program_id, wanted.member_id, wanted.started_on,
       program.mode = 'adaptive' AND {lot} < program.fixed_share
FROM wanted JOIN reinforcement_program program ON program.id = wanted.program_id
WHERE NOT EXISTS (
    SELECT 1 FROM reinforcement_enrollment enrollment
    WHERE enrollment.program_id = wanted.program_id AND enrollment.member_id = wanted.member_id)
ON CONFLICT (program_id, member_id) DO NOTHING
"""

_RETURN = """
UPDATE reinforcement_enrollment SET ended_on = NULL
WHERE ended_on IS NOT NULL AND EXISTS (
    SELECT 1 FROM wanted WHERE wanted.program_id = reinforcement_enrollment.program_id
    AND wanted.member_id = reinforcement_enrollment.member_id)
"""

_END = """
UPDATE reinforcement_enrollment SET ended_on = %s
WHERE ended_on IS NULL
  AND program_id IN (SELECT program.id FROM reinforcement_program program WHERE program.state = 'running' {one})
  AND NOT EXISTS (
    SELECT 1 FROM wanted WHERE wanted.program_id = reinforcement_enrollment.program_id
    AND wanted.member_id = reinforcement_enrollment.member_id)
"""


@transaction.atomic
def enroll_audiences(now: datetime, *, program: Program | None = None) -> int:
    """Brings the enrolments of all running programs, or of `program`, in line with their audiences; how many were changed.

    A member who leaves the audience ends today (UTC); one who comes back goes on where memory stands.
    """
    days = [(day.time_zone, day.local_date) for day in local_days(now)]
    if not days:
        return 0
    values, parameters = as_values(days, ["text", "date"])
    one, which = ("AND program.id = %s", [program.pk]) if program is not None else ("", [])
    changed = 0
    planner.forget("wanted")
    with connection.cursor() as cursor:
        cursor.execute(_WANTED.format(until=planner.until_commit(), days=values, one=one), [*parameters, *which, *which])
        cursor.execute("CREATE INDEX wanted_member ON wanted (program_id, member_id)")
        cursor.execute("ANALYZE wanted")
        lot = "random() * 100" if connection.vendor == "postgresql" else "abs(random() % 100)"
        for statement, given in ((_START.format(lot=lot), []), (_RETURN, []), (_END.format(one=one), [adapted(now.date()), *which])):
            cursor.execute(statement, given)
            changed += cursor.rowcount
    return changed
