"""Redis that refuses, says nothing or drops its connections: the worker lives on and catches up. Needs REDIS_URL."""

import pytest
from django.conf import settings

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
