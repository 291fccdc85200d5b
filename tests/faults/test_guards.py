"""Twins of the fault tests: each takes one guard away and shows that it is needed, and that the checks see the damage.

The transaction around a batch has its twin in test_kill_points.py.
"""

import os
import signal
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from config.celery import app
from outbox import models as outbox_models
from outbox import registry, services
from outbox.models import JOB_TRIES, LEASE, MESSAGE_TRIES, Job, OutboxMessage, OwedQuerySet
from reinforcement.daily import preparing
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import DailySet, DailySetItem
from reinforcement.programs import planner
from reinforcement.tasks import count_option_shares, prepare_daily_sets
from tests.faults.conftest import wait_until
from tests.faults.killing import run_until_point
from tests.faults.morning import NEW_PER_DAY, Joining, damage
from tests.outbox.conftest import Note, owe_job, owe_note
from tests.outbox.test_races import WORKERS, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="DATABASE_URL names no PostgreSQL: SQLite lets one writer in at a time, runs never overlap"
)

on_redis = pytest.mark.skipif(
    not settings.REDIS_URL, reason="REDIS_URL is not set: the embedded broker forgets what it hands out, the next tick makes up for it"
)


@pytest.fixture
def morning():
    joining = Joining(groups=1, size=6)
    joining.join()
    return joining.morning


def overlap_runs(morning) -> None:
    """A run chooses what to ask; another one comes and does everything; the first goes on where it was."""
    has_chosen, other_is_done = threading.Event(), threading.Event()

    def wait_before_sets(execute, sql, params, many, context):
        if "INSERT INTO reinforcement_dailyset " in sql:
            has_chosen.set()
            assert other_is_done.wait(30)
        return execute(sql, params, many, context)

    def first_run():
        with connection.execute_wrapper(wait_before_sets):
            prepare_sets(morning.now)
        connection.close()

    first = threading.Thread(target=first_run)
    first.start()
    assert has_chosen.wait(30)
    prepare_sets(morning.now)
    other_is_done.set()
    first.join()


def take_from_statements(monkeypatch, guard: str, *, instead: str = "", only_of: str = "") -> None:
    """The morning run's statements without this piece of SQL."""
    execute = preparing._execute

    def unguarded(statement, parameters):
        return execute(statement.replace(guard, instead) if only_of in statement else statement, parameters)

    monkeypatch.setattr(preparing, "_execute", unguarded)


@contextmanager
def without_constraint(model, name):
    """The model's table without this constraint; its rows are gone at the end."""
    [once] = [constraint for constraint in model._meta.constraints if constraint.name == name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, once)
    try:
        yield
    finally:
        model.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(model, once)


@on_postgresql
def test_r3_runs_that_overlap_make_each_set_once(morning):
    overlap_runs(morning)
    assert damage(morning) == []


@on_postgresql
def test_r3_without_unique_member_and_date_overlapping_runs_are_seen_to_double_sets(morning, monkeypatch):
    take_from_statements(monkeypatch, "ON CONFLICT (member_id, local_date) DO NOTHING")
    with without_constraint(DailySet, "daily_set_once_a_local_date"):
        overlap_runs(morning)
        found = damage(morning)
    assert {f"member {member} has 2 sets on {day}" for member, day in morning.owed.items()} <= set(found)


@on_postgresql
def test_r3_where_a_run_took_others_sets_for_its_own_their_questions_are_seen_to_double(morning, monkeypatch):
    take_from_statements(monkeypatch, "daily_set.run = %s", instead="(daily_set.run = %s OR true)", only_of="TABLE placed")
    with without_constraint(DailySetItem, "daily_set_item_question_once"):
        overlap_runs(morning)
        found = damage(morning)
    assert sum(sentence.startswith("set ") and f"holds {2 * NEW_PER_DAY}" in sentence for sentence in found) == len(morning.owed)


@on_postgresql
def test_r3_a_run_that_took_others_sets_for_its_own_could_not_store_their_questions(morning, monkeypatch):
    take_from_statements(monkeypatch, "daily_set.run = %s", instead="(daily_set.run = %s OR true)", only_of="TABLE placed")
    overlap_runs(morning)
    assert damage(morning) == []


def test_r3_without_unique_keys_messages_owed_at_once_are_seen_to_double():
    all_have_looked = threading.Barrier(WORKERS)

    def wait_after_look(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "outbox_outboxmessage" in sql:
            all_have_looked.wait(30)
        return result

    def owe():
        with connection.execute_wrapper(wait_after_look):
            owe_note()

    with without_constraint(OutboxMessage, "outboxmessage_key_once"):
        at_once(owe)
        assert OutboxMessage.objects.count() == WORKERS


def test_r3_without_a_claim_a_message_tried_at_once_is_seen_to_be_mailed_again_and_again(monkeypatch):
    monkeypatch.setattr(registry, "_message_kinds", {"note": Note()})
    monkeypatch.setattr(OwedQuerySet, "claim", lambda owed, pk, now: owed.get(pk=pk))
    pk = owe_note().pk
    at_once(lambda: services.try_message(pk))
    assert [sent.subject for sent in mail.outbox] == ["Note 1"] * WORKERS


def let_the_lease_pass(model) -> None:
    model.objects.filter(claimed_at__isnull=False).update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))


