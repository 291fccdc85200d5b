"""Twins of the locks under which figures are counted: two runs at once, with and without them."""

import threading
from datetime import date

import pytest
from django.db import connection, models
from django.utils import timezone

from reinforcement.daily import results
from reinforcement.daily import services as daily
from reinforcement.models import Publication, QuestionResult
from reinforcement.published import services as published
from tests.factories import DailySetFactory, OrganizationFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in
from tests.faults.test_redelivery import figures, forget_figures, seller_weeks

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.faults,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="DATABASE_URL names no PostgreSQL: SQLite lets one writer in at a time"),
]
EARLIER, LATER = 7, 3


@pytest.fixture
def organization():
    return OrganizationFactory()


@pytest.fixture
def people(organization):
    """People who have all started a program, counted; now they answer its second question, one after another.

    A count of the program itself, which changes only while people start, would keep two runs apart too.
    """
    (first, second), program = QuestionFactory.create_batch(2, organization=organization), ProgramFactory(organization=organization)
    put_in(program, first, second)
    sellers = SellerFactory.create_batch(EARLIER + LATER, organization=organization)
    enroll(program, *sellers)

    def answer(question, sellers):
        for seller in sellers:
            daily_set = DailySetFactory(
                member=seller, questions=[question], program=program, local_date=date(2026, 11, question.pk % 28 + 1)
            )
            daily.answer(seller, daily.items_to_answer(seller).get(daily_set=daily_set), {"chosen": ["a"]})

    answer(first, sellers)
    results.count_results_of(organization, timezone.now())
    answer(second, sellers[:EARLIER])
    return lambda: answer(second, sellers[EARLIER:])


def shown_meanwhile(organization, others_answer, monkeypatch) -> list[int]:
    """The numbers of people that stood there one after the other: a count waits before it writes, and another one runs meanwhile."""
    has_counted, may_write = threading.Event(), threading.Event()
    shown: list[int] = []
    attracts = results._what_attracts

    def wait(*args):
        if threading.current_thread() is slow:
            has_counted.set()
            assert may_write.wait(30)
        return attracts(*args)

    def count():
        try:
            results.count_results_of(organization, timezone.now())
            shown.append(QuestionResult.objects.latest("pk").people)
        finally:
            connection.close()

    monkeypatch.setattr(results, "_what_attracts", wait)
    slow, quick = threading.Thread(target=count), threading.Thread(target=count)
    slow.start()
    assert has_counted.wait(30)
    others_answer()
    quick.start()
    quick.join(2)
    may_write.set()
    for thread in (slow, quick):
        thread.join(30)
    return shown


def test_p5_two_counts_of_results_wait_for_each_other(organization, people, monkeypatch):
    assert shown_meanwhile(organization, people, monkeypatch) == [EARLIER, EARLIER]


def test_p5_counts_that_do_not_wait_are_seen_to_show_the_answers_of_three(organization, people, monkeypatch):
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda queryset, **options: queryset)
    assert shown_meanwhile(organization, people, monkeypatch) == [EARLIER + LATER, EARLIER]


def publish_at_once(organization, monkeypatch, held) -> list[Exception]:
    """What two runs ran into that read the state of publishing at the same moment, where nothing keeps them apart."""
    problems: list[Exception] = []
    Publication.objects.get_or_create(organization=organization)
    monkeypatch.setattr(published, "_held", held)

    def run():
        try:
            published.publish(organization, timezone.now())
        except Exception as problem:  # noqa: BLE001 - the test looks at what came out
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _run in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return problems


def test_r3_two_publications_at_once_come_to_the_end_of_one(organization, monkeypatch):
    seller_weeks(organization)
    assert publish_at_once(organization, monkeypatch, published._held) == []
    of_both = figures()
    forget_figures()
    published.publish(organization, timezone.now())
    assert figures() == of_both


def test_r3_publications_that_do_not_wait_are_seen_to_collide(organization, monkeypatch):
    seller_weeks(organization)
    both_have_read = threading.Barrier(2, timeout=20)

    def unheld(of):
        publication = Publication.objects.get(organization=of)
        if not both_have_read.broken and publication.published_on is None:
            both_have_read.wait()
        return publication

    assert publish_at_once(organization, monkeypatch, unheld)
