"""Everything at once: workers and web processes are killed, Redis goes, says nothing and forgets, PostgreSQL crashes; people answer."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from django.core.management import call_command

from accounts import rows
from accounts.working_days import EVERY_DAY
from outbox.models import OutboxMessage
from reinforcement.daily import services
from reinforcement.models import Answer, DailySet
from tests.factories import SellerFactory
from tests.faults.answering import NONE, Crowd, Ledger, damage_of, lay_out, make_sellers
from tests.faults.conftest import Installation, crash, wait_until
from tests.outbox.conftest import owe_note
from tests.parts.web import WebServer

pytestmark = pytest.mark.faults


def faults_of(installation: Installation, cluster) -> list[Callable[[], None]]:
    """What goes wrong, each to be called with the parts as the one before left them."""
    worker, web, proxy = installation.worker, installation.web, installation.proxy

    def kill_worker():
        if worker.is_running:
            worker.kill()
        worker.start()

    def kill_web():
        web.kill()
        web.start()

    def lose_redis():
        installation.redis.stop()
        installation.redis.start()

    def empty_redis():
        installation.redis.client().flushall()

    def crash_postgres():
        crash(cluster)

    return [kill_worker, proxy.refuse, proxy.swallow, proxy.reset, empty_redis, lose_redis, crash_postgres, kill_web]


@pytest.mark.parametrize(
    ("sellers", "mornings", "rounds"), [(10, 6, 1), pytest.param(154, 13, 8, marks=pytest.mark.full)], ids=["sample", "full"]
)
def test_r1_r4_r5_r6_r7_every_acknowledged_answer_is_there_once_whatever_goes_wrong(
    installation, cluster, tmp_path, figure, sellers, mornings, rounds
):
    tasks = lay_out(installation.web, make_sellers(sellers), mornings=mornings)
    organization = DailySet.objects.select_related("organization")[0].organization
    ledger = Ledger(tmp_path / "ledger")
    chance = random.Random(1)
    plan = [fault for _round in range(rounds) for fault in chance.sample(faults_of(installation, cluster), 8)]
    crowd = Crowd(tasks, ledger, clients=8, per_second=60)
    crowd.start()
    newcomers = []
    for number, fault in enumerate(plan, 1):
        installation.wait_until(lambda number=number: ledger.count >= number * len(tasks) // (len(plan) + 1), 120)
        installation.proxy.recover()
        owe_note(number)
        newcomers.append(SellerFactory(organization=organization, time_zone="UTC", working_days=EVERY_DAY))
        fault()
    installation.proxy.recover()
    wait_until(lambda: crowd.is_done, 120)
    installation.wait_until(lambda: not OutboxMessage.objects.filter(kind="note", state="waiting").exists(), 120)
    installation.wait_until(lambda: DailySet.objects.filter(member__in=newcomers).count() == len(newcomers))

    damage = damage_of(ledger)
    figure("R1-R7", f"answers acknowledged under {len(plan)} faults of all kinds", len(tasks), ledger.count)
    figure("R1-R7", "of them lost", 0, damage.lost)
    figure("R1-R7", "of them doubled or changed", 0, damage.doubled + damage.changed)
    figure("R1-R7", "differences of memory and roll-ups from the log", 0, damage.memory + damage.rollups)
    assert not crowd.refused
    assert ledger.count == len(tasks) == Answer.objects.count()
    assert ledger.repeated, "no fault met a request: nothing was shown"
    assert damage == NONE
    call_command("rebuild_memory", check=True)
    call_command("rebuild_rollups", check=True)
    notes = {(mail["Subject"], mail["Message-ID"]) for mail in installation.mail_server.received if mail["Subject"].startswith("Note")}
    # A mail that was accepted by a worker that died may come again, and says by its id that it is the same.
    assert Counter(subject for subject, _id in notes) == Counter({f"Note {number}": 1 for number in range(1, len(plan) + 1)})
    sets = DailySet.objects.values_list("member_id", "local_date")
    assert len(sets) == len(set(sets))


def test_r7_r12_without_a_look_at_what_came_between_a_lost_step_would_be_seen(own_database, tmp_path, monkeypatch):
    """Two devices answer the same question of two sets, and both have read its memory before either writes."""
    [seller] = make_sellers(1)
    tasks = lay_out(WebServer(tmp_path, database_url=own_database), [seller], mornings=3, questions=1, ways=("htmx",))
    services.answer(seller, services.items_to_answer(seller).get(pk=tasks[0].item_id), {"chosen": [tasks[0].chosen]})
    ledger = Ledger(tmp_path / "ledger")
    ledger.acknowledge(tasks[0], 200, 1)
    assert damage_of(ledger) == NONE
    change = rows.change

    def unguarded(model, key, values):
        return change(model, {name: value for name, value in key.items() if name not in {"answered", "answers"}}, values)

    monkeypatch.setattr(rows, "change", unguarded)
    items = [services.items_to_answer(seller).get(pk=task.item_id) for task in tasks[1:]]
    for task, item in zip(tasks[1:], items, strict=True):
        services.answer(seller, item, {"chosen": [task.chosen]})
    for task in tasks[1:]:
        ledger.acknowledge(task, 200, 1)
    damage = damage_of(ledger)
    assert (damage.lost, damage.doubled) == (0, 0)
    assert damage.memory
