"""Redis that refuses, says nothing or drops its connections: the worker lives on and catches up. Needs REDIS_URL."""

import contextlib
import time

import pytest
from django.conf import settings
from kombu import Connection, Consumer, Producer, Queue
from kombu.common import ignore_errors

from outbox.models import OutboxMessage
from tests.faults.conftest import wait_until
from tests.outbox.conftest import owe_note

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not settings.REDIS_URL, reason="REDIS_URL is not set: faults of Redis cannot be shown on the embedded broker"),
]


def broker_losses(worker) -> int:
    return worker.log.read_text().count("Connection to broker lost")


def test_r4_r5_worker_catches_up_after_redis_refused_was_silent_or_reset(worker, proxy, mail_server):
    worker.start()
    owe_note(0)
    wait_until(lambda: mail_server.subjects == ["Note 0"])
    for number, fault in enumerate((proxy.refuse, proxy.swallow, proxy.reset), 1):
        losses = broker_losses(worker)
        fault()
        owe_note(number)
        wait_until(lambda losses=losses: broker_losses(worker) > losses)  # the worker has noticed
        if fault != proxy.reset:  # a reset is over as soon as it has happened
            assert len(mail_server.received) == number
        proxy.recover()
        # On a busy machine several tries to connect fail before, each a longer wait away.
        wait_until(lambda number=number: len(mail_server.received) > number, 90)
    assert mail_server.subjects == ["Note 0", "Note 1", "Note 2", "Note 3"]
    # The server has a mail a moment before its row says so.
    wait_until(lambda: set(OutboxMessage.objects.values_list("state", "attempts")) == {("done", 1)})
    assert worker.is_running


def notices_silence(worker, proxy) -> bool:
    """Whether the worker leaves a Redis that says nothing, within several times what a look at the connection takes."""
    worker.start()
    worker.wait_until_ready()
    time.sleep(2)  # its first heartbeat, where it has one
    proxy.swallow()
    with contextlib.suppress(AssertionError):
        wait_until(lambda: broker_losses(worker), 12)
    return bool(broker_losses(worker))


def test_r5_worker_leaves_a_silent_redis(worker, proxy):
    assert notices_silence(worker, proxy)


def test_twin_r5_worker_that_never_looks_at_its_connection_stays_with_a_silent_redis(worker, proxy):
    worker.environment["FAULTS_HEALTH_CHECK"] = "0"
    assert not notices_silence(worker, proxy)


def test_twin_r5_worker_with_a_heartbeat_stays_with_a_silent_redis(worker, proxy):
    worker.options.remove("--without-heartbeat")
    assert not notices_silence(worker, proxy)


def test_r4_worker_lives_on_though_redis_refuses_while_it_has_a_message_in_hand(worker, proxy, mail_server):
    mail_server.delay_seconds = 1  # less than a worker waits for a mail server
    worker.start()
    for number in range(2):
        losses = broker_losses(worker)
        owe_note(number)
        wait_until(lambda number=number: mail_server.transfers_started > number)
        proxy.refuse()
        wait_until(lambda losses=losses: broker_losses(worker) > losses)
        wait_until(lambda number=number: len(mail_server.received) > number)
        proxy.recover()
        wait_until(lambda: set(OutboxMessage.objects.values_list("state", "attempts")) == {("done", 1)}, 90)
        assert worker.is_running
    assert mail_server.subjects == ["Note 0", "Note 1"]


def close_as_a_worker_does(broker, proxy, transport: str) -> None:
    """Takes a message, waits on two channels for the next, loses Redis, and closes the connection twice, as Celery 5.7 does."""
    options = {"global_keyprefix": broker.environment["BROKER_PREFIX"], "socket_timeout": 1, "socket_connect_timeout": 1}
    connection = Connection(broker.environment["REDIS_URL"], transport=transport, transport_options=options)
    Producer(connection.default_channel).publish({}, routing_key="in_hand", declare=[Queue("in_hand")])
    for channel, queue in ((connection.default_channel, "in_hand"), (connection.channel(), "beside")):
        Consumer(channel, [Queue(queue)], callbacks=[lambda _body, _message: None]).consume()
    connection.drain_events(timeout=5)
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.2)
    proxy.refuse()
    with contextlib.suppress(Exception):
        connection.collect()
    ignore_errors(connection, connection.close)


def test_r4_connection_lost_with_a_message_in_hand_is_closed_twice(broker, proxy):
    close_as_a_worker_does(broker, proxy, "redis")


def test_twin_r4_transport_of_kombu_fails_over_a_connection_closed_twice(broker, proxy):
    with pytest.raises(AttributeError, match="hostname"):
        close_as_a_worker_does(broker, proxy, "kombu.transport.redis:Transport")
