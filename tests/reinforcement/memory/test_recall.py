"""Fitted models: they find what was planted, and say the same in plain Python as in arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinforcement.memory import fitting
from reinforcement.memory.features import FEATURES
from reinforcement.memory.fitting import fit, fit_logistic, log_loss, log_odds, probabilities
from reinforcement.memory.recall import Model, predict
from tests.reinforcement.memory.logs import ITEM, histories, record_of

PLANTED = np.array([0.8, -1.2, 0.0, 0.5])


def planted(count: int, *, curved: bool = False, seed: int = 1):
    """Rows, answers and learners of a world whose log odds are known."""
    randomness = np.random.default_rng(seed)
    rows = randomness.normal(size=(count, 4))
    odds = 0.3 + rows @ PLANTED + (2.5 * (np.abs(rows[:, 2]) > 1) if curved else 0)
    return rows, randomness.random(count) < 1 / (1 + np.exp(-odds)), randomness.integers(0, 200, count)


def test_fit_finds_the_planted_weights():
    rows, rights, _learners = planted(40_000)
    model = fit_logistic(rows, rights, 0.5)
    assert model.weights == pytest.approx(PLANTED, abs=0.05)
    assert model.intercept == pytest.approx(0.3, abs=0.05)


def test_constant_feature_changes_nothing():
    rows, rights, _learners = planted(5_000)
    with_constant = np.column_stack([rows, np.full(len(rows), 7.0)])
    assert log_odds(fit_logistic(with_constant, rights, 0.5), with_constant) == pytest.approx(
        log_odds(fit_logistic(rows, rights, 0.5), rows), abs=1e-6
    )


@pytest.mark.parametrize("rights", [np.ones(10, dtype=bool), np.zeros(10, dtype=bool), np.zeros(0, dtype=bool)])
def test_answers_of_one_kind_are_refused(rights):
    with pytest.raises(ValueError, match="both kinds"):
        fit_logistic(np.zeros((len(rights), 2)), rights, 0.5)


def test_trees_come_where_they_help_and_say_the_same_in_plain_python():
    rows, rights, learners = planted(12_000, curved=True)
    model = fit(rows, rights, learners, 0.5)
    assert model.second
    assert [model.log_odds(row) for row in rows[:50].tolist()] == pytest.approx(log_odds(model, rows[:50]))
    fresh, answers, _learners = planted(12_000, curved=True, seed=2)
    straight = fit_logistic(rows, rights, 0.5)
    assert log_loss(answers, probabilities(model, fresh)) < log_loss(answers, probabilities(straight, fresh)) - 0.005


def test_trees_stay_away_where_the_latest_answers_gain_nothing():
    rows, rights, learners = planted(12_000, curved=True)
    turned, turned_rights, _learners = planted(12_000, curved=False, seed=2)
    far = np.abs(turned[:, 2]) > 1
    latest = slice(10_800, None)
    # What trees learn of the third feature, and a straight line cannot, is the opposite in the latest tenth.
    rows[latest], rights[latest] = turned[latest], (turned_rights & ~far)[latest]
    assert not fit(rows, rights, learners, 0.5).second


def test_few_answers_get_no_trees():
    assert not fit(*planted(3_000, curved=True), 0.5).second


def test_one_learner_alone_can_be_fitted_with_trees():
    rows, rights, _learners = planted(12_000, curved=True)
    assert fit(rows, rights, np.zeros(len(rows), dtype=int), 0.5).second


@settings(max_examples=50)
@given(histories, st.lists(st.floats(-40, 40), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_probability_lies_within_0_and_1_whatever_the_weights(history, weights):
    record, at = record_of(history)
    assert 0 < predict(Model(0.6, 0.0, tuple(weights)), record, ITEM, at + 1) < 1


def test_largest_ensembles_are_walked_through_within_an_answer():
    # 0.4 microseconds a tree: beyond some 600 of them a prediction would take longer than 0.3 ms (decision 13).
    assert fitting.ENSEMBLE * fitting.BOOSTED["max_iter"] <= 300
