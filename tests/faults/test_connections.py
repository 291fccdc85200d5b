"""Batches of a morning that are prepared in two connections at once come to what one connection makes of them."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from reinforcement.daily import preparing
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import DailySet
from reinforcement.programs import planner
from tests.faults.morning import damage, make_morning

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
TUESDAY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def morning(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL: SQLite has one writer")
    monkeypatch.setattr(planner, "BATCH", 3)
    return make_morning(2, 7, TUESDAY)


@pytest.fixture
def choosers(monkeypatch):
    """The threads that choose; each waits at its first batch until the other is there too."""
    choose, together, seen = planner.choose, threading.Barrier(2, timeout=20), set()

    def chosen(*arguments):
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            together.wait()
        return choose(*arguments)

    monkeypatch.setattr(planner, "choose", chosen)
    return seen


def own_connections():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_batches_in_two_connections_make_every_set_once(morning, choosers):
    before = own_connections()
    made = prepare_sets(TUESDAY)
    assert len(choosers) == 2
    assert made.sets == len(morning.owed)
    assert damage(morning) == []
    assert prepare_sets(TUESDAY) == preparing.Prepared()
    assert own_connections() == before, "a helper has left its connection open"


def test_members_whose_rows_fail_are_alone_in_either_connection(morning, choosers, monkeypatch):
    poison = sorted(morning.owed)[1::4]
    choose = planner.choose

    def fail(batch, days, now):
        chosen = choose(batch, days, now)
        if any(batch.after < member <= batch.last for member in poison):
            raise ValueError("a row is broken")
        return chosen

    monkeypatch.setattr(planner, "choose", fail)
    made = prepare_sets(TUESDAY)
    assert (made.failed, made.sets) == (len(poison), len(morning.owed) - len(poison))
    assert not DailySet.objects.filter(member__in=poison, local_date=TUESDAY.date()).exists()


def test_where_everything_fails_both_end(morning, monkeypatch):
    def fail(batch, days, now):
        raise ValueError("nothing works")

    monkeypatch.setattr(planner, "choose", fail)
    monkeypatch.setattr(preparing, "FAILURES_AT_MOST", 4)
    with pytest.raises(ValueError, match="nothing works"):
        prepare_sets(TUESDAY)
    assert own_connections() == 1


def test_a_second_connection_that_is_refused_takes_no_set_with_it(morning, monkeypatch, caplog):
    ensure, main = BaseDatabaseWrapper.ensure_connection, threading.get_ident()

    def ensure_on_main(wrapper):
        if threading.get_ident() != main:
            raise OperationalError("too many connections")
        return ensure(wrapper)

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure_on_main)
    assert prepare_sets(TUESDAY).sets == len(morning.owed)
    assert damage(morning) == []
    assert "a connection fewer prepares sets" in caplog.text


def test_a_second_connection_that_is_lost_and_not_given_again_gives_its_batch_back(morning, choosers, monkeypatch):
    choose, ensure, main, lost = planner.choose, BaseDatabaseWrapper.ensure_connection, threading.get_ident(), []

    def lose_the_helpers(batch, days, now):
        chosen = choose(batch, days, now)
        if threading.get_ident() != main and not lost:
            lost.append(batch)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return chosen

    def refuse_the_helpers(wrapper):
        # Django connects again by itself at the end of a transaction whose connection was lost.
        if threading.get_ident() != main and lost and wrapper.connection is None:
            raise OperationalError("too many connections")
        return ensure(wrapper)

    monkeypatch.setattr(planner, "choose", lose_the_helpers)
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse_the_helpers)
    assert prepare_sets(TUESDAY).sets == len(morning.owed)
    assert lost
    assert damage(morning) == []
