"""What Prometheus reads, and who may read it."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.people import services as people
from config import environment
from outbox.models import Heartbeat, OutboxMessage
from outbox.services import queue_job, queue_message
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import DailySet, MemoryState, Question
from reinforcement.programs import services as programs
from reinforcement.programs.planner import count_owed
from tests.factories import DailySetFactory, OrganizationFactory, ProgramFactory, QuestionFactory, SellerFactory, put_in

TOKEN = "a-token-for-these-tests-only"


@pytest.fixture
def scrape(client, settings):
    """The metrics as {"name{labels}": value}."""
    settings.METRICS_TOKEN = TOKEN

    def scraped():
        response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        return dict(re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", response.content.decode(), re.MULTILINE))

    return scraped


@pytest.mark.parametrize("authorization", ["", "Bearer ", f"Bearer {TOKEN}x", TOKEN, f"Token {TOKEN}"])
def test_metrics_are_not_there_for_whoever_has_no_token(client, settings, authorization):
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"Authorization": authorization}).status_code == 404


@pytest.mark.parametrize("authorization", ["", "Bearer "])
def test_metrics_are_closed_without_a_token_in_the_settings(client, settings, authorization):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": authorization}).status_code == 404


def test_a_short_token_is_refused(monkeypatch):
    monkeypatch.setenv("METRICS_TOKEN", "short")
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN is too short"):
        environment.metrics_token()


@pytest.mark.django_db
def test_requests_are_counted_by_view_and_class_of_status(client, scrape):
    names = [
        'feedforward_requests_total{status="2xx",view="healthz"}',
        'feedforward_requests_total{status="4xx",view="none"}',
        'feedforward_request_seconds_count{view="healthz"}',
    ]
    before = scrape()
    client.get("/healthz")
    client.get("/nowhere/anna@acme.example/")
    after = scrape()
    assert [float(after[name]) - float(before.get(name, 0)) for name in names] == [1, 1, 1]
    assert not [name for name in after if "anna" in name]


numbers = itertools.count()


def owe(state="waiting", minutes=0, kind="daily_morning"):
    message = queue_message(
        key=f"owed {next(numbers)}",
        kind=kind,
        address="anna@acme.example",
        language="en",
        time_zone="UTC",
        due_at=timezone.now() - timedelta(minutes=minutes),
    )
    OutboxMessage.objects.filter(pk=message.pk).update(state=state)


@pytest.mark.django_db
def test_outbox_is_told_by_kind_with_the_age_of_its_oldest(scrape):
    for minutes in (1, 10, -60):  # the last one is due in an hour, and owed to nobody yet
        owe(minutes=minutes)
    for state in ("parked", "parked", "done", "dropped"):
        owe(state, minutes=90)
    queue_job(key="job", kind="export")
    found = {name: float(value) for name, value in scrape().items() if name.startswith("feedforward_outbox")}
    assert 600 <= found.pop('feedforward_outbox_oldest_owed_seconds{kind="daily_morning",table="message"}') < 700
    assert found.pop('feedforward_outbox_oldest_owed_seconds{kind="export",table="job"}') < 60
    assert found == {
        'feedforward_outbox_owed{kind="daily_morning",table="message"}': 2,
        'feedforward_outbox_owed{kind="export",table="job"}': 1,
        'feedforward_outbox_parked{kind="daily_morning",table="message"}': 2,
    }


@pytest.mark.django_db
def test_age_of_beat_is_told_once_it_has_ticked(scrape):
    assert "feedforward_beat_age_seconds" not in scrape()
    Heartbeat.objects.create(name="beat", beaten_at=timezone.now() - timedelta(seconds=90))
    assert 90 <= float(scrape()["feedforward_beat_age_seconds"]) < 150


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_and_ends_nothing(scrape, monkeypatch):
    assert scrape()["feedforward_database_up"] == "1.0"

    def refuse(*_arguments):
        raise DatabaseError("away")

    with monkeypatch.context() as outage:
        outage.setattr(connection, "cursor", refuse)
        found = scrape()
    assert found["feedforward_database_up"] == "0.0"
    assert not [name for name in found if name.startswith(("feedforward_outbox", "feedforward_sets"))]
    assert any(name.startswith("feedforward_requests_total") for name in found)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_metrics_cost_the_same_whatever_lies_in_the_database(scrape, django_assert_num_queries, count):
    for number in range(count):
        owe(kind=f"kind {number}")
        owe("parked", kind=f"kind {number}")
        a_seller_who_is_owed_a_set()
    with django_assert_num_queries(7):
        scrape()


@pytest.mark.django_db
def test_this_process_is_told_by_its_number(scrape):
    assert [name for name in scrape() if name.startswith("process_resident_memory_bytes{pid=")]


NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)  # a Wednesday
A_WHILE_AGO = datetime(2026, 11, 2, tzinfo=UTC)


def a_seller_who_is_owed_a_set():
    seller = SellerFactory(working_days=127, time_zone="UTC")
    program = ProgramFactory(organization=seller.organization, starts_on=A_WHILE_AGO.date(), weekdays=127)
    put_in(program, QuestionFactory(organization=seller.organization))
    with time_machine.travel(A_WHILE_AGO, tick=False):
        programs.set_audience(program, [seller])
    return seller


def answer_everything(seller, due_on):
    for question in Question.objects.filter(organization=seller.organization):
        MemoryState.objects.create(
            organization=seller.organization,
            member=seller,
            question=question,
            answered=1,
            rights_in_a_row=1,
            last_verdict="right",
            last_answered_at=NOW - timedelta(days=12),
            last_competency=question.competency,
            last_team=people.root_team(seller.organization),
            due_on=due_on,
            retired_on=None if due_on else NOW.date(),
        )


@pytest.mark.django_db
def test_sets_owed_are_those_that_the_next_run_makes():
    with_something_new, with_something_due = a_seller_who_is_owed_a_set(), a_seller_who_is_owed_a_set()
    answer_everything(with_something_due, NOW.date())
    # Owed nothing: away, served already, nothing due, everything mastered, in no program.
    people.deactivate(a_seller_who_is_owed_a_set())
    DailySetFactory(member=a_seller_who_is_owed_a_set(), local_date=NOW.date())
    answer_everything(a_seller_who_is_owed_a_set(), NOW.date() + timedelta(days=1))
    answer_everything(a_seller_who_is_owed_a_set(), None)
    SellerFactory(working_days=127)
    assert count_owed(NOW) == 2
    assert prepare_sets(NOW).sets == 2
    assert set(DailySet.objects.filter(prepared_at=NOW).values_list("member", flat=True)) == {with_something_new.pk, with_something_due.pk}
    assert count_owed(NOW) == 0


@pytest.mark.django_db
def test_sets_owed_are_none_where_nobody_sells():
    OrganizationFactory()
    assert count_owed(NOW) == 0
