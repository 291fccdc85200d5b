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
    assert (row.answers, row.first_answers) == (5, 5)
    # Four imagined answers with a share of 0.6.
    assert sigmoid(row.easiness) == sigmoid(row.first_easiness) == pytest.approx(3.4 / 9)


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
    assert count_easiness(timezone.now()) == 2
    for one, expected in ((question, 7.4 / 9), (elsewhere, 2.4 / 9)):
        row = current(one)
        assert row.organization == one.organization
        assert row.answers == 5
        assert sigmoid(row.easiness) == pytest.approx(expected)


def test_what_comes_while_it_is_counted_waits_for_the_next_time():
    question = QuestionFactory()
    answered(question, *[RIGHT] * 4)
    begun = timezone.now()
    answered(question, RIGHT)
    assert count_easiness(begun) == 0
    answered(question, *[RIGHT] * 2)
    assert count_easiness(timezone.now()) == 1
    assert current(question).answers == 7


def test_first_answers_move_by_enough_new_people_only():
    question = QuestionFactory()
    veterans = [row.member for row in answered(question, *[RIGHT] * 5)]
    count_easiness(timezone.now())
    before = current(question)
    for seller in veterans[:4]:
        given(seller, question, WRONG)
    answered(question, WRONG)
    assert count_easiness(timezone.now()) == 1
    after = current(question)
    assert after.easiness < before.easiness
    assert (after.first_answers, after.first_easiness) == (5, before.first_easiness)
    answered(question, *[WRONG] * 4)
    given(veterans[4], question, WRONG)
    assert count_easiness(timezone.now()) == 1
    assert current(question).first_answers == 10
    assert current(question).first_easiness < before.first_easiness


def test_first_answer_to_a_new_meaning_is_a_first_one_of_who_knew_the_old():
    question = QuestionFactory()
    people = [row.member for row in answered(question, *[WRONG] * 5)]
    publish_version(question, change="meaning", asked=asked("Asked anew"))
    question.refresh_from_db()
    for seller in people:
        given(seller, question, RIGHT)
    assert count_easiness(timezone.now()) == 1
    assert (current(question).first_answers, sigmoid(current(question).first_easiness)) == (5, pytest.approx(7.4 / 9))


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
    answered(question, *[WRONG] * 5)
    count_easiness(timezone.now())
    publish_version(question, change="meaning", asked=asked("Asked anew"))
    question.refresh_from_db()
    # What the older meaning got counts no more, and is not known of the new one.
    assert count_easiness(timezone.now()) == 0
    [row] = answered(question, RIGHT)
    assert row.easiness == UNKNOWN_ITEM.easiness


@pytest.mark.parametrize(("difficulty", "share"), [("easy", 0.8), ("medium", 0.6), ("hard", 0.4), ("", 0.6)])
def test_authors_guess_counts_as_four_answers(difficulty, share):
    question = QuestionFactory(difficulty=difficulty)
    first, *_others = answered(question, RIGHT, WRONG, WRONG, WRONG, WRONG, WRONG)
    assert sigmoid(first.easiness) == pytest.approx(share)
    count_easiness(timezone.now())
    row = current(question)
    assert sigmoid(row.easiness) == sigmoid(row.first_easiness) == pytest.approx((1 + 4 * share) / 10)


def test_question_that_is_guessed_to_be_hard_is_expected_less_often_right():
    easy, hard = (answered(QuestionFactory(difficulty=difficulty), RIGHT)[0].predicted for difficulty in ("easy", "hard"))
    assert hard < easy - 0.1
