"""The forgetting curve: its form, and that it only falls."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.memory.features import HALF_LIVES, Record, faded, features, sigmoid
from reinforcement.memory.fitting import fit_trace
from reinforcement.memory.trace import TraceModel, curve, evidence, exposures, trace
from tests.reinforcement.memory.logs import ITEM, histories, record_of

MODEL = TraceModel(intercept=-0.2, new=-0.6, trace=0.7, last_right=0.2, share=0.3, ability=0.9, easiness=1.0, easiness_if_seen=-0.1)


@pytest.mark.parametrize("days", [0, 0.5, 1, 3, 7, 14, 30, 60, 90, 180, 365])
def test_half_lives_follow_the_power_of_time_within_three_percent(days):
    assert trace(faded((1.0,) * len(HALF_LIVES), days)) == pytest.approx((days + 1) ** -0.35, rel=0.03)


@given(histories, st.floats(0, 300), st.floats(0, 300))
def test_recall_without_practice_never_rises_with_time(history, sooner, more):
    record, at = record_of(history)
    forgetting = curve(MODEL, record, ITEM)
    assert forgetting.recall(at + sooner + more) <= forgetting.recall(at + sooner) + 1e-12


@given(histories)
def test_curve_says_what_the_fitted_weights_say(history):
    record, at = record_of(history)
    new, kept, last_right, share, ability, easy, easy_if_seen = evidence(record, ITEM, at + 2)
    odds = MODEL.intercept + MODEL.new * new + MODEL.trace * kept + MODEL.last_right * last_right + MODEL.share * share
    odds += MODEL.ability * ability + MODEL.easiness * easy + MODEL.easiness_if_seen * easy_if_seen
    assert curve(MODEL, record, ITEM).recall(at + 2) == pytest.approx(sigmoid(odds))


def test_wrong_answer_leaves_seven_tenths_of_a_right_one():
    right, _at = record_of([(0.0, 0, True)])
    wrong, _at = record_of([(0.0, 0, False)])
    assert exposures(wrong) == pytest.approx([0.7 * count for count in exposures(right)])


def test_trace_that_would_lower_recall_is_refused():
    with pytest.raises(ValueError, match="rise"):
        TraceModel(0, 0, -0.1, 0, 0, 0, 0, 0)


def test_fit_finds_the_planted_trace():
    randomness = np.random.default_rng(3)
    rows, rights = [], []
    for _learner in range(4_000):
        history = [(float(randomness.integers(1, 40)), 0, bool(randomness.random() < 0.6)) for _answer in range(randomness.integers(0, 5))]
        record, at = record_of(history) if history else (Record(None, (), 1, None), 1_000.0)
        later = at + randomness.uniform(1, 90)
        for easiness in (-1.0, 0.0, 1.0):
            item = ITEM._replace(easiness=easiness)
            rows.append(evidence(record, item, later))
            rights.append(randomness.random() < curve(MODEL, record, item).recall(later))
    fitted = fit_trace(np.array(rows), np.array(rights))
    assert fitted.trace == pytest.approx(MODEL.trace, abs=0.15)
    assert fitted.easiness == pytest.approx(MODEL.easiness, abs=0.12)


def test_practice_that_seems_to_harm_counts_as_none():
    rows = np.array([[0.0, kept, 0, 0, 0, 0, 0] for kept in np.linspace(-2, 2, 400)])
    rights = np.random.default_rng(0).random(400) < 1 / (1 + np.exp(3 * rows[:, 1]))
    assert fit_trace(rows, rights).trace == 0.0


def test_features_do_not_change_with_a_question_that_was_never_asked():
    record = Record(None, (), 1, None)
    assert features(record, ITEM, 1.0, 0.6) == features(record, ITEM, 400.0, 0.6)
