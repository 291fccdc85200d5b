"""R17: processes are replaced under load, and no request and no message is lost. Each has a twin with kill -9, where some are."""

import os
import signal
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest

from tests.deploy.load import Load
from tests.parts.servers import wait_for

pytestmark = pytest.mark.faults

# So many connections wait before a process that stands still when its signal comes: more than all that ask for pages.
HELD = 10


def children_of(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def waiting_at(port: int) -> int:
    """Connections to a listening port that nobody has taken yet, as the kernel counts them."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return next((int(row[4].partition(":")[2], 16) for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"), 0)


def kill_every_child_too(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def workers_held(installation, load):
    """The workers of the first web process stand still inside the block, and the load has brought connections that wait for them.

    It starts only then: a worker that stood still in the middle of an answer would hold the lock that all the others need.
    """
    workers = children_of(installation.processes["web"].pid)
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    try:
        load.start()
        wait_for(lambda: waiting_at(installation.ports["web"]) >= HELD, "connections wait")
        yield
    finally:
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGCONT)


@pytest.fixture
def load(installation):
    """Fifty requests a second, not yet started."""
    wait_for(lambda: b'"key"' in installation.ask("/api/v1/today/", Authorization=f"Token {installation.api_token}")[2], "a set is there")
    load = Load(installation)
    yield load
    load.stop()


@pytest.fixture
def replaced(installation, request):
    """Two web processes, as while a deployment replaces one; the first, with the options of the test, is up again afterwards."""
    options = getattr(request, "param", ())
    if options:
        installation.end("web")
        installation.start("web", "web", *options)
    installation.start("web", "second web")
    for name in ("web", "second web"):
        wait_for(lambda name=name: installation.is_web_up(name), f"{name} answers")
    yield installation.processes["web"]
    installation.end("web")
    installation.start("web")
    wait_for(lambda: installation.is_web_up("web"), "web answers")
    installation.end("second web")


def test_r17_no_request_fails_when_the_old_web_process_is_asked_to_end(installation, replaced, load, figure):
    with workers_held(installation, load):
        replaced.send_signal(signal.SIGTERM)
    assert replaced.wait(40) == 0
    load.wait_for(50)
    figure("R17", "requests failed at SIGTERM of the old web process, 50 a second", 0, f"{len(load.failed)} of {load.sent}")
    assert load.failed == []


def test_r17_requests_in_hand_fail_when_the_old_web_process_is_killed(installation, replaced, load):
    with workers_held(installation, load):
        kill_every_child_too(replaced)
    load.wait_for(50)
    assert any(failure.startswith("answer") for failure in load.failed)


WITHOUT_DRAINING = ("--worker-class", "gthread")


@pytest.mark.parametrize("replaced", [WITHOUT_DRAINING], indirect=True)
def test_r17_without_our_draining_some_requests_fail(installation, replaced, load):
    """Now and then a worker still takes all that wait before it ends; three times in a row it does not."""
    for _time in range(3):
        with workers_held(installation, load):
            replaced.send_signal(signal.SIGTERM)
        replaced.wait(40)
        load.wait_for(50)
        load.stop()
        if load.failed:
            return
        installation.end("web")
        installation.start("web", "web", *WITHOUT_DRAINING)
        wait_for(lambda: installation.is_web_up("web"), "web answers")
        replaced, load = installation.processes["web"], Load(installation)
    pytest.fail("no request failed")


def test_r17_no_request_fails_when_the_web_process_loads_anew(installation, load, figure):
    web = installation.processes["web"]
    before = children_of(web.pid)
    load.start()
    load.wait_for(20)
    web.send_signal(signal.SIGHUP)
    wait_for(lambda: children_of(web.pid) and not children_of(web.pid) & before, "new workers")
    load.wait_for(50)
    figure("R17", "requests failed at SIGHUP of the web process, 50 a second", 0, f"{len(load.failed)} of {load.sent}")
    assert load.failed == []


MESSAGES = 12


@pytest.fixture
def mailing(installation, mail):
    """The worker, with mails in its hands and more that wait; the mail server takes its time."""
    # One of them is dropped where the load has answered the set before its mail was due to go.
    finished = {("done", 1), ("dropped", 1)}
    wait_for(
        lambda: [state in finished for state in states(installation, "daily_morning")] == [True] * 2, "the morning's mails are finished"
    )
    before = len(mail.received)
    mail.transfers_started, mail.delay_seconds = 0, 1.5
    with psycopg2.connect(installation.database) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_outboxmessage WHERE key LIKE 'deploy:%'")
        cursor.execute(OWE, [MESSAGES])
    wait_for(lambda: mail.transfers_started >= 2, "mails are being sent")
    yield lambda: len(mail.received) - before
    mail.delay_seconds = 0
    if installation.processes["worker"].poll() is not None:
        installation.start("worker")


OWE = """
INSERT INTO outbox_outboxmessage
    (kind, key, payload, state, due_at, attempts, last_error, created_at, address, language, time_zone)
SELECT 'signin', 'deploy:' || number, '{"subject": "Sign in", "text": "Now", "html": ""}', 'waiting', now(), 0, '', now(),
       'canary-' || number || '@acme.example', 'en', 'UTC'
FROM generate_series(1, %s) number
"""


def states(installation, kind, condition="true"):
    with psycopg2.connect(installation.database) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT state, attempts FROM outbox_outboxmessage WHERE kind = %s AND {condition}", [kind])  # noqa: S608 - our own
        return cursor.fetchall()


def replace_worker(installation, mail):
    mail.delay_seconds = 0
    installation.start("worker")


def test_r17_no_message_is_lost_or_tried_twice_when_a_worker_is_asked_to_end(installation, mail, mailing, figure):
    worker = installation.processes["worker"]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(130) == 0
    assert states(installation, "signin", "claim IS NOT NULL") == []
    replace_worker(installation, mail)
    wait_for(lambda: len(states(installation, "signin", "state = 'done'")) == MESSAGES, "every message is out")
    assert states(installation, "signin") == [("done", 1)] * MESSAGES
    figure("R17", "messages lost or doubled at SIGTERM of a worker", 0, abs(MESSAGES - mailing()))
    assert mailing() == MESSAGES


def test_r17_messages_in_hand_stay_behind_when_a_worker_is_killed(installation, mail, mailing):
    kill_every_child_too(installation.processes["worker"])
    replace_worker(installation, mail)
    wait_for(lambda: len(states(installation, "signin", "state = 'done'")) == MESSAGES - 2, "what nobody held is out")
    assert states(installation, "signin", "claim IS NOT NULL") == [("waiting", 1)] * 2
