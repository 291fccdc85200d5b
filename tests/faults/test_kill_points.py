"""kill -9 at every point of the morning run and of a morning mail: nothing lost, nothing doubled, nothing half."""

import contextlib
import itertools
import queue
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db.models import F
from django.utils import timezone

from config.celery import app
from outbox import mail, tasks
from outbox.models import LEASE, OutboxMessage
from reinforcement.daily import preparing
from reinforcement.daily.preparing import prepare_sets
from reinforcement.programs import planner
from tests.faults.killing import Ended, points_of, run_for, run_until_point
from tests.faults.morning import Before, damage, make_morning, make_reader, state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
TUESDAY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
ZONES = ("Europe/Brussels", "Asia/Kolkata")
# Organizations, sellers in each, members in a batch: more than one batch, and members of two organizations in one of them.
SMALL = (2, 7, 5)
# The figure of R1 in full.
WHOLE = pytest.param((10, 200, 1_000), marks=pytest.mark.full, id="10 organizations of 200")


@pytest.fixture(params=[pytest.param(SMALL, id="2 organizations of 7"), WHOLE])
def morning(request, monkeypatch):
    organizations, sellers, batch = request.param
    monkeypatch.setattr(planner, "BATCH", batch)
    return make_morning(organizations, sellers, TUESDAY, ZONES)


@pytest.fixture
def one_connection(monkeypatch):
    """Points that are counted come in one order: of two connections each would have its own."""
    monkeypatch.setattr(preparing, "CONNECTIONS", 1)


@pytest.fixture
def before(morning):
    before = Before()
    yield before
    before.forget()


@pytest.fixture
def undisturbed(morning, before):
    """What one run that nobody kills comes to."""
    run()
    assert damage(morning) == []
    found = state()
    before.restore()
    return found


def run():
    prepare_sets(TUESDAY)


def kill_everywhere(work, look) -> int:
    """Kills the work at its first point, at its second, and so on, and has each end looked at; how many points there were."""
    for number in itertools.count(1):
        ended = run_until_point(work, number)
        if not ended.is_killed:
            return number - 1
        look(ended)


@pytest.mark.usefixtures("one_connection")
def test_r1_killed_at_any_point_the_morning_run_leaves_whole_batches_and_the_next_run_completes_them(morning, before, undisturbed, figure):
    def look(ended: Ended):
        assert damage(morning, is_finished=False) == [], ended.last_point
        run()
        assert damage(morning) == [], ended.last_point
        assert state() == undisturbed, ended.last_point
        before.restore()

    points = points_of(run)
    assert points.count("before COMMIT") > 2  # the enrolments, and more than one batch
    before.restore()
    kills = kill_everywhere(run, look)
    assert kills == len(points)
    figure(
        "R1",
        f"morning run of {len(morning.owed)} sets: killed at each of its points, one by one",
        "0 lost or doubled",
        f"0 in {kills} kills",
    )


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("morning", [SMALL], indirect=True)
def test_r1_without_a_transaction_around_a_batch_a_kill_is_seen_to_leave_a_half_set(morning, before, undisturbed, monkeypatch):
    monkeypatch.setattr(preparing, "transaction", SimpleNamespace(atomic=contextlib.nullcontext))
    # Without a transaction what was chosen would be gone after the statement.
    monkeypatch.setattr(planner, "until_commit", str)
    for number in itertools.count(1):
        ended = run_until_point(run, number)
        assert ended.is_killed, "no kill did any damage"
        run()
        if damage(morning):
            break
        before.restore()
    assert ended.last_point.startswith("after INSERT INTO reinforcement_dailyset ")


@pytest.mark.parametrize(
    ("morning", "kills"),
    [pytest.param(SMALL, 30, id="30 kills"), pytest.param((10, 200, 1_000), 300, marks=pytest.mark.full, id="300 kills")],
    indirect=["morning"],
)
def test_r1_killed_at_a_random_moment_the_morning_run_is_completed_by_the_next(morning, kills, before, undisturbed, draw, figure):
    started = time.monotonic()
    points_of(run)
    lasts = time.monotonic() - started
    before.restore()
    killed = 0
    while killed < kills:
        # One that ended before its moment came was no kill; its state is looked at all the same.
        killed += run_for(run, draw.uniform(0, lasts)).is_killed
        run()
        assert damage(morning) == []
        assert state() == undisturbed
        before.restore()
    figure("R1", f"morning run of {len(morning.owed)} sets, killed at random moments", "0 lost or doubled", f"0 in {killed} kills")


@pytest.fixture
def own_broker(monkeypatch):
    """The broker in the memory of each process: with a killed process dies all that it knew."""
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    names = ("broker_url", "broker_write_url", "broker_read_url", "broker_transport_options")
    before = {name: app.conf[name] for name in names}
    app.conf.update(zip(names, ("memory://", "memory://", "memory://", {}), strict=True))
    yield
    app.conf.update(before)


def sweep_and_deliver():
    """One tick, and the work of a worker until its queue is empty."""
    tasks.sweep()
    with app.connection_for_read() as broker, broker.SimpleQueue(app.conf.task_default_queue) as waiting:
        while True:
            try:
                message = waiting.get_nowait()
            except queue.Empty:
                return
            arguments, _options, _links = message.payload
            app.tasks[message.headers["task"]](*arguments)
            message.ack()


@pytest.fixture
def owed_mail(settings, mail_server, own_broker):
    """`owed_mail(number)`: one morning mail is owed as if for the first time, with a key of this number, and nothing else; its key."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    make_reader(timezone.now())
    fresh = OutboxMessage.objects.values().get()

    def owe(number):
        OutboxMessage.objects.update(**fresh | {"key": f"daily:morning:{number}"})
        return f"daily:morning:{number}"

    return owe


def test_r1_killed_at_any_point_a_morning_mail_is_sent_and_sent_twice_only_where_the_server_had_it(owed_mail, mail_server, figure):
    owed_mail(0)
    points = points_of(sweep_and_deliver)
    sent = points.index("after sending the mail") + 1
    answered = points.index("after a reply of the mail server", sent) + 1
    noted = next(number for number, point in enumerate(points, 1) if number > answered and point == "after COMMIT")
    copies = {}
    for number in itertools.count(1):
        key = owed_mail(number)
        ended = run_until_point(sweep_and_deliver, number)
        OutboxMessage.objects.filter(claimed_at__isnull=False).update(claimed_at=F("claimed_at") - LEASE)  # the lease passes
        sweep_and_deliver()
        assert OutboxMessage.objects.values_list("state", flat=True).get() == "done", ended.last_point
        copies[number] = [received["Message-ID"] for received in mail_server.received].count(mail.message_id(key))
        if not ended.is_killed:
            break
    assert number == len(points) + 1
    # Between its last byte and its answer the server may have taken the mail or not; from the answer to our note of it, it has.
    assert {copies[number] for number in copies if not sent <= number < noted} == {1}
    assert [copies[number] for number in range(answered, noted)] == [2] * (noted - answered)
    assert {copies[number] for number in range(sent, answered)} <= {1, 2}
    figure("R1", "sweep and morning mail, killed at each of their points", "0 lost", f"0 in {len(points)} kills")
    twice = sum(count == 2 for count in copies.values())
    figure("R1", "the same: sent twice, with the same Message-ID", "only between taken and noted", f"{twice}, all there")
