"""What coming questions add to a recall that another model states."""

import numpy as np
import pytest

from reinforcement.memory.columns import state_of
from reinforcement.memory.features import ability, logit, sigmoid
from reinforcement.memory.foresight import Schedule, coming
from reinforcement.memory.gains import gains
from reinforcement.memory.prior import PRIOR
from reinforcement.memory.proficiency import CURVE_DAYS
from reinforcement.memory.recall import predict
from reinforcement.memory.spacing import FixedRule, OnceRule
from reinforcement.memory.trace import continued
from tests.reinforcement.memory.logs import ITEM, record_of

HISTORY = [(0.0, 0, True), (9.0, 1, False), (3.0, 0, True), (20.0, 2, True)]
QUESTIONS = range(4)


def known(after: float = 4.0):
    """A learner's records of four questions, the last one never asked, the moment, and the recalls then."""
    records = [record_of(HISTORY, question)[0] for question in QUESTIONS]
    now = record_of(HISTORY)[1] + after
    return records, now, [predict(PRIOR.recall, record, ITEM, now) for record in records]


def gained(schedule: Schedule) -> np.ndarray:
    records, now, recalls = known()
    return gains(PRIOR.trace, [records], [ITEM] * 4, [recalls], schedule, CURVE_DAYS, now)[0]


def test_nothing_is_gained_now_and_never_less_than_nothing_later():
    found = gained(Schedule(FixedRule(), 0b0011111, 0, 2, 3, None))
    assert found.shape == (4, len(CURVE_DAYS))
    assert found[:, 0] == pytest.approx(0)
    assert (found >= 0).all()
    assert (found[:, -1] > 0.01).any()


def test_question_that_is_not_asked_gains_nothing():
    found = gained(Schedule(OnceRule(), 0b0011111, 0, 2, 3, None))
    assert found[:3] == pytest.approx(0)
    assert found[3, 1] > 0


def test_gain_is_what_the_trace_model_moves_on_top_of_the_recall():
    """In log odds the new question moves as the trace model says, whatever the recall model says of it now."""
    records, now, recalls = known()
    schedule = Schedule(OnceRule(), 0b0011111, 0, 2, 3, None)
    [gain] = gained(schedule)[3:, 1]
    state = state_of([[None]], np.array([[ability(records[3])]]), np.array([ITEM.easiness]))
    [[without]], [[practised]] = coming(PRIOR.trace, state, schedule, CURVE_DAYS)
    moved = sigmoid(logit(recalls[3]) + logit(practised[1]) - logit(without[0]))
    stays = continued(PRIOR.trace, records[3], recalls[3], now).recall(now + 7)
    assert gain == pytest.approx(moved - stays)
