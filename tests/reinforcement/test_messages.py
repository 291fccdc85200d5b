"""The mails of a daily set: when they are still due, what they say, and that they arrive over real SMTP."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Absence
from outbox import services as outbox
from outbox.models import OutboxMessage
from outbox.registry import message_kind
from reinforcement.daily import links, messages
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import DailySet, QuestionWording
from reinforcement.programs.services import set_audience
from tests.factories import OPTIONS, DailySetFactory, ProgramFactory, QuestionFactory, SellerFactory, put_in
from tests.mail_server import running_mail_server
from tests.reinforcement.asking import address, answer_all, items_of, words

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
DUTCH = ("Wat doet u eerst?", "Vraag wat een fout vandaag kost")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def server(settings):
    settings.SITE_URL = "https://feedforward.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    with running_mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def a_morning(clock, **seller):
    """The set and its mail, as the planner makes them in the night; then it is morning."""
    member = SellerFactory(**({"name": "Amira Kaya"} | seller))
    question, other = QuestionFactory.create_batch(2, organization=member.organization)
    QuestionWording.objects.create(
        organization=member.organization,
        version=question.current_version,
        language="nl",
        prompt=DUTCH[0],
        content={"options": [OPTIONS["options"][0] | {"text": f"<p>{DUTCH[1]}</p>"}, *OPTIONS["options"][1:]]},
    )
    program = ProgramFactory(organization=member.organization, starts_on=date(2026, 11, 1))
    put_in(program, question, other)
    set_audience(program, [member])
    clock.move_to(NIGHT)
    prepare_sets(NIGHT)
    clock.move_to(MORNING)
    return DailySet.objects.get(member=member)


def mail_of(daily_set, kind=messages.MORNING):
    return OutboxMessage.objects.get(kind=kind, member=daily_set.member.public_id)


def send_morning(daily_set):
    """The morning mail is finished, so the reminder is owed."""
    outbox.try_message(mail_of(daily_set).pk)
    return mail_of(daily_set, messages.REMINDER)


def is_due(daily_set, kind=messages.MORNING, now=MORNING):
    message = mail_of(daily_set, kind)
    return message_kind(kind).still_due(message, now)


def test_the_planners_messages_are_of_kinds_that_are_known(clock):
    daily_set = a_morning(clock)
    assert is_due(daily_set)
    assert message_kind(messages.MORNING).may_send(mail_of(daily_set), MORNING)
    assert send_morning(daily_set).due_at == datetime(2026, 11, 24, 12, 15, tzinfo=UTC)
    assert is_due(daily_set, messages.REMINDER, MORNING + timedelta(hours=5))


@pytest.mark.parametrize("ends", ["done", "dropped", "parked"])
def test_the_reminder_is_owed_once_however_the_morning_mail_ends(clock, server, ends):
    daily_set = a_morning(clock)
    if ends == "dropped":
        OutboxMessage.objects.update(expires_at=MORNING + timedelta(hours=6))
        clock.move_to(MORNING + timedelta(hours=4))
        daily_set.member.wants_morning_mail = False
        daily_set.member.save()
    elif ends == "parked":
        server.recipient_replies.append("550 5.1.1 No such person")
    for _delivery in range(2):
        outbox.try_message(mail_of(daily_set).pk)
    assert mail_of(daily_set).state == ends
    assert OutboxMessage.objects.filter(kind=messages.REMINDER).count() == 1


def test_no_reminder_is_owed_to_who_has_answered_or_wants_none(clock, server):
    answered, unwilling = a_morning(clock), a_morning(clock, wants_reminder=False)
    answer_all(answered)
    for daily_set in (answered, unwilling):
        outbox.try_message(mail_of(daily_set).pk)
    assert not OutboxMessage.objects.filter(kind=messages.REMINDER).exists()


def test_a_reminder_that_would_come_in_quiet_hours_is_not_owed(clock, server):
    daily_set = a_morning(clock, preferred_hour=time(17, 0))
    clock.move_to(datetime(2026, 11, 24, 16, 0, 1, tzinfo=UTC))
    outbox.try_message(mail_of(daily_set).pk)
    assert mail_of(daily_set).state == "done"
    assert not OutboxMessage.objects.filter(kind=messages.REMINDER).exists()


def test_a_mail_arrives_over_smtp_as_text_and_html(clock, server):
    daily_set = a_morning(clock)
    outbox.try_message(mail_of(daily_set).pk)
    assert mail_of(daily_set).state == "done"
    [mail] = server.received
    item = items_of(daily_set)[0]
    assert (mail["To"], mail["Subject"]) == (daily_set.member.email, item.wording.prompt)
    assert mail["List-Unsubscribe"].strip() == f"<{links.stop_link_of(daily_set.member.public_id)}>"
    text, html = (part.get_content() for part in mail.iter_parts())
    link = f"https://feedforward.example/t/{links.token_of(daily_set.public_id)}/"
    for body in (text, html):
        assert item.wording.prompt in body
        assert "Van Loon Logistics saw your demo last week." in body
        assert "Ask what it costs them today" in body
        assert "2 questions, about 2 minutes" in " ".join(body.split())
        assert link in body
        assert "https://feedforward.example/me/" in body
        assert daily_set.organization.name in body
    assert "<p>" not in text
    for option in "abc":
        assert f'href="{link}?choose={option}"' in html
    assert "http://" not in html
    assert "<img" not in html
    assert "<script" not in html


def test_an_option_of_the_mail_leads_to_the_question_with_it_ticked(clock, server):
    daily_set = a_morning(clock)
    outbox.try_message(mail_of(daily_set).pk)
    html = list(server.received[0].iter_parts())[1].get_content()
    link = re.search(r'href="https://feedforward\.example(/t/[^"]+choose=b)"', html)[1]
    page = Client().get(link, follow=True)
    assert 'value="b" checked' in words(page)


def test_the_reminder_asks_the_next_question_that_waits(clock, server):
    daily_set = a_morning(clock)
    send_morning(daily_set)
    client = Client()
    client.get(reverse("reinforcement:link", args=[links.token_of(daily_set.public_id)]))
    client.post(address(items_of(daily_set)[0]), {"answer": "a"})
    clock.move_to(MORNING + timedelta(hours=5))
    outbox.try_message(mail_of(daily_set, messages.REMINDER).pk)
    _morning, mail = server.received
    assert mail["Subject"] == items_of(daily_set)[1].wording.prompt
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Still open today · 1 question, about 1 minute" in " ".join(text.split())
    link = re.search(r'href="https://feedforward\.example(/t/[^"]+choose=b[^"]*)"', html)[1]
    assert 'value="b" checked' in words(client.get(link.replace("&amp;", "&"), follow=True))


def test_after_an_outage_the_reminder_does_not_come_on_the_heels_of_the_morning_mail(clock, server):
    daily_set = a_morning(clock)
    late = MORNING + timedelta(hours=5)
    clock.move_to(late)
    reminder = send_morning(daily_set)
    outbox.try_message(reminder.pk)
    assert len(server.received) == 1
    clock.move_to(late + timedelta(minutes=110))
    outbox.try_message(reminder.pk)
    assert [mail_of(daily_set, kind).state for kind in (messages.MORNING, messages.REMINDER)] == ["done", "waiting"]
    clock.move_to(late + timedelta(minutes=130))
    outbox.try_message(reminder.pk)
    assert mail_of(daily_set, messages.REMINDER).state == "done"
    assert len(server.received) == 2


@pytest.mark.parametrize(("language", "prompt"), [("en", None), ("nl", DUTCH[0]), ("fr", None)])
def test_a_mail_is_rendered_in_the_language_of_its_person(clock, server, monkeypatch, language, prompt):
    seen = []
    kind = message_kind(messages.MORNING)
    render = type(kind).render
    monkeypatch.setattr(type(kind), "render", lambda kind, message: seen.append(translation.get_language()) or render(kind, message))
    daily_set = a_morning(clock, language=language)
    with translation.override("en"):
        outbox.try_message(mail_of(daily_set).pk)
    assert seen == [language]
    [mail] = server.received
    assert mail["Subject"] == (prompt or items_of(daily_set)[0].wording.prompt)
    html = list(mail.iter_parts())[1].get_content()
    assert f'<html lang="{language}">' in html
    assert (DUTCH[1] in html) is (language == "nl")


def test_451_is_tried_again_and_550_is_parked(clock, server):
    daily_set = a_morning(clock)
    message = mail_of(daily_set)
    server.recipient_replies.append("451 4.3.0 Try later")
    outbox.try_message(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, server.received) == ("waiting", 1, [])
    clock.move_to(message.due_at + timedelta(seconds=1))
    outbox.try_message(message.pk)
    assert mail_of(daily_set).state == "done"
    assert len(server.received) == 1
    reminder = mail_of(daily_set, messages.REMINDER)
    clock.move_to(reminder.due_at + timedelta(seconds=1))
    server.recipient_replies.append("550 5.1.1 No such person")
    outbox.try_message(reminder.pk)
    assert mail_of(daily_set, messages.REMINDER).state == "parked"
    assert len(server.received) == 1


def complete(daily_set):
    answer_all(daily_set)


def supersede(daily_set):
    DailySetFactory(member=daily_set.member, local_date=daily_set.local_date + timedelta(days=1))


def leave(daily_set):
    daily_set.member.is_active = False
    daily_set.member.save()


def close_sign_in(daily_set):
    daily_set.member.user.is_active = False
    daily_set.member.user.save()


def move_far_away(daily_set):
    daily_set.member.time_zone = "Pacific/Kiritimati"
    daily_set.member.save()


def take_a_day_off(daily_set):
    Absence.objects.create(organization=daily_set.organization, member=daily_set.member, started_on=daily_set.local_date)


def take_away(daily_set):
    DailySet.objects.filter(pk=daily_set.pk).delete()


@pytest.mark.parametrize("change", [complete, supersede, leave, close_sign_in, move_far_away, take_a_day_off, take_away])
@pytest.mark.parametrize("kind", [messages.MORNING, messages.REMINDER])
def test_a_mail_without_its_reason_is_dropped(clock, server, change, kind):
    daily_set = a_morning(clock, wants_morning_mail=kind == messages.MORNING)
    clock.move_to(MORNING + timedelta(hours=5, minutes=1))
    assert is_due(daily_set, kind, datetime.now(UTC))
    change(daily_set)
    message = OutboxMessage.objects.get(kind=kind)
    OutboxMessage.objects.update(expires_at=datetime.now(UTC) + timedelta(hours=1))
    outbox.try_message(message.pk)
    message.refresh_from_db()
    assert (message.state, server.received) == ("dropped", [])


@pytest.mark.parametrize(
    ("wish", "kind", "other"),
    [("wants_morning_mail", messages.MORNING, messages.REMINDER), ("wants_reminder", messages.REMINDER, messages.MORNING)],
)
def test_a_wish_that_was_taken_back_stops_its_mail_only(clock, wish, kind, other):
    daily_set = a_morning(clock)
    send_morning(daily_set)
    setattr(daily_set.member, wish, False)
    daily_set.member.save()
    assert not is_due(daily_set, kind)
    assert is_due(daily_set, other)


def test_a_message_of_another_organizations_set_finds_nothing(clock):
    daily_set, other = a_morning(clock), DailySetFactory()
    message = mail_of(daily_set)
    message.payload = {"set": str(other.public_id)}
    assert not message_kind(messages.MORNING).still_due(message, MORNING)


def test_a_mail_that_was_asked_for_comes_although_mornings_are_switched_off(clock, server):
    daily_set = a_morning(clock, wants_morning_mail=False)
    messages.send_again(daily_set.public_id, MORNING)
    outbox.try_message(OutboxMessage.objects.get(kind=messages.AGAIN).pk)
    assert [mail["Subject"] for mail in server.received] == [items_of(daily_set)[0].wording.prompt]


def test_a_long_prompt_makes_a_short_subject_on_one_line(clock, server):
    question = QuestionFactory(prompt="A question\nwith lines " + "and many words " * 20)
    daily_set = DailySetFactory(member=SellerFactory(organization=question.organization), questions=[question])
    messages.send_again(daily_set.public_id, MORNING)
    outbox.try_message(OutboxMessage.objects.get().pk)
    # The fold of a long header leaves a space before it.
    subject = server.subjects[0].strip()
    assert subject.startswith("A question with lines and many words")
    assert len(subject) <= 78
    assert subject.endswith("…")
