"""The difference of two groups and its interval, without a database: literal numbers, properties, and simulated worlds."""

import random
from statistics import mean

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from reinforcement.programs.comparison import (
    FEWEST_OF_EACH,
    FEWEST_PEOPLE,
    Difference,
    Group,
    difference,
    fewest_people,
    group_of,
    scale_of,
    t_quantile,
)
from reinforcement.programs.comparison_words import finding_in_words

WORLDS = 1000
PEOPLE = some.lists(
    some.tuples(some.integers(0, 30), some.integers(0, 30)).map(lambda pair: (max(*pair, 1), min(pair))), min_size=2, max_size=20
)


def drawn_group(randomness: random.Random, people: int, share: float, spread: float) -> Group:
    """People whose ability differs, with up to twelve answers; some answer far more often than others."""
    counted = []
    for _person in range(people):
        ability = randomness.betavariate(share / spread, (1 - share) / spread)
        answers = randomness.randint(0, 12)
        counted.append((answers, sum(randomness.random() < ability for _answer in range(answers))))
    return group_of(counted)


def simulated(people: int, fixed_people: int, planted: float, spread: float) -> list[Difference]:
    randomness = random.Random(20260901)
    found = (
        difference(drawn_group(randomness, people, 0.6 + planted, spread), drawn_group(randomness, fixed_people, 0.6, spread))
        for _world in range(WORLDS)
    )
    return [one for one in found if one is not None]


@pytest.mark.parametrize("spread", [0.02, 0.25])
@pytest.mark.parametrize(("people", "fixed_people"), [(8, 8), (30, 30), (60, 10)])
def test_interval_holds_the_planted_difference_in_about_95_of_100_worlds(people, fixed_people, spread):
    found = simulated(people, fixed_people, 0.1, spread)
    coverage = mean(one.low <= 0.1 <= one.high for one in found)
    assert len(found) > 0.95 * WORLDS
    # 0.007 is the spread of a share of 0.95 in a thousand worlds; where people hardly differ, the floor of the variance makes it wider.
    assert 0.93 <= coverage <= 0.98


@pytest.mark.parametrize(("people", "fixed_people"), [(8, 8), (30, 30), (60, 10)])
def test_no_difference_is_called_one_in_about_5_of_100_worlds(people, fixed_people):
    found = simulated(people, fixed_people, 0.0, 0.15)
    alarms = mean(one.is_clear for one in found)
    assert 0.02 <= alarms <= 0.07


def test_answers_taken_as_separate_would_promise_too_much():
    """What the person as the unit is for: the same worlds, judged by the variance of separate answers."""
    randomness = random.Random(7)
    held = 0
    for _world in range(WORLDS):
        groups = [drawn_group(randomness, 30, 0.6, 0.25) for _group in range(2)]
        spread = sum(group.share * (1 - group.share) / group.answers for group in groups) ** 0.5
        held += abs(groups[0].share - groups[1].share) <= 1.96 * spread
    assert held / WORLDS < 0.85


def test_literal_groups_give_literal_numbers():
    adaptive = group_of([(4, 4), (2, 2), (4, 2), (2, 0), (3, 3), (5, 4), (4, 1), (6, 6)])
    assert (adaptive.people, adaptive.answers, adaptive.right) == (8, 30, 22)
    share = 22 / 30
    squares = sum((r - share * n) ** 2 for n, r in [(4, 4), (2, 2), (4, 2), (2, 0), (3, 3), (5, 4), (4, 1), (6, 6)])
    assert adaptive.variance == pytest.approx(8 / 7 * squares / 900)
    found = difference(Group(31, 212, 150, 0.0016), Group(29, 190, 127, 0.0009))
    # t with (0.0025)^2 / (0.0016^2 / 30 + 0.0009^2 / 28) = 54.7 degrees of freedom is 2.0043.
    assert found.estimate == pytest.approx(150 / 212 - 127 / 190)
    assert found.high - found.estimate == pytest.approx(2.0043 * 0.05, abs=1e-5)
    assert (found.points, found.low_points, found.high_points, found.is_clear) == (4, -6, 14, False)


@pytest.mark.parametrize("freedom", [7, 7.4, 9, 14.2, 30, 200, 10_000])
def test_quantile_of_t_agrees_with_its_reference(freedom):
    assert t_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=1e-4)


@given(PEOPLE)
def test_group_has_the_sums_of_its_people_and_at_least_the_spread_of_separate_answers(people):
    group = group_of(people)
    assert (group.answers, group.right) == (sum(n for n, _r in people), sum(r for _n, r in people))
    assert group.people == len(people)
    assert group.variance >= group.share * (1 - group.share) / group.answers
    assert group_of([*people, (0, 0)]) == group
    assert group_of(people[::-1]).variance == pytest.approx(group.variance)


@given(PEOPLE, PEOPLE)
def test_groups_that_change_places_turn_the_difference_round(people, others):
    one, other = group_of(people), group_of(others)
    found, turned = difference(one, other), difference(other, one)
    assert (found is None) == (turned is None) == (min(one.right, one.others, other.right, other.others) < FEWEST_OF_EACH)
    if found is not None and turned is not None:
        assert -1 <= found.low <= found.estimate <= found.high <= 1
        assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low))


def test_too_few_right_or_other_answers_give_no_difference():
    enough = Group(9, 40, 20, 0.01)
    for right in (FEWEST_OF_EACH - 1, 40 - FEWEST_OF_EACH + 1):
        assert difference(Group(9, 40, right, 0.01), enough) is None
        assert difference(enough, Group(9, 40, right, 0.01)) is None
    assert difference(Group(9, 40, FEWEST_OF_EACH, 0.01), enough) is not None


def test_organization_may_ask_for_more_people_never_for_fewer():
    assert [fewest_people(minimum) for minimum in (5, FEWEST_PEOPLE, 12)] == [FEWEST_PEOPLE, FEWEST_PEOPLE, 12]


def test_scale_has_0_in_its_middle_and_keeps_the_interval_on_it():
    scale = scale_of(Difference(0.04, -0.012, 0.092))
    assert scale == type(scale)(10, "69.60", "44.12", "95.08")
    assert scale_of(Difference(-0.3, -0.51, -0.09)).end == 55


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Difference(0.041, -0.012, 0.092), "right 4 points more often (from 1 less to 9 more, 95 % interval). That could be chance."),
        (Difference(0.06, 0.02, 0.1), "right 6 points more often (from 2 to 10 more, 95 % interval)."),
        (Difference(-0.01, -0.02, 0.004), "right 1 point less often (from 0 to 2 less, 95 % interval). That could be chance."),
        (Difference(-0.06, -0.1, -0.02), "right 6 points less often (from 2 to 10 less, 95 % interval)."),
        # An end that is shown as 0 leaves 0 in the interval.
        (Difference(0.05, 0.004, 0.096), "right 5 points more often (from 0 to 10 more, 95 % interval). That could be chance."),
        (
            Difference(0.001, -0.05, 0.052),
            "right as often as those with fixed spacing (from 5 less to 5 more, 95 % interval). That could be chance.",
        ),
    ],
)
def test_finding_names_its_interval_and_no_effect_that_could_be_chance(found, said):
    with translation.override("en"):
        assert finding_in_words(found) == f"On questions drawn by lot, sellers with the adaptive choice were {said}"
