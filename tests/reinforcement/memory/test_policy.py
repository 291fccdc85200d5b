"""Choosing under a cap: what rests, what is worth asking, and that arrays and plain Python speak of the same recall."""

import numpy as np
import pytest

from reinforcement.memory.features import HALF_LIVES, ability
from reinforcement.memory.policy import MOST_BETWEEN, Candidates, days_between, values
from reinforcement.memory.trace import curve
from tests.reinforcement.memory.logs import ITEM, record_of
from tests.reinforcement.memory.test_trace import MODEL


def candidates(*records, weight=1.0, easiness=ITEM.easiness) -> Candidates:
    blank = (0.0,) * len(HALF_LIVES)
    rows = [record.practice for record in records]
    return Candidates(
        answers=np.array([row.answers if row else 0 for row in rows]),
        rights=np.array([row.rights if row else 0 for row in rows]),
        last_right=np.array([bool(row and row.run > 0) for row in rows]),
        at=np.array([row.at if row else 0.0 for row in rows]),
        tried=np.array([row.tried if row else blank for row in rows]),
        rights_left=np.array([row.rights_left if row else blank for row in rows]),
        ability=np.array([ability(record) for record in records]),
        easiness=np.full(len(rows), easiness),
        weight=np.full(len(rows), weight),
    )


@pytest.mark.parametrize(("is_right", "days", "is_asked"), [(True, 13, False), (True, 14, True), (False, 6, False), (False, 7, True)])
def test_question_rests_after_an_answer(is_right, days, is_asked):
    record, at = record_of([(0.0, 0, is_right)])
    assert np.isfinite(values(MODEL, candidates(record), at + days, 60.0)[0]) == is_asked


def test_new_question_never_rests():
    record, at = record_of([(0.0, 1, True)])
    assert np.isfinite(values(MODEL, candidates(record), at, 60.0)[0])


def test_one_exposure_is_worth_what_the_curve_gains():
    record, at = record_of([(0.0, 0, True), (20.0, 0, False)])
    now, horizon = at + 10, 20.0
    found = values(MODEL, candidates(record), now, horizon)[0]  # a second exposure would come after the horizon
    forgetting = curve(MODEL, record, ITEM)
    recall = forgetting.recall(now)
    asked = tuple(
        count * 2 ** (-(now - forgetting.at) / half_life) + (recall + 0.7 * (1 - recall))
        for count, half_life in zip(forgetting.exposures, HALF_LIVES, strict=True)
    )
    after = forgetting.__class__(forgetting.stands, forgetting.weight, asked, now)
    assert found == pytest.approx(after.recall(now + horizon) - forgetting.recall(now + horizon))


def test_weight_multiplies_what_a_question_is_worth():
    record, at = record_of([(0.0, 0, False)])
    plain, heavy = (values(MODEL, candidates(record, weight=weight), at + 9, 60.0)[0] for weight in (1.0, 1.5))
    assert heavy == pytest.approx(1.5 * plain)


def test_what_is_sure_already_is_worth_less_than_what_is_even():
    record, at = record_of([(0.0, 0, True), (20.0, 0, True)])
    even, sure = (values(MODEL, candidates(record, easiness=easiness), at + 20, 60.0)[0] for easiness in (-1.5, 4.0))
    assert 0 < sure < even


def test_question_that_needs_two_exposures_is_begun_where_two_fit():
    record, at = record_of([(0.0, 1, False)])
    hopeless = candidates(record, easiness=-5.0)
    alone = values(MODEL, hopeless, at, 60.0, between=100.0)[0]
    assert values(MODEL, hopeless, at, 60.0, between=20.0)[0] > alone


@pytest.mark.parametrize(("length", "days"), [(None, 35.0), (365, 35.0), (30, 12.0), (10, 7.0)])
def test_exposures_lie_nearer_in_a_short_program(length, days):
    assert days_between(length) == days
    assert days_between(None) == MOST_BETWEEN
