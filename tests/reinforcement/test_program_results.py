"""Results of programs: counted from the log, and growing by enough people at a time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reinforcement.daily import services as daily
from reinforcement.daily.results import count_results
from reinforcement.models import ProgramResult, QuestionResult
from tests.factories import DailySetFactory, OrganizationFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    program = ProgramFactory(organization=OrganizationFactory())
    put_in(program, QuestionFactory(organization=program.organization))
    return program


def answer(program, *chosen):
    """For each of `chosen`, a new seller of the program answers its one question with it."""
    question = program.program_questions.get().question
    for option in chosen:
        seller = SellerFactory(organization=program.organization)
        enroll(program, seller)
        DailySetFactory(member=seller, questions=[question], program=program)
        daily.answer(seller, daily.items_to_answer(seller).get(), {"chosen": [option]})


def results(program):
    rows = QuestionResult.objects.filter(program=program)
    return [(row.people, row.right, row.attracts, row.attracted) for row in rows]


def test_question_has_a_result_from_five_people_on(program):
    answer(program, "a", "a", "b", "b")
    count_results(timezone.now())
    assert results(program) == []
    answer(program, "a")
    count_results(timezone.now())
    assert results(program) == [(5, 3, "", 0)]


def test_result_grows_by_five_people_at_a_time_and_keeps_its_date_until_then(program):
    answer(program, "a", "a", "a", "b", "b")
    before = timezone.now()
    count_results(before)
    answer(program, "b", "b", "b", "b")
    count_results(before + timedelta(hours=1))
    assert results(program) == [(5, 3, "", 0)]
    assert QuestionResult.objects.get(program=program).counted_at == before
    assert (ProgramResult.objects.get(program=program).enrolled, ProgramResult.objects.get(program=program).started) == (9, 5)
    answer(program, "c")
    count_results(before + timedelta(hours=2))
    assert results(program) == [(10, 3, "b", 6)]
    assert ProgramResult.objects.get(program=program).started == 10


def test_counting_again_changes_nothing(program):
    answer(program, "a", "a", "a", "b", "b")
    assert count_results(timezone.now()) == 2
    before = list(QuestionResult.objects.values()), list(ProgramResult.objects.values())
    assert count_results(timezone.now() + timedelta(hours=1)) == 0
    assert (list(QuestionResult.objects.values()), list(ProgramResult.objects.values())) == before


def test_results_are_of_the_own_program_only(program):
    other = ProgramFactory(organization=program.organization)
    put_in(other, program.program_questions.get().question)
    answer(other, "a", "a", "a", "a", "a")
    answer(program, "b", "b", "b", "b", "b")
    count_results(timezone.now())
    assert results(program) == [(5, 0, "b", 5)]
    assert results(other) == [(5, 5, "", 0)]


def test_option_of_an_earlier_version_attracts_nobody_now(program):
    answer(program, "b", "b", "b", "b", "b")
    question = program.program_questions.get().question
    other = QuestionFactory(organization=program.organization)
    question.current_version, other.current_version = other.current_version, question.current_version
    question.save()
    count_results(timezone.now())
    assert results(program) == [(5, 0, "", 0)]
