"""The sweep: what it publishes, and that a broker that is away costs nothing but time."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from outbox import tasks
from outbox.models import Heartbeat, OutboxMessage
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
