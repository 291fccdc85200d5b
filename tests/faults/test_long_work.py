"""Long jobs in real workers: they outlast a lease and the limit of short tasks, and are done again where their worker is killed."""

import pytest
from django.conf import settings

from outbox.models import Job
from tests.faults.conftest import wait_until
from tests.faults.settings import CELERY_TASK_TIME_LIMIT
from tests.outbox.conftest import owe_job

pytestmark = pytest.mark.faults
SECONDS = 8


@pytest.fixture
def lines(tmp_path):
    """A file in which each run of a job leaves a line."""
    path = tmp_path / "runs"
    path.touch()
    return path


@pytest.fixture
def doing_long_work(worker, long_worker):
    """Who does the long jobs: with the embedded broker the one worker that there is."""
    worker.start()
    if settings.REDIS_URL:
        long_worker.start()
        return long_worker
    return worker


def owe_long_job(path):
    return owe_job("outlast", payload={"path": str(path), "number": 1, "seconds": SECONDS})


def test_long_job_outlasts_limit_and_lease_and_is_done_once(doing_long_work, lines):
    # The lease of the workers here is one and a half times their limit.
    assert SECONDS > CELERY_TASK_TIME_LIMIT * 1.5
    job = owe_long_job(lines)
    wait_until(lambda: Job.objects.get().state == "done", 90)
    job.refresh_from_db()
    assert (job.attempts, lines.read_text()) == (1, "1\n")


def test_long_job_of_a_killed_worker_is_done_by_the_next(doing_long_work, lines):
    owe_long_job(lines)
    wait_until(lambda: lines.read_text() == "1\n", 90)
    doing_long_work.kill()
    doing_long_work.start()
    wait_until(lambda: Job.objects.get().state == "done", 90)
    assert (Job.objects.get().attempts, lines.read_text()) == (2, "1\n1\n")


def test_short_jobs_do_not_wait_for_long_ones(doing_long_work, lines):
    long = owe_long_job(lines)
    wait_until(lambda: lines.read_text() == "1\n", 90)
    short = owe_job("succeed")
    wait_until(lambda: Job.objects.get(pk=short.pk).state == "done", SECONDS - 2)
    assert Job.objects.get(pk=long.pk).state == "waiting"
