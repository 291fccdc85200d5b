"""What always fails, or kills whoever touches it, ends parked or alone; everything else is done."""

import logging
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from outbox.models import LEASE, MESSAGE_TRIES, OutboxMessage
from reinforcement.daily import preparing
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import DailySet, Enrollment
from reinforcement.programs import planner
from tests.faults.conftest import wait_until
from tests.faults.morning import damage, make_morning
from tests.mail_server import free_port
from tests.outbox.conftest import owe_note

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
TUESDAY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def test_r2_message_that_kills_its_worker_is_parked_after_its_tries_and_the_others_are_sent(worker, mail_server, figure):
    poison = owe_note("of poison", kind="lethal_note")
    for number in range(20):
        owe_note(number)
    worker.start()
    for attempt in range(1, MESSAGE_TRIES + 1):
        wait_until(lambda attempt=attempt: OutboxMessage.objects.filter(pk=poison.pk, attempts=attempt, claim__isnull=False).exists())
        wait_until(lambda attempt=attempt: worker.log.read_text().count("signal 9 (SIGKILL)") >= attempt)
        OutboxMessage.objects.filter(pk=poison.pk).update(claimed_at=timezone.now() - LEASE)  # the lease passes
    wait_until(lambda: not OutboxMessage.objects.filter(state="waiting").exists())
    poison.refresh_from_db()
    assert (poison.state, poison.last_error) == ("parked", "Its worker was lost at each try.")
    assert sorted(mail_server.subjects) == sorted(f"Note {number}" for number in range(20))
    assert worker.is_running
    figure("R2", f"a message that kills its worker, among 20: parked after its {MESSAGE_TRIES} tries", "the others sent once", "20 of 20")


@pytest.fixture(params=[(2, 7), pytest.param((10, 200), marks=pytest.mark.full)], ids=["2 organizations of 7", "10 organizations of 200"])
def morning(request):
    return make_morning(*request.param, TUESDAY)


@pytest.fixture
def poison(morning, monkeypatch):
    """Members whose sets can't be chosen; the rows of two of them lie in the middle of one batch with everybody else."""
    members = sorted(morning.owed)[2:4]
    choose = planner.choose

    def fail(batch, days, now):
        if any(batch.after < member <= batch.last for member in members):
            raise ValueError("a row of an@example.org is broken")
        return choose(batch, days, now)

    monkeypatch.setattr(planner, "choose", fail)
    return members


def test_r2_members_whose_sets_fail_keep_nobody_from_theirs_and_have_them_at_the_tick_after_the_mending(
    morning, poison, monkeypatch, caplog, figure
):
    made = prepare_sets(TUESDAY)
    assert (made.sets, made.failed) == (len(morning.owed) - len(poison), len(poison))
    assert sorted(damage(morning)) == sorted(f"member {member} has no set on 2026-11-24" for member in poison)
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    # Two connections share the morning, so one may report before the other.
    assert sorted(errors) == sorted(f"the set of member {member} failed (ValueError): the next tick tries again" for member in poison)
    assert "example.org" not in caplog.text
    assert prepare_sets(TUESDAY).failed == len(poison)
    monkeypatch.undo()
    assert prepare_sets(TUESDAY).sets == len(poison)
    assert damage(morning) == []
    figure("R2", f"{len(poison)} of {len(morning.owed)} members' sets always fail", "all others made", f"{made.sets} made at the same tick")


def test_r2_where_everything_fails_the_search_ends(monkeypatch):
    make_morning(2, 7, TUESDAY)
    tried = []

    def fail(batch, days, now):
        tried.append(batch)
        raise ValueError("nothing works")

    monkeypatch.setattr(planner, "choose", fail)
    monkeypatch.setattr(preparing, "FAILURES_AT_MOST", 8)
    with pytest.raises(ValueError, match="nothing works"):
        prepare_sets(TUESDAY)
    assert len(tried) == 8


@pytest.fixture
def lost_connection(monkeypatch):
    """`lost_connection(then)`: the server ends the connection of the first choice, and `then()` is done."""
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL: SQLite has no connection to lose")
    choose = planner.choose
    tried = []

    def plan(then):
        def lose_connection(batch, days, now):
            tried.append(batch)
            if len(tried) > 1:
                return choose(batch, days, now)
            then()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        monkeypatch.setattr(planner, "choose", lose_connection)
        return tried

    return plan


def test_r2_a_connection_lost_in_a_batch_costs_no_set(lost_connection):
    morning = make_morning(2, 7, TUESDAY)
    lost_connection(lambda: None)
    assert prepare_sets(TUESDAY).sets == len(morning.owed)
    assert damage(morning) == []


def test_r2_a_database_that_is_gone_ends_the_run_at_once(lost_connection, monkeypatch):
    morning = make_morning(2, 7, TUESDAY)
    tried = lost_connection(lambda: monkeypatch.setitem(connection.settings_dict, "PORT", free_port()))
    with pytest.raises(OperationalError):
        prepare_sets(TUESDAY)
    assert len(tried) == 1
    monkeypatch.undo()
    prepare_sets(TUESDAY)
    assert damage(morning) == []


def test_r2_enrolling_that_fails_for_one_program_fails_for_it_alone(monkeypatch, caplog):
    morning = make_morning(2, 7, TUESDAY)
    enroll = preparing.enroll_audiences
    poison = Enrollment.objects.order_by("program_id").values_list("program_id", flat=True)[0]

    def fail(now, *, program=None):
        if program is None or program.pk == poison:
            raise ValueError("a row of an@example.org is broken")
        return enroll(now, program=program)

    monkeypatch.setattr(preparing, "enroll_audiences", fail)
    prepare_sets(TUESDAY)
    assert f"enrolling for program {poison} failed (ValueError)" in caplog.text
    assert "example.org" not in caplog.text
    joined_there = max(morning.owed)
    assert DailySet.objects.filter(member=joined_there, local_date="2026-11-24").count() == 1
    monkeypatch.undo()
    prepare_sets(TUESDAY)
    # Who left that program's audience today was still in it for one tick. All who joined it have their sets now.
    [one_too_many] = damage(morning)
    assert one_too_many.endswith("is owed none")
