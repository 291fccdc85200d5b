"""How messages and jobs end: done, postponed, parked, dropped, held."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation

from outbox import services
from outbox.models import LEASE, Job, OutboxMessage
from outbox.registry import Rendered, register_job_kind, register_message_kind
from tests.outbox.conftest import owe_job, owe_note

pytestmark = pytest.mark.django_db


def test_message_is_delivered_once_however_often_it_is_tried(note):
    message = owe_note()
    for _ in range(3):
        services.try_message(message.pk)
    assert [sent.subject for sent in mail.outbox] == ["Note 1"]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.claim, message.last_error) == ("done", 1, None, "")
    assert message.finished_at is not None


def test_message_is_text_and_html_with_headers_of_the_kind_and_our_own(note):
    services.try_message(owe_note().pk)
    sent = mail.outbox[0]
    headers = sent.message()
    assert sent.to == ["an@example.org"]
    assert (sent.body, sent.alternatives[0].content) == ("As text", "<p>As HTML</p>")
    assert headers["List-Unsubscribe"] == "<https://example.org/stop>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@localhost>")


def test_message_id_is_the_same_for_each_try_and_differs_between_messages(note):
    first, second = owe_note(1), owe_note(2)
    services.try_message(first.pk)
    OutboxMessage.objects.filter(pk=first.pk).update(state="waiting")  # a crash between "accepted" and our own note of it
    services.try_message(first.pk)
    services.try_message(second.pk)
    ids = [sent.message()["Message-ID"] for sent in mail.outbox]
    assert ids[0] == ids[1] != ids[2]


def test_message_is_rendered_in_the_language_and_time_zone_of_its_person(kinds):
    class Where:
        def render(self, message):
            return Rendered(translation.get_language(), timezone.get_current_timezone_name())

        def still_due(self, message, now):
            return True

        may_send = still_due

    register_message_kind("where", Where())
    services.try_message(owe_note(kind="where", language="nl", time_zone="America/Lima").pk)
    assert (mail.outbox[0].subject, mail.outbox[0].body) == ("nl", "America/Lima")
    assert translation.get_language() == "en"


def test_second_queueing_with_the_same_key_changes_nothing(note):
    first = owe_note(1)
    second = owe_note(1, address="bo@example.org")
    services.queue_messages([OutboxMessage(key=first.key, kind="note", address="cy@example.org", due_at=timezone.now())])
    assert second == first
    assert list(OutboxMessage.objects.values_list("address", flat=True)) == ["an@example.org"]
    assert owe_job("count") == owe_job("count", payload={"number": 9})
    assert Job.objects.get().payload == {"number": 1}


def test_message_that_is_no_longer_due_is_dropped(note):
    message = owe_note()
    note.is_due = False
    services.try_message(message.pk)
    message.refresh_from_db()
    assert (message.state, len(mail.outbox)) == ("dropped", 0)


def test_message_that_expired_is_dropped(note):
    message = owe_note(expires_at=timezone.now() - timedelta(seconds=1))
    services.try_message(message.pk)
    message.refresh_from_db()
    assert (message.state, len(mail.outbox)) == ("dropped", 0)


def test_message_in_quiet_hours_is_held_without_costing_a_try(note):
    message = owe_note()
    note.is_allowed = False
    services.try_message(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.claim, len(mail.outbox)) == ("waiting", 0, None, 0)
    assert message.due_at > timezone.now()
    note.is_allowed = True
    with time_machine.travel(message.due_at + timedelta(seconds=1)):
        services.try_message(message.pk)
    assert len(mail.outbox) == 1


def test_unknown_kinds_are_parked_with_their_error(kinds):
    message, job = owe_note(kind="elsewhere"), owe_job("elsewhere")
    services.try_message(message.pk)
    services.try_job(job.pk)
    for row in (message, job):
        row.refresh_from_db()
        assert row.state == "parked"
        assert "'elsewhere'" in row.last_error


def test_failing_message_is_tried_after_1_5_15_60_240_minutes_and_then_parked(note):
    message = owe_note()
    note.failure = ValueError("no such template")
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while message.state == "waiting":
            services.try_message(message.pk)
            message.refresh_from_db()
            waits.append(round((message.due_at - timezone.now()).total_seconds() / 60))
            clock.move_to(message.due_at)
    assert (waits[:5], len(waits)) == ([1, 5, 15, 60, 240], 6)
    assert (message.state, message.last_error) == ("parked", "ValueError: no such template")


def test_message_whose_next_try_would_be_too_late_is_dropped(note):
    message = owe_note(expires_at=timezone.now() + timedelta(seconds=50))
    note.failure = ValueError("no such template")
    services.try_message(message.pk)
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("dropped", "ValueError: no such template")


@pytest.mark.parametrize("is_due", [True, False])
def test_secret_payload_is_wiped_once_the_message_is_finished(note, is_due):
    register_message_kind("code", note, is_secret=True)
    code, other = owe_note(1, kind="code"), owe_note(2)
    note.is_due = is_due
    services.try_message(code.pk)
    services.try_message(other.pk)
    code.refresh_from_db()
    other.refresh_from_db()
    assert (code.payload, other.payload) == ({}, {"number": 2})


def test_what_cannot_be_owed_after_a_mail_is_owed_by_a_job_and_the_mail_is_not_sent_again(kinds, note):
    calls = []

    def fail_twice(message):
        calls.append(message.pk)
        owe_note(2)
        if len(calls) <= 2:
            # A row that the database refuses; what was written before it in the same step goes with it.
            OutboxMessage.objects.create(key=message.key)

    register_message_kind("followed", note, follow_up=fail_twice)
    register_job_kind(services.FOLLOW_UP, services.follow_up_later)
    message = owe_note(1, kind="followed")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            services.try_message(message.pk)
        message.refresh_from_db()
        assert (message.state, len(mail.outbox)) == ("done", 1)
        assert list(OutboxMessage.objects.values_list("key", flat=True)) == ["note:1"]
        job = Job.objects.get()
        for _ in range(3):
            clock.shift(timedelta(hours=1))
            services.try_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert list(OutboxMessage.objects.order_by("key").values_list("key", "state")) == [("note:1", "done"), ("note:2", "waiting")]


def test_without_the_job_what_follows_is_seen_to_be_lost_where_it_fails_once(kinds, note, monkeypatch):
    def fail(message):
        raise RuntimeError("not now")

    register_message_kind("followed", note, follow_up=fail)
    monkeypatch.setattr(services, "queue_job", lambda **columns: None)
    message = owe_note(1, kind="followed")
    services.try_message(message.pk)
    message.refresh_from_db()
    assert message.state == "done"
    assert not Job.objects.exists()


def test_poison_job_is_parked_after_three_tries_and_the_others_are_done(kinds):
    def refuse_thirteen(payload):
        if payload["number"] == 13:
            raise RuntimeError("cannot count to 13")

    register_job_kind("count", refuse_thirteen)
    jobs = [owe_job("count", number) for number in (12, 13, 14)]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            for job in jobs:
                services.try_job(job.pk)
            clock.shift(timedelta(hours=1))
    assert list(Job.objects.order_by("key").values_list("state", "attempts")) == [("done", 1), ("parked", 3), ("done", 1)]
    assert Job.objects.get(key="count:13").last_error == "RuntimeError: cannot count to 13"


def test_job_whose_worker_is_lost_at_each_try_is_parked(kinds):
    register_job_kind("killer", lambda payload: pytest.fail("a fourth try"))
    job = owe_job("killer")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            assert Job.objects.claim(job.pk, now=timezone.now())  # and its worker is killed
            clock.shift(LEASE + timedelta(seconds=1))
        services.try_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.last_error) == ("parked", "Its worker was lost at each try.")


def test_worker_whose_lease_was_taken_changes_nothing_any_more(note):
    message = owe_note()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        slow = OutboxMessage.objects.claim(message.pk, now=timezone.now())
        clock.shift(LEASE + timedelta(seconds=1))
        quick = OutboxMessage.objects.claim(message.pk, now=timezone.now())
    services.postpone(slow, smtplib.SMTPServerDisconnected("gone"))
    message.refresh_from_db()
    assert (message.claim, message.last_error) == (quick.claim, "")
    services.mark_done(quick)
    services.park(slow, "too late")
    message.refresh_from_db()
    assert message.state == "done"
