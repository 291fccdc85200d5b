"""How easy questions are: counted each night, in steps of enough people, and known to the answers that follow."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reinforcement.daily import services as daily
from reinforcement.daily.easiness import count_easiness
from reinforcement.daily.rebuilding import memory_differences
from reinforcement.memory.features import sigmoid
from reinforcement.memory.prior import UNKNOWN_ITEM
from reinforcement.models import Answer, QuestionEasiness
from reinforcement.questions.services import publish_version
from tests.factories import DailySetFactory, QuestionFactory, SellerFactory
from tests.reinforcement.test_question_services import asked

pytestmark = pytest.mark.django_db
RIGHT, WRONG = {"chosen": ["a"]}, {"chosen": ["b"]}


def answered(question, *responses):
    """The answers of a new seller each."""
    return [given(SellerFactory(organization=question.organization), question, response) for response in responses]


def given(seller, question, response) -> Answer:
    """The seller's answer in a set of a day of its own."""
    day = timezone.localdate() + timedelta(days=seller.daily_sets.count())
    daily_set = DailySetFactory(member=seller, questions=[question], local_date=day)
    return daily.answer(seller, daily.items_to_answer(seller).get(daily_set=daily_set), response).answer


def current(question):
    return QuestionEasiness.objects.get(question=question, is_current=True)


def test_question_is_counted_from_five_people_on():
    question = QuestionFactory()
    answered(question, RIGHT, WRONG, WRONG, WRONG)
    assert count_easiness(timezone.now()) == 0
    answered(question, WRONG)
    assert count_easiness(timezone.now()) == 1
    row = current(question)
    share = (1 + 20 * 0.6) / 25
    assert row.answers == 5
    assert sigmoid(row.easiness) == pytest.approx((1 + 4 * share) / 9)


def test_counting_again_changes_nothing_until_five_more_people_have_answered():
    question = QuestionFactory()
    answered(question, *[RIGHT] * 5)
    first = timezone.now()
    assert count_easiness(first) == 1
    assert count_easiness(first) == 0
    answered(question, *[WRONG] * 4)
    assert count_easiness(timezone.now()) == 0
    answered(question, WRONG)
    assert count_easiness(timezone.now()) == 1
    assert [row.is_current for row in QuestionEasiness.objects.order_by("pk")] == [False, True]
    assert current(question).easiness < QuestionEasiness.objects.earliest("pk").easiness


def test_one_person_who_answers_often_moves_nothing():
    question = QuestionFactory()
    answered(question, *[RIGHT] * 5)
    count_easiness(timezone.now())
    seller = SellerFactory(organization=question.organization)
    program = None
    for day in range(6):
        date = timezone.localdate() + timedelta(days=day)
        daily_set = DailySetFactory(member=seller, questions=[question], program=program, local_date=date)
        program = daily_set.items.get().program
        daily.answer(seller, daily.items_to_answer(seller).get(daily_set=daily_set), WRONG)
    assert count_easiness(timezone.now()) == 0


def test_answers_of_another_organization_do_not_count():
    question, elsewhere = QuestionFactory(), QuestionFactory()
    answered(question, *[RIGHT] * 5)
    answered(elsewhere, *[WRONG] * 5)
    count_easiness(timezone.now())
    assert sigmoid(current(question).easiness) > 0.7
    assert sigmoid(current(elsewhere).easiness) < 0.4


def test_answer_is_stored_with_what_was_known_and_expected():
    question = QuestionFactory()
    [unknown] = answered(question, RIGHT)
    assert unknown.easiness == UNKNOWN_ITEM.easiness
    answered(question, *[WRONG] * 6)
    count_easiness(timezone.now())
    [known] = answered(question, RIGHT)
    assert known.easiness == current(question).easiness
    assert 0 < known.predicted < unknown.predicted < 1


def test_expectation_rises_with_what_the_person_gets_right():
    questions = QuestionFactory.create_batch(2)
    organization = questions[0].organization
    strong, weak = SellerFactory(organization=organization), SellerFactory(organization=organization)
    practised = QuestionFactory.create_batch(6, organization=organization, competency=questions[0].competency)
    for question in practised:
        given(strong, question, RIGHT)
        given(weak, question, WRONG)
    assert given(strong, questions[0], WRONG).predicted > given(weak, questions[0], RIGHT).predicted
    assert memory_differences([strong.pk, weak.pk]) == []


def test_new_meaning_is_unknown_again():
    question = QuestionFactory()
    answered(question, *[RIGHT] * 5)
    count_easiness(timezone.now())
    publish_version(question, change="meaning", asked=asked("Asked anew"))
    assert not QuestionEasiness.objects.filter(question=question, is_current=True).exists()
    # What the older meaning got counts no more.
    assert count_easiness(timezone.now()) == 0
