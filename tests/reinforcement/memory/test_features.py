"""A record in constant space says what the whole list of answers says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.memory.features import FEATURES, HALF_LIVES, Record, easiness, faded, features, practised, sigmoid
from reinforcement.memory.fitting import Past
from tests.reinforcement.memory.logs import COMPETENCIES, ITEM, histories, past_of, record_of


def test_literal_history_has_literal_numbers():
    practice = practised(practised(practised(None, is_right=True, at=10), is_right=False, at=17), is_right=False, at=24)
    assert (practice.answers, practice.rights, practice.run, practice.at) == (3, 1, -2, 24)
    # A week is the third half-life: what is two weeks old counts a quarter, one week a half.
    assert practice.tried[2] == pytest.approx(1.75)
    assert practice.rights_left[2] == pytest.approx(0.25)


def test_first_expectation_is_the_question_alone():
    past = Past()
    past.add(1, COMPETENCIES, ITEM, True, 5.0)
    learner = past.record(1, COMPETENCIES).learner
    assert learner.ability == pytest.approx(0.6 * (1 - sigmoid(0.4)))


@given(histories, st.floats(0, 400))
def test_faded_counts_are_the_sum_over_the_list(history, later):
    past, _at = past_of(history)
    practice = past.record(0, COMPETENCIES).practice
    clock, latest, answers = 1_000.0, -math.inf, []
    for gap, question, is_right in history:
        clock += gap
        if question == 0:
            latest = max(latest, clock)
            answers.append((latest, is_right))
    if practice is None:
        assert not answers
        return
    left = faded(practice.tried, later)
    for place, half_life in enumerate(HALF_LIVES):
        assert left[place] == pytest.approx(sum(2 ** (-(latest + later - at) / half_life) for at, _right in answers), rel=1e-9, abs=1e-12)
    assert (practice.answers, practice.rights) == (len(answers), sum(is_right for _at, is_right in answers))


@given(histories)
def test_features_are_finite_and_as_many_as_their_names(history):
    record, at = record_of(history)
    row = features(record, ITEM, at - 3, 0.6)
    assert len(row) == len(FEATURES)
    assert all(math.isfinite(value) for value in row)


@given(histories)
def test_fold_of_a_log_read_in_two_parts_is_the_same(history):
    whole, at = past_of(history)
    halves, _at = past_of(history[: len(history) // 2])
    clock = 1_000.0
    for number, (gap, question, is_right) in enumerate(history):
        clock += gap
        if number >= len(history) // 2:
            halves.add(question, COMPETENCIES, ITEM, is_right, clock)
    for question in range(4):
        assert halves.record(question, COMPETENCIES) == whole.record(question, COMPETENCIES)
    assert at == pytest.approx(clock)


@given(histories)
def test_answers_to_one_question_leave_the_practice_of_others_alone(history):
    alone, _at = past_of([(gap if question == 0 else 0.0, question, right) for gap, question, right in history if question == 0])
    mixed, _at = past_of([(0.0 if question else gap, question, right) for gap, question, right in history])
    assert mixed.record(0, COMPETENCIES).practice == alone.record(0, COMPETENCIES).practice


def test_unknown_learner_has_the_share_of_the_population():
    row = dict(zip(FEATURES, features(Record(None, (), 1, None), ITEM, 1.0, 0.7), strict=True))
    for name in ("learner share", "learner fast", "learner steady"):
        assert sigmoid(row[name]) == pytest.approx(0.7)
    assert (row["new"], row["first easiness if new"], row["easiness if seen"]) == (1.0, 0.1, 0.0)


@pytest.mark.parametrize(("rights", "answers", "expected"), [(0, 0, 0.6), (4, 4, 0.8), (0, 4, 0.3), (400, 400, 402.4 / 404)])
def test_easiness_is_shrunk_by_four_imagined_answers(rights, answers, expected):
    assert sigmoid(easiness(rights, answers, 0.6)) == pytest.approx(expected)
