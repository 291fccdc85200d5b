"""The nightly rebuild knows of each answer what the answer's path knew: the stored prediction is what it predicts."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from reinforcement.daily import services as daily
from reinforcement.daily.easiness import count_easiness
from reinforcement.daily.records import before_each_answer
from reinforcement.memory.prior import PRIOR, UNKNOWN_ITEM
from reinforcement.memory.recall import predict
from reinforcement.memory.versions import as_kept
from reinforcement.models import Answer, FittedModels, ModelsInForce, QuestionEasiness
from reinforcement.questions.services import publish_version
from tests.factories import CompetencyFactory, DailySetFactory, OrganizationFactory, ProgramFactory, QuestionFactory, SellerFactory
from tests.reinforcement.planted import rewrite
from tests.reinforcement.test_question_services import asked

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 6, 1, 8, tzinfo=UTC)


class History:
    """Six sellers, four questions of two competencies, answered on a clock that the test moves. `predictors`: the models of each answer."""

    def __init__(self, clock):
        self.clock = clock
        self.random = random.Random(4)
        self.organization = OrganizationFactory()
        self.sellers = SellerFactory.create_batch(6, organization=self.organization)
        self.questions = [
            question
            for competency in CompetencyFactory.create_batch(2, organization=self.organization)
            for question in QuestionFactory.create_batch(2, organization=self.organization, competency=competency)
        ]
        self.program = ProgramFactory(organization=self.organization)
        self.models = PRIOR
        self.predictors: dict[int, object] = {}

    def prepare(self, seller, question):
        """A set with the question, on a date of its own."""
        question.refresh_from_db()
        on = timezone.localdate() + timedelta(days=seller.daily_sets.count() % 3, weeks=seller.daily_sets.count())
        return DailySetFactory(member=seller, questions=[question], program=self.program, local_date=on)

    def answer(self, daily_set, seller, **options):
        self.clock.shift(timedelta(minutes=7))
        item = daily.items_to_answer(seller).get(daily_set=daily_set)
        response = {"chosen": [self.random.choice("aab")]}
        answered = daily.answer(seller, item, response, **options).answer
        self.predictors[answered.pk] = self.models

    def day(self):
        for seller in self.sellers:
            for question in self.random.sample(self.questions, 3):
                self.answer(self.prepare(seller, question), seller)
        # The same question twice on one day, and an answer that a phone kept for an hour.
        seller = self.sellers[0]
        for _ in range(2):
            self.answer(self.prepare(seller, self.questions[0]), seller)
        self.answer(self.prepare(seller, self.questions[1]), seller, answered_at=timezone.now() - timedelta(minutes=20))
        self.clock.shift(timedelta(hours=17))

    def put_in_force(self, share: float):
        self.models = PRIOR._replace(recall=replace(PRIOR.recall, weights=tuple(share * weight for weight in PRIOR.recall.weights)))
        fitted = FittedModels.objects.create(
            organization=self.organization, fitted_at=timezone.now(), answers=9, weights=as_kept(self.models)
        )
        ModelsInForce.objects.filter(organization=self.organization).update(is_current=False)
        ModelsInForce.objects.create(organization=self.organization, fitted=fitted, since=timezone.now())


@pytest.fixture
def history():
    with time_machine.travel(BEGAN, tick=False) as clock:
        yield History(clock)


def check(history) -> list:
    """Every answer was predicted as what is made again predicts it."""
    before = list(before_each_answer(history.organization, timezone.now()))
    assert len(before) == Answer.objects.count() == len(history.predictors)
    for answer, record, item, at in before:
        expected = predict(history.predictors[answer.pk].recall, record, item, at)
        assert answer.predicted == pytest.approx(expected, rel=1e-9), answer
    return before


def test_stored_prediction_is_that_of_the_features_made_again(history):
    history.day()
    history.day()
    # A night whose count is there for answers a while after its moment.
    counted_at = timezone.now()
    history.answer(history.prepare(history.sellers[1], history.questions[0]), history.sellers[1])
    assert count_easiness(counted_at) > 0
    history.day()
    history.put_in_force(0.5)
    # A set of before the change of meaning is answered after it, and says nothing about the new meaning.
    changed = history.questions[0]
    late = history.prepare(history.sellers[2], changed)
    history.clock.shift(timedelta(minutes=1))
    publish_version(changed, change="meaning", asked=asked("Asked anew"))
    history.answer(late, history.sellers[2])
    history.day()
    publish_version(history.questions[1], change="wording", asked=asked("In other words"))
    count_easiness(timezone.now())
    history.day()
    before = check(history)
    assert len({item for _answer, _record, item, _at in before}) > 6
    assert QuestionEasiness.objects.filter(is_current=False).exists()


def test_each_answer_knows_the_easiness_of_then_not_of_now(history):
    history.day()
    history.day()
    count_easiness(timezone.now())
    known = {row.question_id: row for row in QuestionEasiness.objects.all()}
    history.day()
    count_easiness(timezone.now())
    items = {answer.pk: (answer.question_id, item) for answer, _record, item, _at in check(history)}
    per_day = Answer.objects.count() // 3
    for place, pk in enumerate(sorted(items)):
        question, item = items[pk]
        if place < 2 * per_day or question not in known:
            assert item == UNKNOWN_ITEM
        else:
            assert item == (known[question].easiness, known[question].first_easiness, known[question].answers)


def test_answers_of_before_the_memory_model_knew_nothing(history):
    history.day()
    answer = Answer.objects.first()
    rewrite(answer, predicted=None, easiness=None)
    [item] = [item for row, _record, item, _at in before_each_answer(history.organization, timezone.now()) if row.pk == answer.pk]
    assert item == UNKNOWN_ITEM


def test_records_are_those_of_one_organization(history):
    history.day()
    stranger = SellerFactory()
    daily_set = DailySetFactory(member=stranger, question_count=1)
    daily.answer(stranger, daily.items_to_answer(stranger).get(daily_set=daily_set), {"chosen": ["a"]})
    members = {answer.member_id for answer, *_known in before_each_answer(history.organization, timezone.now())}
    assert members == {seller.pk for seller in history.sellers}
