"""PostgreSQL crashes and comes back, again and again, while people answer through real web processes."""

import time

import pytest

from reinforcement.models import Answer
from tests.faults.answering import NONE, Crowd, Ledger, damage_of, lay_out, make_sellers
from tests.faults.conftest import crash, wait_until
from tests.parts.web import WebServer, caller_of

pytestmark = pytest.mark.faults


@pytest.mark.parametrize(
    ("sellers", "mornings", "per_second", "restarts"),
    [(10, 5, 50, 3), pytest.param(60, 13, 50, 17, marks=pytest.mark.full)],
    ids=["sample", "full"],
)
def test_r7_every_acknowledged_answer_is_stored_once_though_postgres_crashes(
    web, cluster, tmp_path, figure, sellers, mornings, per_second, restarts
):
    tasks = lay_out(web, make_sellers(sellers), mornings=mornings)
    visitor = tasks[0].caller
    ledger = Ledger(tmp_path / "ledger")
    crowd = Crowd(tasks, ledger, per_second=per_second)
    crowd.start()
    slowest = 0.0
    for number in range(1, restarts + 1):
        wait_until(lambda number=number: ledger.count >= number * len(tasks) // (restarts + 1), 60)
        crash(cluster)
        is_up, answered = time.monotonic(), ledger.count
        wait_until(lambda: visitor.get("/today/").status == 200, 10)
        wait_until(lambda answered=answered: ledger.count > answered, 10)
        slowest = max(slowest, time.monotonic() - is_up)
    figure("R7", "seconds after it is up until pages and answers come again, at most", 5, round(slowest, 1))
    wait_until(lambda: crowd.is_done, 60)
    damage = damage_of(ledger)
    figure("R7", f"answers acknowledged over {restarts} crashes of PostgreSQL", len(tasks), ledger.count)
    figure("R7", "of them lost, doubled or changed", 0, damage.lost + damage.doubled + damage.changed)
    figure("R7", "answers that were sent again", "> 0", ledger.repeated)
    assert not crowd.refused
    assert ledger.count == len(tasks)
    assert ledger.repeated, "no crash met a request: nothing was shown"
    assert damage == NONE


@pytest.mark.parametrize(("settings_module", "status"), [("tests.parts.production", 200), ("tests.faults.no_health_checks", 500)])
def test_r7_first_request_after_a_crash_is_answered_because_connections_are_checked(
    own_database, cluster, tmp_path, settings_module, status
):
    web = WebServer(tmp_path, database_url=own_database, settings_module=settings_module, workers=1, threads=1)
    web.start()
    try:
        visitor = caller_of(web, make_sellers(1)[0])
        assert visitor.get("/today/").status == 200
        crash(cluster)
        assert visitor.get("/today/").status == status
    finally:
        web.kill()


def test_r7_answer_that_was_acknowledged_and_is_gone_would_be_seen(web, tmp_path):
    tasks = lay_out(web, make_sellers(1), mornings=1, questions=2)
    ledger = Ledger(tmp_path / "ledger")
    crowd = Crowd(tasks, ledger, clients=1)
    crowd.start()
    wait_until(lambda: crowd.is_done)
    assert damage_of(ledger) == NONE
    Answer.objects.filter(item_id=tasks[0].item_id)._raw_delete("default")
    damage = damage_of(ledger)
    assert (damage.lost, damage.doubled) == (1, 0)
    assert damage.memory
    assert damage.rollups
