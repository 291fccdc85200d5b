"""Redis refuses, says nothing or forgets everything, while people sign in and answer through real web processes."""

import threading
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from kombu import Connection, Producer
from kombu.exceptions import OperationalError

from outbox.models import OutboxMessage
from reinforcement.models import DailySet
from tests.factories import PASSWORD, SellerFactory
from tests.faults.answering import NONE, Crowd, Ledger, damage_of, lay_out, make_sellers, run_program
from tests.faults.conftest import wait_until
from tests.faults.proxy import fault_proxy
from tests.outbox.conftest import owe_note
from tests.parts.web import Caller, caller_of

pytestmark = pytest.mark.faults
# Whoever asks waits this long for an answer, and not longer. A request that waited for Redis would take more.
PATIENCE_SECONDS = 10
FAULTS = ("refuse", "swallow")


def set_password(member) -> None:
    member.user.set_password(PASSWORD)
    member.user.save(update_fields=["password"])


def sign_in(visitor: Caller, email: str, password: str):
    return visitor.post(reverse("account_login"), {"login": email, "password": password})


@pytest.mark.parametrize("fault", FAULTS)
def test_r4_r5_answers_pages_and_sign_in_go_on_without_redis_and_the_backlog_empties_when_it_is_back(installation, tmp_path, figure, fault):
    web, proxy, mail_server = installation.web, installation.proxy, installation.mail_server
    seller, guessed = make_sellers(2)
    set_password(seller)
    set_password(guessed)
    tasks = lay_out(web, [seller], mornings=3, patience_seconds=PATIENCE_SECONDS)
    owe_note(0)
    wait_until(lambda: "Note 0" in mail_server.subjects)
    getattr(proxy, fault)()
    getattr(installation.web_proxy, fault)()
    for number in range(1, 21):
        owe_note(number)

    ledger = Ledger(tmp_path / "ledger")
    crowd = Crowd(tasks, ledger, clients=1)
    crowd.start()
    wait_until(lambda: crowd.is_done, 60)
    assert not crowd.refused
    assert (ledger.count, ledger.repeated) == (len(tasks), 0)  # each at the first try, within the visitor's patience
    assert damage_of(ledger) == NONE

    visitor = caller_of(web, seller, patience_seconds=PATIENCE_SECONDS)
    pages = ("/", "/today/", "/me/", "/api/v1/today/", reverse("reinforcement:progress"), "/healthz")
    assert {page: visitor.get(page).status // 100 in (2, 3) for page in pages} == dict.fromkeys(pages, True)
    stranger = Caller(web.port, address="192.0.2.7", patience_seconds=PATIENCE_SECONDS)
    assert stranger.post(reverse("account_request_login_code"), {"email": seller.email}).status == 302

    signed_in = sign_in(stranger, seller.email, PASSWORD)
    assert signed_in.status == 302
    assert any(cookie.startswith("__Host-session=") for cookie in signed_in.headers.get_all("Set-Cookie"))
    # Nothing fails open: an invented session is nobody's, and who has guessed too often is not let in with the right one.
    invented = Caller(web.port, session="a" * 32, patience_seconds=PATIENCE_SECONDS)
    assert invented.get("/today/").headers["Location"].startswith(reverse("account_login"))
    guesser = Caller(web.port, address="192.0.2.8", patience_seconds=PATIENCE_SECONDS)
    statuses = [sign_in(guesser, guessed.email, f"guess {number}").status for number in range(6)]
    assert 302 not in statuses
    assert sign_in(guesser, guessed.email, PASSWORD).status != 302

    # None of all this asked Redis; the page for operators does, and says so.
    assert installation.web_proxy.accepted == 0
    assert visitor.get("/readyz").json()["dependencies"]["broker"] != "ok"

    assert len([subject for subject in mail_server.subjects if subject.startswith("Note")]) == 1
    proxy.recover()
    installation.wait_until(lambda: not OutboxMessage.objects.filter(kind="note", state="waiting").exists())
    notes = Counter(subject for subject in mail_server.subjects if subject.startswith("Note"))
    figure("R4" if fault == "refuse" else "R5", f"answers while Redis {fault}s: acknowledged at the first try", len(tasks), ledger.count)
    figure("R4" if fault == "refuse" else "R5", "mails owed meanwhile and delivered once afterwards", 21, len(notes))
    assert notes == Counter({f"Note {number}": 1 for number in range(21)})


def test_r5_without_time_outs_a_publish_to_a_silent_redis_would_never_end():
    """The same publish, with the time-outs that the settings give the broker and without them."""

    def publish(**options):
        with Connection(f"redis://127.0.0.1:{proxy.port}/0", transport_options=options) as connection:
            Producer(connection).publish({}, routing_key="nobody", retry=False)

    def hang():
        with suppress(OperationalError):  # at the end, when the proxy goes
            publish()

    with fault_proxy("127.0.0.1", 9) as proxy:
        proxy.swallow()
        unguarded = threading.Thread(target=hang, daemon=True)
        unguarded.start()
        wait_until(lambda: proxy.accepted > 0)
        with pytest.raises(OperationalError):
            publish(socket_timeout=0.2, socket_connect_timeout=0.2)
        assert unguarded.is_alive()


def zone_of_the_late_morning() -> str:
    """A zone in which it is about ten now: morning mails are due, and the quiet hours are far."""
    ahead = 10 - datetime.now(UTC).hour
    if ahead < -12:
        ahead += 24
    return f"Etc/GMT{-ahead:+d}"


@pytest.mark.parametrize("emptied", [8, pytest.param(100, marks=pytest.mark.full)], ids=["sample", "full"])
def test_r6_nothing_is_missing_though_redis_forgets_everything_again_and_again(installation, tmp_path, figure, emptied):
    web, mail_server = installation.web, installation.mail_server
    tasks = lay_out(web, make_sellers(4), mornings=3)
    [colleague] = make_sellers(1)
    run_program([colleague], 2)
    zone = zone_of_the_late_morning()
    sets = DailySet.objects.filter(organization=colleague.organization, member__time_zone=zone)
    ledger = Ledger(tmp_path / "ledger")
    crowd = Crowd(tasks, ledger, clients=2)
    crowd.start()
    newcomers = []
    for number in range(emptied):
        newcomers += SellerFactory.create_batch(3, organization=colleague.organization, time_zone=zone, working_days=colleague.working_days)
        owe_note(number)
        # Wake-ups are on their way: what Redis held of them is gone.
        made = sets.count()
        installation.redis.client().flushall()
        installation.wait_until(lambda made=made: sets.count() > made)
        installation.redis.client().flushall()
    wait_until(lambda: crowd.is_done, 60)
    installation.wait_until(lambda: sets.count() >= len(newcomers))
    mornings = OutboxMessage.objects.filter(kind="daily_morning", member__in=[seller.public_id for seller in newcomers])
    installation.wait_until(lambda: mornings.filter(state="done").count() >= len(newcomers))
    installation.wait_until(lambda: not OutboxMessage.objects.filter(kind="note", state="waiting").exists())

    assert sorted(sets.values_list("member_id", flat=True)) == [one.pk for one in newcomers]
    received = Counter(mail["To"] for mail in mail_server.received)
    missing = [one.email for one in newcomers if received[one.email] != 1]
    notes = Counter(subject for subject in mail_server.subjects if subject.startswith("Note"))
    damage = damage_of(ledger)
    figure("R6", f"sets made while Redis was emptied {2 * emptied} times", len(newcomers), sets.count())
    figure("R6", "morning mails missing or doubled", 0, len(missing))
    figure("R6", "answers acknowledged meanwhile", len(tasks), ledger.count)
    assert not missing
    assert notes == Counter({f"Note {number}": 1 for number in range(emptied)})
    assert (ledger.count, crowd.refused, damage) == (len(tasks), [], NONE)
