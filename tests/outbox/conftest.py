"""Message and job kinds of the tests, and rows of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from outbox import registry, services
from outbox.registry import Rendered


class Note:
    """A kind whose answers a test may change."""

    def __init__(self):
        self.is_due = True
        self.is_allowed = True
        self.failure: Exception | None = None

    def render(self, message):
        if self.failure:
            raise self.failure
        headers = {"List-Unsubscribe": "<https://example.org/stop>"}
        return Rendered(f"Note {message.payload['number']}", "As text", "<p>As HTML</p>", headers)

    def still_due(self, message, now):
        return self.is_due

    def may_send(self, message, now):
        return self.is_allowed


@pytest.fixture
def kinds(monkeypatch):
    """The registry, empty; kinds registered by a test are forgotten after it."""
    monkeypatch.setattr(registry, "_message_kinds", {})
    monkeypatch.setattr(registry, "_job_kinds", {})
    monkeypatch.setattr(registry, "_long_kinds", set())
    monkeypatch.setattr(registry, "_secret_kinds", set())
    monkeypatch.setattr(registry, "_follow_ups", {})


@pytest.fixture
def note(kinds):
    kind = Note()
    registry.register_message_kind("note", kind)
    return kind


def owe_note(number=1, **columns):
    """A message of kind `note` that is due."""
    columns = {
        "kind": "note",
        "address": "an@example.org",
        "language": "en",
        "time_zone": "Europe/Brussels",
        "payload": {"number": number},
        "due_at": timezone.now() - timedelta(seconds=1),
    } | columns
    return services.queue_message(key=f"note:{number}", **columns)


def owe_job(kind, number=1, **columns):
    """A job that is due."""
    columns = {"kind": kind, "payload": {"number": number}, "due_at": timezone.now() - timedelta(seconds=1)} | columns
    return services.queue_job(key=f"{kind}:{number}", **columns)
