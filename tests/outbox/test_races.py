"""Several workers at the same row at the same moment."""

import threading

import pytest
from django.core import mail
from django.db import connection

from outbox import services
from outbox.models import Job, OutboxMessage
from outbox.registry import register_job_kind
from tests.outbox.conftest import owe_job, owe_note

ROUNDS = 20
WORKERS = 5


def at_once(work):
    """Runs `work` in five threads with connections of their own, started together; raises what any of them raised."""
    start = threading.Barrier(WORKERS)
    failures = []

    def run():
        start.wait()
        try:
            work()
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_r3_message_tried_five_times_at_once_is_mailed_once(note):
    for number in range(ROUNDS):
        pk = owe_note(number).pk
        at_once(lambda pk=pk: services.try_message(pk))
    assert sorted(sent.subject for sent in mail.outbox) == sorted(f"Note {number}" for number in range(ROUNDS))
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("done", 1)}


@pytest.mark.django_db(transaction=True)
def test_r3_job_tried_five_times_at_once_runs_once(kinds):
    runs = []
    register_job_kind("count", lambda payload: runs.append(payload["number"]))
    for number in range(ROUNDS):
        pk = owe_job("count", number).pk
        at_once(lambda pk=pk: services.try_job(pk))
    assert runs == list(range(ROUNDS))
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


@pytest.mark.django_db(transaction=True)
def test_message_queued_five_times_at_once_is_owed_once(note):
    for number in range(ROUNDS):
        at_once(lambda number=number: owe_note(number))
    assert OutboxMessage.objects.count() == ROUNDS
