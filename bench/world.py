"""Fills the project's tables with a large organization, set-wise: `python -m bench.world PLAN` in an environment of the project.

Every seller gets the same: nine weeks before this one with one set a week, or one a day, of ten questions, one of each competency. So
ten thousand and ten million answers fill the same weeks and competencies of a person. Rows carry numbers that follow from
each other, which spares joins; memory and roll-ups are counted from the answers. Triggers and indexes wait until all rows are there.
"""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from bench import world_memory

COMPETENCIES = 10
QUESTIONS_EACH = 10
WEEKS = 9
SET_SIZE = COMPETENCIES
TEAM_SIZE = 10
PASSWORD = "!none"
LOADED = (
    "reinforcement_dailyset",
    "reinforcement_dailysetitem",
    "reinforcement_answer",
    "reinforcement_memorystate",
    "reinforcement_memberweek",
    "reinforcement_teamweek",
    "reinforcement_lastanswers",
)
OPTIONS = [
    {"id": "a", "text": "<p>Ask what the delay costs them today</p>", "feedback": ""},
    {"id": "b", "text": "<p>Send the quote again</p>", "feedback": "<p>Fast, but it can only be compared on price.</p>"},
    {"id": "c", "text": "<p>Offer a second demo</p>", "feedback": ""},
    {"id": "d", "text": "<p>Wait until they call</p>", "feedback": ""},
]
SITUATION = "<p>Van Loon Logistics saw your demo last week. The head of planning liked it; the head of finance was not in the room.</p>"
EXPLANATION = (
    "<p>Before the cause is clear, a price can only be compared with other prices. The cost of waiting is what they decide on.</p>"
)


@dataclass(frozen=True)
class Size:
    """Sellers, the teams whose pages are measured, and the log: one set a week or one a day, or none and memory alone.

    `with_sets` are the sellers for whom today's set is prepared.
    """

    sellers: int
    team_sizes: tuple[int, ...] = ()
    sets_a_week: int = 1
    questions_a_day: int = 10
    questions: int = COMPETENCIES * QUESTIONS_EACH
    has_log: bool = True
    with_sets: int | None = None
    mode: str = "fixed"

    @property
    def days(self) -> int:
        """Sets of each seller."""
        return WEEKS * self.sets_a_week

    @property
    def questions_each(self) -> int:
        """Questions of each competency."""
        return self.questions // COMPETENCIES


