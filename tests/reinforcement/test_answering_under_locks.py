"""An answer and another transaction that take the same rows in different orders: the database ends one of them, and nobody is told."""

import contextlib
import threading
import time

import psycopg2
import pytest
from django.db import OperationalError, connection

from accounts import statements
from reinforcement.daily import services
from reinforcement.daily.rebuilding import memory_differences
from reinforcement.models import Answer, MemberWeek, TeamWeek
from tests.factories import DailySetFactory, MemberWeekFactory, SellerFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def other():
    """A transaction of somebody else's."""
    database = connection.settings_dict
    address = {"host": database["HOST"], "port": database["PORT"] or 5432, "user": database["USER"], "password": database["PASSWORD"]}
    with contextlib.closing(psycopg2.connect(dbname=database["NAME"], **address)) as link, link.cursor() as cursor:
        yield cursor
        link.commit()


def answer_while_held(other) -> list:
    """The other holds the member's week; an answer holds the team's and waits; then the other asks for the team's."""
    seller = SellerFactory()
    daily_set = DailySetFactory(member=seller, question_count=1)
    [item] = services.items_to_answer(seller)
    week = MemberWeekFactory(member=seller, competency=item.competency)
    counts = {"organization": week.organization, "competency": week.competency, "week_on": week.week_on}
    TeamWeek.objects.create(team=daily_set.team, **counts)
    other.execute("SELECT 1 FROM reinforcement_memberweek WHERE id = %s FOR UPDATE", [week.pk])
    outcome = []

    def answer():
        try:
            outcome.append(services.answer(seller, item, {"chosen": ["a"]}))
        except OperationalError as problem:
            outcome.append(problem)
        finally:
            connection.close()

    answering = threading.Thread(target=answer)
    answering.start()
    wait_until_somebody_waits()
    other.execute("UPDATE reinforcement_teamweek SET presented = presented WHERE team_id = %s", [daily_set.team_id])
    other.connection.commit()
    answering.join(30)
    return outcome


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("the answer never waited")


def test_r8_an_answer_that_the_database_broke_off_is_given_again_and_counted_once(other):
    [answered] = answer_while_held(other)
    assert answered.answer == Answer.objects.get()
    assert memory_differences([answered.answer.member_id]) == []
    assert list(MemberWeek.objects.values_list("answered", flat=True)) == [1]
    assert list(TeamWeek.objects.values_list("answered", flat=True)) == [1]


def test_r8_without_beginning_again_the_deadlock_is_seen_to_reach_the_person(other, monkeypatch):
    monkeypatch.setattr(statements, "TRIES", 1)
    [problem] = answer_while_held(other)
    assert "deadlock detected" in str(problem)
    assert not Answer.objects.exists()
