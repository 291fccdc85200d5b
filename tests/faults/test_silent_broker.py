"""A broker that accepts connections and says nothing: no request may wait for it, because no request talks to it at all."""

import pytest
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from config.celery import app
from outbox.tasks import sweep
from reinforcement.models import Answer
from tests.factories import DailySetFactory, make_line
from tests.faults.proxy import FaultProxy
from tests.reinforcement.asking import address, items_of, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


@pytest.fixture
def silent(monkeypatch):
    """The application's broker, replaced by one that swallows every byte."""
    proxy = FaultProxy(("127.0.0.1", 9))
    proxy.swallow()
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    names = ("broker_url", "broker_write_url", "broker_transport_options")
    before = {name: app.conf[name] for name in names}
    address = f"redis://127.0.0.1:{proxy.port}/0"
    app.conf.update(zip(names, (address, address, {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}), strict=True))
    yield proxy
    app.conf.update(before)
    proxy.stop()


def test_r5_answering_pages_and_sign_in_never_ask_a_silent_broker(silent):
    manager, [seller, _colleague] = make_line()
    daily_set = DailySetFactory(member=seller, question_count=1)
    browser = signed_in(seller)
    assert browser.get(reverse("reinforcement:today")).status_code == 200
    assert browser.post(address(items_of(daily_set)[0]), {"answer": "a"}).status_code == 302
    assert Answer.objects.count() == 1
    assert signed_in(manager).get(reverse("reinforcement:team")).status_code == 200
    assert Client().post(reverse("account_request_login_code"), {"email": seller.email}).status_code == 302
    assert silent.accepted == 0


def test_r5_a_request_that_published_would_be_seen(silent):
    with pytest.raises(OperationalError):
        sweep.apply_async(retry=False)
    assert silent.accepted > 0
