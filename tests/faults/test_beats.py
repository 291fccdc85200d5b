"""Real workers with beat over a morning: killed again and again, two beats at once; and clocks that stand still or jump."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Member
from outbox import mail
from outbox.models import OutboxMessage
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import DailySet
from tests.faults.conftest import wait_until
from tests.faults.morning import Joining, damage, make_morning

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
TUESDAY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def worker_environment(worker_environment):
    # A morning run of a busy machine may take longer than a mail.
    morning = {"FAULTS_MORNING_SECONDS": "1", "FAULTS_IMPORTS": "tests.faults.small_batches", "FAULTS_TIME_LIMIT": "10"}
    return worker_environment | morning


def copies_of_mails(mail_server) -> dict[str, int]:
    """How often each morning mail came, by its Message-ID."""
    came = Counter(received["Message-ID"] for received in mail_server.received)
    keys = OutboxMessage.objects.filter(kind="daily_morning").values_list("key", flat=True)
    return {key: came[mail.message_id(key)] for key in keys}


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.full)])
def test_r1_each_seller_has_one_set_though_the_worker_with_its_beat_is_killed_again_and_again(worker, mail_server, kills, draw, figure):
    joining = Joining(groups=kills, size=12)
    worker.environment["FAULTS_BATCH"] = str(2 * kills)  # six batches when all have joined
    worker.start()
    wait_until(lambda: "Scheduler: Sending due task prepare_daily_sets" in worker.log.read_text(), 60)
    for _ in range(kills):
        joining.join()
        wait = draw.uniform(0, 2)
        until = timezone.now() + timedelta(seconds=wait)
        wait_until(lambda until=until: timezone.now() >= until)
        worker.kill()
        worker.start()
        wait_until(joining.have_sets, 60)
        assert damage(joining.morning) == []
    wait_until(joining.have_mail, 60)
    copies = copies_of_mails(mail_server)
    retried = set(OutboxMessage.objects.filter(attempts__gt=1).values_list("key", flat=True))
    assert len(copies) == len(joining.morning.owed)
    assert min(copies.values()) == 1
    assert {key for key, count in copies.items() if count > 1} <= retried
    seen = f"{len(joining.morning.owed)} sets and mails, 0 lost, 0 sets doubled"
    figure("R1", f"a real worker with beat, killed {kills} times", "1 set each", seen)


def test_r11_two_beats_make_and_mail_each_set_once(worker, second_worker, mail_server, figure):
    joining = Joining(groups=1, size=24)
    joining.join()
    worker.start()
    second_worker.start()
    wait_until(joining.have_mail, 60)
    for each in (worker, second_worker):
        wait_until(lambda each=each: each.log.read_text().count("Scheduler: Sending due task prepare_daily_sets") >= 5, 60)
    assert damage(joining.morning) == []
    assert set(copies_of_mails(mail_server).values()) == {1}
    assert len(mail_server.received) == 24
    figure("R11", "two beats and two workers: sets, messages and mails of 24 sellers", "once each", "0 doubled")


# Hours between one run and the next.
CLOCKS = {
    "beat down for 26 hours": [1, 1, 26, 1, 1],
    "beat down for 3 days": [1, 72, 1, 1],
    "clock 2 hours ahead, then right again": [1, 2, -2, 1, 1],
    "clock 2 hours behind, then right again": [1, -2, 2, 1, 1],
    "clock back over midnight and forth": [18, 2, -2, 1, -1, 2, 1],
}


@pytest.mark.parametrize("name", CLOCKS)
def test_r11_whatever_the_clock_does_only_todays_set_is_made_and_once(name, figure):
    morning = make_morning(2, 6, TUESDAY, ("Europe/Brussels", "Asia/Kolkata"))
    zones = {member.pk: member.zone for member in Member.objects.filter(pk__in=morning.owed)}
    before = list(DailySet.objects.values_list("pk", flat=True))
    expected = []
    latest: dict[int, date] = {}
    now = TUESDAY
    for hours in [0, *CLOCKS[name]]:
        now += timedelta(hours=hours)
        for member, zone in zones.items():
            today = timezone.localdate(now, zone)
            if member not in latest or today > latest[member]:
                latest[member] = today
                expected.append((member, today))
        prepare_sets(now)
        prepare_sets(now)
    made = DailySet.objects.exclude(pk__in=before).values_list("member_id", "local_date")
    assert sorted(made) == sorted(expected)
    assert damage(morning) == []
    figure("R11", name, "each date's set once, none for lost days", f"{len(expected)} sets, 0 doubled")
