"""Weeks and results of programs count the same answers: who read both would subtract one from the other."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reinforcement.daily import services as daily
from reinforcement.daily.results import count_results_of
from reinforcement.published.services import publish
from tests.factories import AuthorFactory, DailySetFactory, HrFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
LATER = ["a", "b", "b", "b"]


@pytest.fixture
def author():
    return AuthorFactory()


@pytest.fixture
def program(author):
    """Ten answer a question, six of them right; it is counted; then four more answer, and the week closes."""
    organization = author.organization
    question = QuestionFactory(organization=organization)
    program = ProgramFactory(organization=organization, created_by=author, starts_on=MONDAY.date())
    put_in(program, question)
    sellers = SellerFactory.create_batch(14, organization=organization)
    enroll(program, *sellers)
    with time_machine.travel(MONDAY, tick=False):
        for seller, option in zip(sellers, ["a"] * 6 + ["b"] * 4 + LATER, strict=True):
            if seller == sellers[10]:
                count_results_of(organization, MONDAY)
            daily_set = DailySetFactory(member=seller, questions=[question], program=program, local_date=MONDAY.date(), prepared_at=MONDAY)
            daily.answer(seller, daily.items_to_answer(seller).get(daily_set=daily_set), {"chosen": [option]})
    count_results_of(organization, MONDAY + timedelta(days=8))
    publish(organization, MONDAY + timedelta(days=8))
    return program


def read_as(member, url: str):
    client = Client()
    client.force_login(member.user)
    return client.get(url)


def right_in_the_week(reader) -> tuple[int, int]:
    """Answers and right ones of the competency, as the file says."""
    lines = list(csv.reader(io.StringIO(read_as(reader, "/overview/weeks.csv").content.decode("utf-8-sig"))))[1:]
    [line] = [line for line in lines if line[2] and line[3]]
    return int(line[3]), int(line[4])


def first_answers(reader, program) -> list[tuple[int, int]]:
    progress = read_as(reader, reverse("reinforcement:program_detail", args=[program.public_id])).context["progress"]
    return [(figure.people, figure.right) for figure in progress.by_question.values()]


def test_one_who_read_both_would_have_the_answers_of_four_people(author, program):
    reader = HrFactory(organization=author.organization)
    (answered, right), [(people, right_at_first)] = right_in_the_week(reader), first_answers(author, program)
    assert (answered - people, right - right_at_first) == (len(LATER), LATER.count("a"))


@pytest.mark.parametrize("role", ["is_hr", "is_leadership"])
def test_nobody_reads_both(author, program, role):
    setattr(author, role, True)
    author.save()
    assert right_in_the_week(author) == (14, 7)
    assert first_answers(author, program) == []
