"""Current proficiency and its interval."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.memory.proficiency import FEWEST_ANSWERS, proficiency


def test_below_five_answers_nothing_is_said():
    assert proficiency([0.5] * 10, FEWEST_ANSWERS - 1) is None
    assert proficiency([], 100) is None


def test_share_and_interval_of_ten_even_questions():
    found = proficiency([0.5] * 10, 20)
    assert (found.share, found.low, found.high, found.questions, found.answers) == (0.5, 0.2, 0.8, 10, 20)


def test_sure_questions_leave_no_doubt():
    found = proficiency([1.0] * 4 + [0.0], 9)
    assert (found.share, found.low, found.high) == (0.8, 0.8, 0.8)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_interval_holds_nine_of_ten_rounds(recalls):
    found = proficiency(recalls, 5)
    inside = 0.0
    for outcome in itertools.product((0, 1), repeat=len(recalls)):
        chance = math.prod(recall if right else 1 - recall for recall, right in zip(recalls, outcome, strict=True))
        if found.low - 1e-9 <= sum(outcome) / len(recalls) <= found.high + 1e-9:
            inside += chance
    assert inside >= 0.9 - 1e-9
    assert found.low - 1e-9 <= found.high


def test_more_questions_narrow_the_interval():
    few, many = (proficiency([0.6] * count, 50) for count in (10, 400))
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("recall", [-0.1, 1.1])
def test_what_is_no_probability_is_refused(recall):
    with pytest.raises(ValueError, match="between 0 and 1"):
        proficiency([recall], 10)
