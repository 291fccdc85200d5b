"""Mail about signing in goes through the outbox: at once, waited for by nobody, and its secrets are wiped."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from outbox import services
from outbox.models import OutboxMessage
from tests.factories import SellerFactory, UserFactory


class RefusingBackend(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("the mail server is away")


class SlowBackend(EmailBackend):
    """Answers only when told to."""

    may_answer = threading.Event()

    def send_messages(self, messages):
        assert self.may_answer.wait(20)
        return super().send_messages(messages)


def wait_for_delivery():
    for thread in threading.enumerate():
        if thread.name.startswith("deliver-"):
            thread.join(20)


def request_code(client, email):
    response = client.post(reverse("account_request_login_code"), {"email": email})
    assert response.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_code_is_mailed_at_once_in_the_persons_language_and_wiped(client):
    member = SellerFactory(language="nl")
    request_code(client, member.email)
    wait_for_delivery()
    message = OutboxMessage.objects.get()
    assert (message.kind, message.state, message.language, message.payload) == ("signin", "done", "nl", {})
    [sent] = mail.outbox
    assert sent.to == [member.email]
    assert sent.subject == "Je code om aan te melden"


@pytest.mark.django_db(transaction=True)
def test_request_does_not_wait_for_the_mail_server(client, settings):
    settings.EMAIL_BACKEND = f"{__name__}.SlowBackend"
    request_code(client, SellerFactory().email)
    assert OutboxMessage.objects.get().state == "waiting"
    assert mail.outbox == []
    SlowBackend.may_answer.set()
    wait_for_delivery()
    assert OutboxMessage.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_code_waits_for_the_sweep_when_the_mail_server_is_away(client, settings):
    member = SellerFactory()
    in_memory = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    request_code(client, member.email)
    wait_for_delivery()
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == ("waiting", 1)
    settings.EMAIL_BACKEND = in_memory
    with time_machine.travel(message.due_at + timedelta(seconds=1)):
        services.try_message(message.pk)
    assert [sent.to for sent in mail.outbox] == [[member.email]]


@pytest.mark.django_db
def test_code_that_ended_is_dropped_and_wiped(client, django_capture_on_commit_callbacks):
    request_code(client, SellerFactory().email)
    message = OutboxMessage.objects.get()
    assert message.expires_at - message.created_at < timedelta(minutes=15, seconds=1)
    assert message.payload["text"]
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        services.try_message(message.pk)
    message.refresh_from_db()
    assert (message.state, message.payload, mail.outbox) == ("dropped", {}, [])


@pytest.mark.django_db
def test_reset_link_outlives_an_outage_of_the_mail_server(client):
    user = UserFactory()
    client.post(reverse("account_reset_password"), {"email": user.email})
    message = OutboxMessage.objects.get()
    assert message.address == user.email
    assert message.expires_at - timezone.now() > timedelta(hours=23)


@pytest.mark.django_db
def test_unknown_address_costs_the_same_outbox_statements_as_a_known_one():
    counts = []
    for email in (SellerFactory().email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as statements:
            request_code(Client(), email)
        counts.append([query["sql"].split()[0] for query in statements if "outbox_" in query["sql"]])
    assert counts[0] == counts[1] != []
    assert OutboxMessage.objects.count() == 2
