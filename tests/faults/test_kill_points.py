"""kill -9 at every point of the morning run and of a morning mail: nothing lost, nothing doubled, nothing half."""

import contextlib
import itertools
from datetime import UTC, datetime

import pytest
from django.db.models import F
from django.utils import timezone

from config.celery import app
from outbox import tasks
from outbox.models import LEASE, OutboxMessage
from reinforcement.daily import preparing
from reinforcement.daily.preparing import prepare_sets
from reinforcement.programs import planner
from tests.faults.conftest import wait_until
from tests.faults.killing import Ended, points_of, run_for, run_until_point
from tests.faults.morning import Before, Morning, damage, make_morning, noon_zone, state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
TUESDAY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
ZONES = ("Europe/Brussels", "Asia/Kolkata")
# Organizations, sellers in each, members in a batch: more than one batch, and members of two organizations in one of them.
SMALL = (2, 7, 5)
# The figure of R1 in full.
WHOLE = pytest.param((10, 200, 600), marks=pytest.mark.full, id="10 organizations of 200")


@pytest.fixture(params=[pytest.param(SMALL, id="2 organizations of 7"), WHOLE])
def morning(request, monkeypatch):
    organizations, sellers, batch = request.param
    monkeypatch.setattr(planner, "BATCH", batch)
    return make_morning(organizations, sellers, TUESDAY, ZONES)


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


def test_r1_killed_at_any_point_the_morning_run_leaves_whole_batches_and_the_next_run_completes_them(
    morning, before, undisturbed, figure
):
    def look(ended: Ended):
        assert damage(morning, is_finished=False) == [], ended.last_point
        run()
        assert damage(morning) == [], ended.last_point
        assert state() == undisturbed, ended.last_point
        before.restore()

    points = points_of(run)
    assert points.count("before COMMIT") == 1 + len(planner.batches(planner.BATCH))  # the enrolments, and each batch
    before.restore()
    kills = kill_everywhere(run, look)
    assert kills == len(points)
    figure("R1", f"morning run of {len(morning.owed)} sets: killed at each of its points, one by one", "0 lost or doubled", f"0 in {kills} kills")


@pytest.mark.parametrize("morning", [SMALL], indirect=True)
def test_r1_without_a_transaction_around_a_batch_kills_are_seen_to_do_damage(morning, before, undisturbed, monkeypatch):
    monkeypatch.setattr(preparing.transaction, "atomic", contextlib.nullcontext)
    damaged = []

    def look(ended: Ended):
        run()
        damaged.extend([ended.last_point] if damage(morning) else [])
        before.restore()

    kill_everywhere(run, look)
    assert "after INSERT INTO reinforcement_dailyset (public_id, organization" in damaged
