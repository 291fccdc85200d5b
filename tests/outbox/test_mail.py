"""Delivery over real SMTP: what each answer of a mail server does to the row.

What holds when a worker dies between the server's "accepted" and our note of it: the message is sent again after the
lease, with the same Message-ID, so that the receiving side can tell. Anything less would risk losing it.
"""

import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from outbox import services
from outbox.models import LEASE
from tests.mail_server import free_port, running_mail_server
from tests.outbox.conftest import owe_note

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


def try_again(message):
    """The next try, at the moment it is due."""
    message.refresh_from_db()
    with time_machine.travel(message.due_at + timedelta(seconds=1)):
        services.try_message(message.pk)
    message.refresh_from_db()


def outcome(message):
    message.refresh_from_db()
    return message.state, message.attempts, message.last_error


def test_accepted_mail_arrives_as_text_and_html_with_its_headers(server, note):
    message = owe_note()
    services.try_message(message.pk)
    assert outcome(message) == ("done", 1, "")
    [mail] = server.received
    assert (mail["To"], mail["Subject"]) == ("an@example.org", "Note 1")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://example.org/stop>"
    assert mail["Message-ID"]
    parts = [(part.get_content_type(), part.get_content().strip()) for part in mail.iter_parts()]
    assert parts == [("text/plain", "As text"), ("text/html", "<p>As HTML</p>")]


@pytest.mark.parametrize("replies", ["recipient_replies", "data_replies"])
def test_451_is_tried_again_and_then_accepted(server, note, replies):
    getattr(server, replies).append("451 4.3.0 Try later")
    message = owe_note()
    services.try_message(message.pk)
    assert outcome(message) == ("waiting", 1, "DeliveryFailed: 451 4.3.0 Try later")
    assert server.received == []
    try_again(message)
    assert (message.state, message.attempts, server.subjects) == ("done", 2, ["Note 1"])


@pytest.mark.parametrize("replies", ["recipient_replies", "data_replies"])
def test_550_is_parked_at_once(server, note, replies):
    getattr(server, replies).append("550 5.1.1 No such person")
    message, other = owe_note(1), owe_note(2)
    services.try_message(message.pk)
    services.try_message(other.pk)
    assert outcome(message) == ("parked", 1, "DeliveryRefused: 550 5.1.1 No such person")
    assert server.subjects == ["Note 2"]


def test_refused_connection_is_tried_again(server, note, settings):
    settings.EMAIL_PORT = free_port()
    message = owe_note()
    services.try_message(message.pk)
    state, attempts, error = outcome(message)
    assert (state, attempts) == ("waiting", 1)
    assert error.startswith("DeliveryFailed: ConnectionRefusedError")
    settings.EMAIL_PORT = server.port
    try_again(message)
    assert (message.state, server.subjects) == ("done", ["Note 1"])


def test_silent_mail_server_is_left_after_the_timeout(server, note, settings):
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        message = owe_note()
        services.try_message(message.pk)
    assert outcome(message)[:2] == ("waiting", 1)


def test_refused_sign_in_is_tried_again_as_it_is_not_the_recipients_fault(server, note, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "feedforward", "wrong"
    message = owe_note()
    services.try_message(message.pk)
    assert outcome(message)[:2] == ("waiting", 1)


def test_crash_after_accept_sends_again_only_after_the_lease_and_with_the_same_id(server, note, monkeypatch):
    class Killed(BaseException):
        pass

    def die(row):
        raise Killed

    message = owe_note()
    with monkeypatch.context() as crash:
        crash.setattr(services, "mark_done", die)
        with pytest.raises(Killed):
            services.try_message(message.pk)
    services.try_message(message.pk)  # a redelivery by the broker, while the claim of the dead worker holds
    assert len(server.received) == 1
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        for _ in range(3):
            services.try_message(message.pk)
    assert outcome(message) == ("done", 2, "")
    assert len(server.received) == 2
    assert len({mail["Message-ID"] for mail in server.received}) == 1
