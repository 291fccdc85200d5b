"""Current proficiency and its interval, and how it goes on without practice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.memory.features import FEATURES, Record, logit
from reinforcement.memory.prior import PRIOR, UNKNOWN_ITEM
from reinforcement.memory.proficiency import CURVE_DAYS, FEWEST_ANSWERS, Proficiency, standing, variance_of
from reinforcement.memory.recall import Model, predict
from reinforcement.memory.trace import TraceModel, continued
from reinforcement.memory.versions import Models
from tests.reinforcement.memory.invented import Invented
from tests.reinforcement.memory.logs import ITEM, histories, record_of


def of(recalls, answers=20):
    return Proficiency(len(recalls), answers, sum(recalls), sum(map(variance_of, recalls)))


def chances(recalls):
    """The exact probability of each number of right answers (Poisson binomial distribution)."""
    found = [1.0]
    for recall in recalls:
        found = [here * (1 - recall) + before * recall for here, before in zip([*found, 0.0], [0.0, *found], strict=True)]
    return found


def exactly_between(recalls):
    """The interval that leaves one of twenty rounds at most below and above."""
    below, low = 0.0, None
    for number, chance in enumerate(chances(recalls)):
        below += chance
        if low is None and below > 0.05:
            low = number
        if below >= 0.95:
            return low, number
    return low, len(recalls)


def test_below_five_answers_nothing_is_said():
    assert not of([0.5] * 10, FEWEST_ANSWERS - 1).has_data
    assert not of([], 100).has_data
    with pytest.raises(ValueError, match="not enough data"):
        _share = of([0.5] * 10, 4).share


def test_share_and_interval_of_ten_even_questions():
    found = of([0.5] * 10, 10_000)
    assert (found.share, found.low, found.high) == (0.5, 2, 8)


def test_few_answers_make_the_interval_wide():
    # v = 1 / (1 / 0.98 + 0.2 * 5) = 0.4949; 1.6449 * sqrt(15 + 225 * 0.4949) = 18.5
    found = of([0.5] * 60, 5)
    assert (found.low, found.high) == (12, 48)
    widths = [of([0.5] * 60, answers).high - of([0.5] * 60, answers).low for answers in (5, 20, 100, 10_000)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 2 * widths[-1]


@pytest.mark.parametrize("answers", [5, 10, 20, 60])
def test_nine_of_ten_people_of_an_invented_world_know_what_the_interval_says(answers):
    world = Invented(np.random.default_rng(answers))
    models = world.models()
    inside = 0
    for _person in range(200):
        past, chances, _seen = world.person(answers)
        right = int((world.randomness.random(len(chances)) < chances).sum())
        found = world.proficiency(models, past, answers)
        inside += found.low <= right <= found.high
    # 200 draws of 0.9 lie between 0.83 and 0.96 all but three times in a thousand.
    assert 0.83 <= inside / 200 <= 0.98


def test_sure_questions_leave_no_doubt():
    found = of([1.0] * 4 + [0.0], 9)
    assert (found.share, found.low, found.high) == (0.8, 4, 4)


def test_interval_of_unequal_questions():
    found = of([0.9] * 6 + [0.4] * 4, 10_000)
    assert (found.expected, found.low, found.high) == (pytest.approx(7.0), 5, 9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_interval_of_somebody_well_known_is_the_exact_one_within_a_question(recalls):
    low, high = exactly_between(recalls)
    found = of(recalls, 1_000_000)
    assert abs(found.low - low) <= 1
    assert abs(found.high - high) <= 1
    assert 0 <= found.low <= found.high <= len(recalls)


def test_more_questions_narrow_the_interval():
    few, many = (of([0.6] * count, 50) for count in (10, 400))
    assert (many.high - many.low) / 400 < (few.high - few.low) / 10


@pytest.mark.parametrize("recall", [-0.1, 1.1])
def test_what_is_no_probability_is_refused(recall):
    with pytest.raises(ValueError, match="between 0 and 1"):
        variance_of(recall)


def test_sums_that_answers_have_moved_stay_within_the_questions():
    assert (Proficiency(3, 9, 3.2, -1e-12).low, Proficiency(3, 9, 3.2, -1e-12).high) == (3, 3)


@given(histories, st.floats(0, 100), st.floats(0, 200), st.floats(0, 200))
def test_recall_begins_where_it_stands_and_never_rises_without_practice(history, later, sooner, more):
    record, at = record_of(history)
    now = at + later
    recall = predict(PRIOR.recall, record, ITEM, now)
    curve = continued(PRIOR.trace, record, recall, now)
    assert curve.recall(now) == pytest.approx(recall)
    assert curve.recall(now + sooner + more) <= curve.recall(now + sooner) + 1e-12


def test_question_that_was_never_asked_stays_where_it_is():
    new = Record(None, (), 1, None)
    found = standing(PRIOR, [(new, UNKNOWN_ITEM)], 1_000.0)
    assert found.unpractised == pytest.approx([predict(PRIOR.recall, new, UNKNOWN_ITEM, 1_000.0)] * len(CURVE_DAYS))


@given(st.lists(histories, min_size=1, max_size=5))
def test_standing_is_the_sum_over_the_questions_and_only_falls(several):
    records = [record_of(history)[0] for history in several]
    now = max(record_of(history)[1] for history in several) + 1
    found = standing(PRIOR, [(record, ITEM) for record in records], now)
    recalls = [predict(PRIOR.recall, record, ITEM, now) for record in records]
    assert found.proficiency.questions == len(records)
    assert found.proficiency.answers == sum(record.practice.answers for record in records if record.practice)
    assert found.proficiency.expected == found.unpractised[0] == pytest.approx(sum(recalls))
    assert found.proficiency.variance == pytest.approx(sum(recall * (1 - recall) for recall in recalls))
    assert all(later <= sooner + 1e-12 for sooner, later in zip(found.unpractised, found.unpractised[1:], strict=False))


def test_question_answered_and_question_never_asked_in_numbers():
    """Both stand at 0.7. After three days a trace of 4^-0.35 is left, after 60 more one of 64^-0.35: 0.97 of log odds are lost."""
    weights = dict.fromkeys(FEATURES, 0.0)
    recall = Model(share=0.6, intercept=logit(0.7), weights=tuple(weights.values()))
    models = Models(recall, TraceModel(0, 0, 1.0, 0, 0, 0, 0, 0))
    answered, at = record_of([(0.0, 0, True)])
    never = Record(None, answered.skills, 1, answered.learner)
    found = standing(models, [(answered, ITEM), (never, ITEM)], at + 3)
    assert found.proficiency == Proficiency(2, 1, pytest.approx(1.4), pytest.approx(0.42))
    assert found.unpractised[-1] == pytest.approx(0.7 + 0.469, abs=0.01)
    assert len(found.unpractised) == len(CURVE_DAYS) == 10