def size_for(answers: int, team_sizes: tuple[int, ...]) -> Size:
    """A log of about so many answers: one set a week as long as that gives more than one seller beside the measured teams."""
    is_long = answers > 10 * WEEKS * SET_SIZE * sum(team_sizes)
    sets_a_week = 7 if is_long else 1
    return Size(max(answers // (WEEKS * sets_a_week * SET_SIZE), sum(team_sizes)), team_sizes, sets_a_week)


def fill(size: Size, directory: Path) -> None:
    """Fills an empty, migrated database, prepares today's sets, and writes `world.json` with what a client needs."""
    from django.db import connection
    from django.utils import timezone

    from accounts.models import Member
    from accounts.working_days import EVERY_DAY
    from reinforcement.daily.preparing import prepare_sets

    now = timezone.now()
    people = _People(size, _organization())
    with connection.cursor() as cursor:
        # Foreign keys hold by construction; looking each of them up would take longer than all the rest.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        people.insert(cursor)
        first_question = _insert_questions(cursor, people)
        program_id = _insert_program(cursor, people, first_question, size, now.date() - timedelta(weeks=WEEKS + 4))
        indexes = _take_away_indexes(cursor)
        if size.has_log:
            _insert_log(cursor, people, first_question, program_id, _first_monday(now.date()))
            _count(cursor, people.organization_id, now.date())
        else:
            world_memory.insert(cursor, people, first_question, now, COMPETENCIES)
        for statement in indexes:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")
        _set_sequences(cursor)
        # The planner of the database would choose as if the tables were empty.
        cursor.execute("ANALYZE")
    others = Member.objects.filter(pk__gte=people.first + (size.sellers if size.with_sets is None else size.with_sets))
    # The others do not work until the sets of the first ones are there.
    others.update(working_days=0)
    prepare_sets(now)
    others.update(working_days=EVERY_DAY)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    (directory / "world.json").write_text(json.dumps(_what_clients_need(people)))


def _first_monday(today: date) -> date:
    """The Monday of the first week with answers: the last such week is the one before this one."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS)


def _organization() -> int:
    from accounts.people.services import create_organization

    organization, _owner = create_organization(
        slug="bench", name="Bench", owner_email="owner@bench.example", owner_name="Owner", language="en", time_zone="Europe/Brussels"
    )
    return organization.pk


class _People:
    """Numbers of sellers, teams and managers. Sellers come first, then the manager of each team, then one person of HR."""

    def __init__(self, size: Size, organization_id: int):
        self.size = size
        self.organization_id = organization_id
        self.first = 1_000
        self.teams = [*size.team_sizes]
        rest = size.sellers - sum(size.team_sizes)
        while rest > 0:
            self.teams.append(min(rest, TEAM_SIZE))
            rest -= TEAM_SIZE
        self.first_manager = self.first + size.sellers
        self.hr = self.first_manager + len(self.teams)

    def insert(self, cursor) -> None:
        everyone = f"generate_series({self.first}, {self.hr}) AS number"
        cursor.execute(
            f"""
            INSERT INTO accounts_user (id, password, is_superuser, email, is_active, is_staff, date_joined)
            SELECT number, %s, false, 'person' || number || '@bench.example', true, false, now() FROM {everyone}
            """,  # noqa: S608 - numbers of our own
            [PASSWORD],
        )
        cursor.execute(
            f"""
            INSERT INTO accounts_member (id, public_id, organization_id, user_id, name, is_active, is_seller, is_author, is_hr,
                is_leadership, is_owner, language, time_zone, working_days, preferred_hour, wants_morning_mail, wants_reminder,
                uses_shortcuts, created_at)
            SELECT number, gen_random_uuid(), {self.organization_id}, number, 'Person ' || number, true, number < {self.first_manager},
                false, number = {self.hr}, false, false, 'en', 'Europe/Brussels', 127, '08:15', true, true, true, now()
            FROM {everyone}
            """  # noqa: S608 - numbers of our own
        )
        cursor.execute("CREATE TEMPORARY TABLE team_of (seller bigint PRIMARY KEY, team bigint, manager bigint)")
        cursor.execute("SELECT id FROM accounts_team WHERE organization_id = %s AND parent_id IS NULL", [self.organization_id])
        root = cursor.fetchone()[0]
        cursor.execute(
            f"""
            WITH sized AS (SELECT place, count, sum(count) OVER (ORDER BY place) - count AS before
                           FROM unnest(%s::bigint[]) WITH ORDINALITY AS team(count, place))
            INSERT INTO team_of
            SELECT {self.first} + before + offset_in_team, 1000 + place, {self.first_manager} + place - 1
            FROM sized, generate_series(0, count - 1) AS offset_in_team
            """,  # noqa: S608 - numbers of our own
            [self.teams],
        )
        cursor.execute(
            """
            INSERT INTO accounts_team (id, public_id, organization_id, parent_id, name)
            SELECT team, gen_random_uuid(), %s, %s, 'Team ' || team FROM (SELECT DISTINCT team FROM team_of) teams
            """,
            [self.organization_id, root],
        )
        cursor.execute(
            """
            INSERT INTO accounts_teammembership (organization_id, member_id, team_id, started_on)
            SELECT %s, seller, team, '2020-01-01'::date FROM team_of UNION ALL
            SELECT DISTINCT %s, manager, team, '2020-01-01'::date FROM team_of
            """,
            [self.organization_id, self.organization_id],
        )
        cursor.execute(
            """
            INSERT INTO accounts_reportingline (organization_id, member_id, manager_id, started_on)
            SELECT %s, seller, manager, '2020-01-01' FROM team_of
            """,
            [self.organization_id],
        )


def _insert_questions(cursor, people: _People) -> int:
    """Competencies 1 to 10 and their questions; the number of the first question, which is that of its version and wording too."""
    first, organization_id, each = 1_000, people.organization_id, people.size.questions_each
    cursor.execute(
        """
        INSERT INTO reinforcement_competency (id, public_id, organization_id, name, description, position)
        SELECT number, gen_random_uuid(), %s, 'Competency ' || number, '', number FROM generate_series(1, %s) AS number
        """,
        [organization_id, COMPETENCIES],
    )
    numbers = f"generate_series({first}, {first + COMPETENCIES * each - 1}) AS number"
    cursor.execute(
        f"""
        INSERT INTO reinforcement_question (id, public_id, organization_id, competency_id, external_id, same_key, current_version_id,
            meaning_since, created_at)
        SELECT number, gen_random_uuid(), %s, (number - {first}) / {each} + 1, '', 'bench-' || number, number, 1, now()
        FROM {numbers}
        """,  # noqa: S608 - numbers of our own
        [organization_id],
    )
    cursor.execute(
        f"""
        INSERT INTO reinforcement_questionversion (id, organization_id, question_id, number, kind, answer_key, language, change, created_at)
        SELECT number, %s, number, 1, 'single', '{{"right": ["a"]}}', 'en', 'first', now() FROM {numbers}
        """,  # noqa: S608 - numbers of our own
        [organization_id],
    )
    cursor.execute(
        f"""
        INSERT INTO reinforcement_questionwording (id, organization_id, version_id, language, situation, prompt, content, explanation,
            source)
        SELECT number, %s, number, 'en', %s, 'What do you do first, case ' || number || '?', %s, %s, 'Handbook, chapter 3'
        FROM {numbers}
        """,  # noqa: S608 - numbers of our own
        [organization_id, SITUATION, json.dumps({"options": OPTIONS, "keep_order": False}), EXPLANATION],
    )
    cursor.execute(
        f"""
        INSERT INTO reinforcement_optionshares (organization_id, version_id, people, chosen, counted_at)
        SELECT %s, number, 100, '{{"a": 62, "b": 21, "c": 11, "d": 6}}', now() FROM {numbers}
        """,  # noqa: S608 - numbers of our own
        [organization_id],
    )
    return first


def _insert_program(cursor, people: _People, first_question: int, size: Size, starts_on: date) -> int:
    program_id = 1_000
    cursor.execute(
        """
        INSERT INTO reinforcement_program (id, public_id, organization_id, name, description, mode, state, starts_on, weekdays, new_per_day,
            cap_per_day, days_after_wrong, days_after_right, rights_to_retire, created_at)
        VALUES (%s, gen_random_uuid(), %s, 'Program', '', %s, 'running', %s, 127, 2, %s, 12, 24, 2, now())
        """,
        [program_id, people.organization_id, size.mode, starts_on, size.questions_a_day],
    )
    cursor.execute(
        """
        INSERT INTO reinforcement_programquestion (organization_id, program_id, question_id, position)
        SELECT %s, %s, %s + place, place FROM generate_series(0, %s) AS place
        """,
        [people.organization_id, program_id, first_question, COMPETENCIES * size.questions_each - 1],
    )
    cursor.execute(
        """
        INSERT INTO reinforcement_programaudience (organization_id, program_id, team_id)
        SELECT organization_id, %s, id FROM accounts_team WHERE organization_id = %s AND parent_id IS NULL
        """,
        [program_id, people.organization_id],
    )
    cursor.execute(
        "INSERT INTO reinforcement_enrollment (organization_id, program_id, member_id, started_on) SELECT %s, %s, seller, %s FROM team_of",
        [people.organization_id, program_id, starts_on],
    )
    return program_id


def _insert_log(cursor, people: _People, first_question: int, program_id: int, first_monday: date) -> None:
    """Sets by day and seller, ten items in each, and the answer to each item: row n of one follows from row n of the other."""
    size = people.size
    numbers = {
        "organization": people.organization_id,
        "first": people.first,
        "sellers": size.sellers,
        "sets": size.sellers * size.days,
        "items": size.sellers * size.days * SET_SIZE,
        "set_size": SET_SIZE,
        "sets_a_week": size.sets_a_week,
        "days_apart": 7 // size.sets_a_week,
        "questions_each": size.questions_each,
        "first_question": first_question,
        "program": program_id,
        "monday": first_monday,
    }
    cursor.execute(
        """
        INSERT INTO reinforcement_dailyset (id, public_id, organization_id, member_id, team_id, local_date, size, answered,
            prepared_at, run, completed_at)
        SELECT number + 1, gen_random_uuid(), %(organization)s, team_of.seller, team_of.team,
            %(monday)s::date + number / %(sellers)s * %(days_apart)s, %(set_size)s, %(set_size)s,
            %(monday)s::date + number / %(sellers)s * %(days_apart)s + time '03:00', '00000000-0000-0000-0000-000000000000',
            %(monday)s::date + number / %(sellers)s * %(days_apart)s + time '08:20'
        FROM generate_series(0, %(sets)s - 1) AS number JOIN team_of ON team_of.seller = %(first)s + number %% %(sellers)s
        """,
        numbers,
    )
    # The question of a competency changes with the day.
    question = "%(first_question)s + position * %(questions_each)s + day %% %(questions_each)s"
    cursor.execute(
        f"""
        INSERT INTO reinforcement_dailysetitem (id, key, organization_id, daily_set_id, position, program_id, question_id, competency_id,
            version_id, wording_id, reason)
        SELECT number + 1, gen_random_uuid(), %(organization)s, number / %(set_size)s + 1, position, %(program)s,
            {question}, position + 1, {question}, {question}, CASE WHEN day < %(questions_each)s THEN 'new' ELSE 'due' END
        FROM (SELECT number, number %% %(set_size)s AS position, number / %(set_size)s / %(sellers)s AS day
              FROM generate_series(0, %(items)s - 1) AS number) counted
        """,  # noqa: S608 - numbers of our own
        numbers,
    )
    cursor.execute(
        f"""
        INSERT INTO reinforcement_answer (id, organization_id, member_id, item_id, question_id, version_id, program_id, competency_id,
            team_id,
            response, verdict, credit, confidence, is_first, due_on, retires, answered_at, received_at, week_on)
        SELECT number + 1, %(organization)s, team_of.seller, number + 1, {question}, {question}, %(program)s, position + 1, team_of.team,
            CASE WHEN is_right THEN '{{"chosen": ["a"]}}'::jsonb ELSE '{{"chosen": ["b"]}}' END,
            CASE WHEN is_right THEN 'right' ELSE 'wrong' END, is_right::integer, '', day < %(questions_each)s,
            on_day + CASE WHEN is_right THEN 24 ELSE 12 END, false, on_day + time '08:20', on_day + time '08:20',
            %(monday)s::date + day / %(sets_a_week)s * 7
        FROM (SELECT number, seller, day, position, (seller * 7 + day * 13 + position * 29) %% 10 < 6 AS is_right,
                     %(monday)s::date + day * %(days_apart)s AS on_day
              FROM (SELECT number, number %% %(set_size)s AS position, number / %(set_size)s / %(sellers)s AS day,
                           number / %(set_size)s %% %(sellers)s AS seller
                    FROM generate_series(0, %(items)s - 1) AS number) numbered) counted
        JOIN team_of ON team_of.seller = %(first)s + counted.seller
        """,  # noqa: S608 - numbers of our own
        numbers,
    )


def _count(cursor, organization_id: int, today: date) -> None:
    """Memory and roll-ups from the log. Half of the questions of a person are due by today."""
    cursor.execute(
        """
        INSERT INTO reinforcement_memorystate (organization_id, member_id, question_id, answered, rights_in_a_row, last_verdict,
            last_answered_at, last_competency_id, last_team_id, due_on)
        SELECT %s, member_id, question_id, answered, CASE WHEN verdict = 'right' THEN 1 ELSE 0 END, verdict, answered_at, competency_id,
            team_id, CASE WHEN (member_id + question_id) %% 2 = 0 THEN %s::date - (question_id %% 20)::integer ELSE %s::date + 12 END
        FROM (SELECT member_id, question_id, COUNT(*) AS answered, MAX(id) AS last FROM reinforcement_answer
              GROUP BY member_id, question_id) lasts
        JOIN LATERAL (SELECT verdict, answered_at, competency_id, team_id FROM reinforcement_answer WHERE id = lasts.last) answer ON true
        """,
        [organization_id, today, today],
    )
    for table, whose in (("reinforcement_memberweek", "member_id"), ("reinforcement_teamweek", "team_id")):
        cursor.execute(
            f"""
            INSERT INTO {table} (organization_id, {whose}, competency_id, week_on, presented, answered, "right", credit, first_answered,
                first_right, first_credit)
            SELECT %s, {whose}, competency_id, week_on, COUNT(*), COUNT(*), SUM(credit), SUM(credit) * 10000,
                COUNT(*) FILTER (WHERE is_first),
                COALESCE(SUM(credit) FILTER (WHERE is_first), 0), COALESCE(SUM(credit) FILTER (WHERE is_first), 0) * 10000
            FROM reinforcement_answer GROUP BY {whose}, competency_id, week_on
            """,  # noqa: S608 - two of our own tables
            [organization_id],
        )
    cursor.execute(
        """
        INSERT INTO reinforcement_lastanswers (organization_id, member_id, team_id, competency_id, questions, "right")
        SELECT %s, member_id, last_team_id, last_competency_id, COUNT(*), COUNT(*) FILTER (WHERE last_verdict = 'right')
        FROM reinforcement_memorystate GROUP BY member_id, last_team_id, last_competency_id
        """,
        [organization_id],
    )


def _take_away_indexes(cursor) -> list[str]:
    """Drops what slows the load and holds no constraint; the statements that make it again. Constraints go and come in the same way."""
    cursor.execute(
        """
        SELECT indexed.relname, pg_get_indexdef(indexed.oid), constraining.conname, pg_get_constraintdef(constraining.oid), tabled.relname
        FROM pg_index JOIN pg_class indexed ON indexed.oid = indexrelid JOIN pg_class tabled ON tabled.oid = indrelid
        LEFT JOIN pg_constraint constraining ON constraining.conindid = indexrelid AND constraining.contype = 'u'
        WHERE tabled.relname = ANY(%s) AND NOT indisprimary
        """,
        [list(LOADED)],
    )
    again = []
    for index, definition, constraint, constrained_by, table in cursor.fetchall():
        if constraint is None:
            cursor.execute(f'DROP INDEX "{index}"')
            again.append(definition)
        else:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"')
            again.append(f'ALTER TABLE "{table}" ADD CONSTRAINT "{constraint}" {constrained_by}')
    return again


def _set_sequences(cursor) -> None:
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
        cursor.execute(statement)


def _what_clients_need(people: _People) -> dict:
    """Sessions of sellers, of the measured managers and of HR, and the items that wait: each with the place of its seller."""
    from reinforcement.models import DailySetItem

    size = people.size
    managers = {count: people.first_manager + place for place, count in enumerate(size.team_sizes)}
    sellers = range(people.first, people.first + (size.sellers if size.with_sets is None else size.with_sets))
    sessions = _make_sessions([*sellers, *managers.values(), people.hr])
    waiting = DailySetItem.objects.filter(organization_id=people.organization_id, answer=None).order_by("position", "daily_set__member_id")
    return {
        "size": asdict(size),
        "sellers": [sessions[seller] for seller in sellers],
        "managers": {count: sessions[manager] for count, manager in managers.items()},
        "hr": sessions[people.hr],
        "items": [(member - people.first, str(key)) for member, key in waiting.values_list("daily_set__member_id", "key")],
    }


def _make_sessions(user_ids: list[int]) -> dict[int, str]:
    """A session for each of these people, as the sign-in would have made it: its key by the person's number."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    from accounts.models import Session, User
    from accounts.signin.session_store import SessionStore

    store = SessionStore()
    proof = User(password=PASSWORD).get_session_auth_hash()
    until = timezone.now() + timedelta(days=7)
    made = {number: get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789") for number in user_ids}
    backend = "accounts.signin.backend.MembershipBackend"
    rows = (
        Session(
            session_key=key,
            user_id=number,
            session_data=store.encode({SESSION_KEY: str(number), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: proof}),
            expire_date=until,
        )
        for number, key in made.items()
    )
    Session.objects.bulk_create(rows, batch_size=5_000)
    return made


if __name__ == "__main__":
    import django

    django.setup()
    given = json.loads(sys.argv[1])
    directory = Path(given.pop("directory"))
    fill(Size(**{**given, "team_sizes": tuple(given["team_sizes"])}), directory)
