"""The sweep: what it publishes, and that a broker that is away costs nothing but time."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from config import long_work
from outbox import holding, tasks
from outbox.models import Heartbeat, Job, OutboxMessage
from outbox.registry import register_job_kind
from tests.outbox.conftest import owe_job, owe_note

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(monkeypatch):
    """What the sweep published: pairs of the row's table and key."""
    rows = []
    monkeypatch.setattr(tasks.deliver_message, "apply_async", lambda args, **options: rows.append(("message", *args)))
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **options: rows.append(("job", *args)))
    return rows


def test_sweep_publishes_what_is_due_and_nobody_holds(published, note):
    due, later, held, done = (owe_note(number) for number in range(4))
    job = owe_job("count")
    OutboxMessage.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(hours=1))
    OutboxMessage.objects.filter(pk=done.pk).update(state="done")
    OutboxMessage.objects.claim(held.pk, now=timezone.now())
    tasks.sweep()
    assert published == [("message", due.pk), ("job", job.pk)]


@pytest.mark.parametrize("waiting", [1, 3])
def test_sweep_costs_the_same_however_much_waits(published, note, waiting, django_assert_num_queries):
    tasks.sweep()
    for number in range(waiting):
        owe_note(number)
    with django_assert_num_queries(3):  # the heartbeat, one read per table
        tasks.sweep()
    assert len(published) == waiting


def test_sweep_publishes_at_most_one_tick_oldest_first(published, note, monkeypatch):
    monkeypatch.setattr(tasks, "PUBLISHED_PER_TICK", 2)
    now = timezone.now()
    newest, oldest, middle = (owe_note(number, due_at=now - timedelta(minutes=age)) for number, age in enumerate((1, 9, 5)))
    tasks.sweep()
    assert published == [("message", oldest.pk), ("message", middle.pk)]
    assert newest.pk not in dict(published)


def test_sweep_beats_the_heart_even_when_the_broker_is_away(note, monkeypatch):
    def refuse(*args, **options):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(tasks.deliver_message, "apply_async", refuse)
    message = owe_note()
    with pytest.raises(OperationalError):
        tasks.sweep()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.claim) == ("waiting", 0, None)
    assert Heartbeat.objects.get(name="beat").beaten_at <= timezone.now()


def test_sweep_is_the_only_publisher():
    rooms = ("accounts", "outbox", "reinforcement", "dashboards", "config")
    files = [file for room in rooms for file in (settings.BASE_DIR / room).rglob("*.py")]
    publishers = [file for file in files if re.search(r"\.(delay|apply_async|send_task)\(", file.read_text())]
    assert publishers == [settings.BASE_DIR / "outbox" / "tasks.py"]


@pytest.fixture
def wake_ups(monkeypatch):
    """Names of the tasks that the sweep published for the worker of long work."""
    names = []
    monkeypatch.setattr(long_work.app, "send_task", lambda name, **options: names.append(name))
    return names


def test_long_jobs_get_one_wake_up_of_their_own(published, wake_ups, kinds):
    register_job_kind("short", lambda payload: None)
    register_job_kind("long", lambda payload: None, is_long=True)
    tasks.sweep()
    assert wake_ups == []
    short, *_long = owe_job("short"), owe_job("long", 1), owe_job("long", 2)
    tasks.sweep()
    assert (published, wake_ups) == ([("job", short.pk)], ["outbox.tasks.run_long_jobs"])


def test_long_jobs_are_done_one_after_the_other_and_short_ones_left_alone(kinds):
    done = []
    register_job_kind("short", lambda payload: done.append("short"))
    register_job_kind("long", lambda payload: done.append(payload["number"]), is_long=True)
    owe_job("short")
    for number in (1, 2):
        owe_job("long", number, due_at=timezone.now() - timedelta(minutes=number))
    tasks.run_long_jobs()
    assert done == [2, 1]
    assert set(Job.objects.values_list("kind", "state")) == {("short", "waiting"), ("long", "done")}


def test_long_job_that_fails_is_tried_later_and_holds_up_no_other(kinds):
    done = []
    register_job_kind("long", lambda payload: done.append(1 // payload["number"]), is_long=True)
    owe_job("long", 0, due_at=timezone.now() - timedelta(minutes=1))
    owe_job("long", 1)
    tasks.run_long_jobs()
    assert done == [1]
    assert set(Job.objects.values_list("key", "state", "attempts")) == {("long:0", "waiting", 1), ("long:1", "done", 1)}


def test_tasks_of_long_work_are_known_to_its_worker_and_may_take_hours():
    long_work.app.loader.import_default_modules()
    assert "outbox.tasks.run_long_jobs" in long_work.app.tasks
    assert tasks.run_long_jobs.time_limit > settings.CELERY_TASK_TIME_LIMIT


@pytest.mark.django_db(transaction=True)
def test_claim_of_a_long_job_is_held_while_it_runs_and_no_longer(kinds, monkeypatch):
    monkeypatch.setattr(holding, "RENEWED_EVERY", 0.05)
    seen = []

    def run(payload):
        Job.objects.update(claimed_at=timezone.now() - timedelta(days=1))
        deadline = time.monotonic() + 20
        while Job.objects.due_before(timezone.now()).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        seen.append(Job.objects.get().claimed_at)

    register_job_kind("long", run, is_long=True)
    owe_job("long")
    tasks.run_long_jobs()
    assert seen[0] > timezone.now() - timedelta(minutes=1)
    assert Job.objects.get().state == "done"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("hold-")]