def kill_own_process(*_args) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Killing(Note):
    """A message whose words end the process that writes them."""

    def render(self, message):
        kill_own_process()


def owe_poison(model):
    if model is Job:
        registry.register_job_kind("kill_own_process", kill_own_process)
        return owe_job("kill_own_process")
    registry.register_message_kind("note", Killing())
    return owe_note()


def lose_workers(model, times: int) -> int:
    """How many of so many processes, one after another, were killed by the job or message that they took."""
    pk = owe_poison(model).pk
    attempt = services.try_job if model is Job else services.try_message
    lost = 0
    for _ in range(times):
        lost += run_until_point(lambda: attempt(pk), sys.maxsize).is_killed
        let_the_lease_pass(model)
    return lost


@pytest.fixture
def _no_kinds(monkeypatch):
    monkeypatch.setattr(registry, "_job_kinds", {})
    monkeypatch.setattr(registry, "_message_kinds", {})


TRIES = pytest.mark.parametrize(
    ("model", "name", "tries"), [(Job, "JOB_TRIES", JOB_TRIES), (OutboxMessage, "MESSAGE_TRIES", MESSAGE_TRIES)]
)


@TRIES
@pytest.mark.usefixtures("_no_kinds")
def test_r2_what_kills_processes_takes_no_more_than_its_tries(model, name, tries):
    assert lose_workers(model, tries + 3) == tries
    assert model.objects.get().state == "parked"


@TRIES
@pytest.mark.usefixtures("_no_kinds")
def test_r2_without_a_limit_of_tries_poison_is_seen_to_kill_for_ever(monkeypatch, model, name, tries):
    monkeypatch.setattr(services, name, sys.maxsize)
    assert lose_workers(model, tries + 3) == tries + 3
    assert model.objects.get().state == "waiting"


def try_after_a_lost_worker() -> str:
    """How the job stands whose first worker was killed and that is tried again when the lease has passed."""
    registry.register_job_kind("kill_the_first", lambda payload: Job.objects.get().attempts > 1 or kill_own_process())
    pk = owe_job("kill_the_first").pk
    assert run_until_point(lambda: services.try_job(pk), sys.maxsize).is_killed
    let_the_lease_pass(Job)
    services.try_job(pk)
    return Job.objects.get().state


@pytest.mark.usefixtures("_no_kinds")
def test_r1_a_claim_ends_with_its_lease():
    assert try_after_a_lost_worker() == "done"


@pytest.mark.usefixtures("_no_kinds")
def test_r1_with_claims_that_never_end_a_lost_workers_job_is_seen_to_stay_undone(monkeypatch):
    monkeypatch.setattr(outbox_models, "LEASE", timedelta(days=3_650))
    assert try_after_a_lost_worker() == "waiting"


def sets_after_the_clock_went_back(morning) -> int:
    """How many sets an earlier date got after a later one had its own."""
    for days in (0, 2, 1):
        prepare_sets(morning.now + timedelta(days=days))
    return DailySet.objects.filter(local_date__in={day + timedelta(days=1) for day in morning.owed.values()}).count()


def test_r11_a_clock_that_goes_back_makes_no_set_of_a_date_that_is_over(morning):
    assert sets_after_the_clock_went_back(morning) == 0


def test_r11_without_looking_at_the_latest_set_a_clock_that_goes_back_is_seen_to_make_more(morning, monkeypatch):
    guard = planner._OWED[planner._OWED.index("  AND COALESCE((SELECT MAX(daily_set.local_date)") : planner._OWED.index("GROUP BY")]
    monkeypatch.setattr(planner, "_OWED", planner._OWED.replace(guard, ""))
    assert sets_after_the_clock_went_back(morning) == len(morning.owed)


def morning_run_is_received(worker, broker) -> int:
    """How often a worker receives a morning run that is published once and whose process dies at the first time."""
    worker.environment["FAULTS_IMPORTS"] = "tests.faults.killed_once"
    worker.start()
    worker.wait_until_ready()
    with broker.connect() as publishing:
        run = prepare_daily_sets.apply_async(connection=publishing).id
        wait_until(lambda: "signal 9 (SIGKILL)" in worker.log.read_text(), 60)
        # What would come again is in the queue before the first of these two, and out of it before the second.
        for _ in range(2):
            later = count_option_shares.apply_async(connection=publishing).id
            wait_until(lambda later=later: f"[{later}] succeeded" in worker.log.read_text())
            wait_until(lambda: publishing.default_channel.queue_declare(app.conf.task_default_queue).message_count == 0)
    return worker.log.read_text().count(f"[{run}] received")


@on_redis
def test_r2_morning_run_of_a_killed_process_is_delivered_again_at_once(worker, broker, morning):
    assert morning_run_is_received(worker, broker) == 2
    wait_until(lambda: damage(morning) == [])


@on_redis
@pytest.mark.parametrize("guard", ["FAULTS_ACKS_LATE", "FAULTS_REJECT_ON_LOST"])
def test_r2_without_late_ack_and_reject_on_lost_together_the_run_of_a_killed_process_is_seen_to_be_lost(worker, broker, morning, guard):
    worker.environment[guard] = "false"
    assert morning_run_is_received(worker, broker) == 1
    assert not DailySet.objects.exists()
