"""Logs of answers whose probabilities are known, written as rows without the answer's path."""

import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db.models import QuerySet

from accounts.people.services import root_team
from reinforcement.memory.features import Item, sigmoid
from reinforcement.memory.fitting import Past
from reinforcement.memory.packing import DAY_SECONDS
from reinforcement.memory.trace import TraceModel, evidence
from reinforcement.models import Answer, DailySet, DailySetItem, QuestionEasiness
from tests.factories import CompetencyFactory, ProgramFactory, QuestionFactory, SellerFactory, monday_of

BEGAN = datetime(2026, 6, 1, 7, tzinfo=UTC)
# What the night of the fit is in these tests: long after the last answer.
NIGHT = datetime(2026, 12, 1, 2, 17, tzinfo=UTC)
TRACE = TraceModel(intercept=0.2, new=-0.9, trace=0.6, last_right=0.7, share=0.3, ability=0.8, easiness=0.9, easiness_if_seen=0.2)
SET_SIZE = 5


def plant(organization, model=TRACE, *, answers=1_200, sellers=10, questions=20, seed=0, predicted=0.5, is_known=False) -> list[float]:
    """Answers to sets of five, every third day of each seller, right as often as `model` says; the probabilities in the log's order.

    `predicted` is stored with each answer, or where it `is_known` the probability itself.
    """
    randomness = np.random.default_rng(seed)
    asked = QuestionFactory.create_batch(questions, organization=organization, competency=CompetencyFactory(organization=organization))
    people = SellerFactory.create_batch(sellers, organization=organization)
    team, program = root_team(organization), ProgramFactory(organization=organization)
    known = {question.pk: Item(float(randomness.normal(0, 1)), float(randomness.normal(0, 1)), 40) for question in asked}
    QuestionEasiness.objects.bulk_create(
        QuestionEasiness(
            organization=organization,
            question=question,
            meaning_since=1,
            counted_at=BEGAN - timedelta(days=1),
            first_answers=20,
            **known[question.pk]._asdict(),
        )
        for question in asked
    )
    pasts = {seller.pk: Past() for seller in people}
    sets, items, log, probabilities = [], [], [], []
    for number in range(answers // SET_SIZE):
        seller, at = people[number % sellers], BEGAN + timedelta(days=3 * (number // sellers), minutes=number % sellers)
        daily_set = DailySet(
            organization=organization, member=seller, team=team, local_date=at.date(), size=SET_SIZE, prepared_at=at, run=uuid.uuid4()
        )
        sets.append(daily_set)
        for position, place in enumerate(randomness.permutation(questions)[:SET_SIZE]):
            question, moment = asked[place], at + timedelta(seconds=20 * position)
            item = DailySetItem(
                organization=organization,
                daily_set=daily_set,
                position=position,
                program=program,
                question=question,
                competency=question.competency,
                version=question.current_version,
                wording_id=1,
                reason="new",
            )
            items.append(item)
            past, day = pasts[seller.pk], moment.timestamp() / DAY_SECONDS
            before = evidence(past.record(question.pk, ["only"]), known[question.pk], day)
            probability = sigmoid(model.intercept + sum(getattr(model, name) * value for name, value in before._asdict().items()))
            is_right = bool(randomness.random() < probability)
            past.add(question.pk, ["only"], known[question.pk], is_right, day)
            probabilities.append(probability)
            log.append(
                Answer(
                    organization=organization,
                    member=seller,
                    item=item,
                    question=question,
                    version=question.current_version,
                    program=program,
                    competency=question.competency,
                    team=team,
                    response={},
                    verdict="right" if is_right else "wrong",
                    credit=float(is_right),
                    predicted=probability if is_known else predicted,
                    easiness=known[question.pk].easiness,
                    is_first=before.new == 1.0,
                    answered_at=moment,
                    received_at=moment,
                    week_on=monday_of(moment.date()),
                )
            )
    DailySet.objects.bulk_create(sets)
    for item in items:
        item.daily_set_id = item.daily_set.pk
    DailySetItem.objects.bulk_create(items)
    for row in log:
        row.item_id = row.item.pk
    Answer.objects.bulk_create(log)
    return probabilities


def rewrite(answer: Answer, **columns) -> None:
    """Changes a row of the log, as nothing in the product can."""
    QuerySet(Answer).filter(pk=answer.pk).update(**columns)
