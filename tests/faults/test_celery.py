"""Real workers under real faults: killed, redelivered, poisoned, their broker emptied. On Redis, else on the embedded broker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from outbox import tasks
from outbox.models import JOB_TRIES, LEASE, Job, OutboxMessage
from tests.faults.conftest import wait_until
from tests.faults.settings import CELERY_TASK_TIME_LIMIT
from tests.outbox.conftest import owe_job, owe_note

pytestmark = pytest.mark.faults


def states(model):
    return list(model.objects.order_by("pk").values_list("state", "attempts"))


def all_done(model):
    return not model.objects.exclude(state="done").exists()


def test_r1_r6_message_of_a_killed_worker_is_delivered_once_though_the_broker_forgot_it(worker, broker, mail_server):
    mail_server.delay_seconds = 2
    message = owe_note()
    worker.start()
    wait_until(lambda: mail_server.transfers_started == 1)
    message.refresh_from_db()
    first_claimed_at = message.claimed_at
    worker.kill()
    broker.empty()
    mail_server.delay_seconds = 0
    worker.start()
    wait_until(lambda: all_done(OutboxMessage))
    assert states(OutboxMessage) == [("done", 2)]
    assert mail_server.subjects == ["Note 1"]
    message.refresh_from_db()
    assert message.finished_at - first_claimed_at > timedelta(seconds=CELERY_TASK_TIME_LIMIT)  # the claim was never taken early


def test_r3_message_published_five_times_at_once_is_mailed_once(worker, broker, mail_server):
    mail_server.delay_seconds = 0.5  # all five are there before the first has delivered
    later = timezone.now() + timedelta(hours=1)
    message = owe_note(due_at=later)
    worker.start()
    owe_job("succeed")
    wait_until(lambda: all_done(Job))  # the worker is up
    OutboxMessage.objects.update(due_at=timezone.now())
    with broker.connect() as publishing:
        for _ in range(5):
            tasks.deliver_message.apply_async((message.pk,), connection=publishing)
    wait_until(lambda: all_done(OutboxMessage))
    wait_until(lambda: worker.log.read_text().count("outbox.tasks.deliver_message") >= 10)  # five received, five ended
    assert states(OutboxMessage) == [("done", 1)]
    assert mail_server.subjects == ["Note 1"]


@pytest.mark.parametrize("others", [20, pytest.param(1_999, marks=pytest.mark.full)])
def test_r2_poison_job_is_parked_after_its_tries_and_the_others_are_done(worker, others, figure):
    poison = owe_job("kill_own_process")
    for number in range(others):
        owe_job("succeed", number)
    worker.start()
    for attempt in (1, 2, 3):
        wait_until(lambda attempt=attempt: Job.objects.filter(pk=poison.pk, attempts=attempt, claim__isnull=False).exists())
        wait_until(lambda attempt=attempt: worker.log.read_text().count("signal 9 (SIGKILL)") >= attempt)
        Job.objects.filter(pk=poison.pk).update(claimed_at=timezone.now() - LEASE)  # the lease passes
    wait_until(lambda: not Job.objects.filter(state="waiting").exists(), 120 + others / 4)
    poison.refresh_from_db()
    assert (poison.state, poison.last_error) == ("parked", "Its worker was lost at each try.")
    done = list(Job.objects.exclude(pk=poison.pk).values_list("state", "attempts"))
    assert done == [("done", 1)] * others
    assert worker.is_running
    figure(
        "R2",
        f"a job that kills its worker, among {others}: parked after its {JOB_TRIES} tries",
        "the others done",
        f"{len(done)} of {others}",
    )
