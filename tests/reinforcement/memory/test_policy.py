"""Choosing under a cap: what rests, what is worth asking, and that arrays and plain Python speak of the same recall."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.memory import policy
from reinforcement.memory.features import HALF_LIVES, ability
from reinforcement.memory.policy import MOST_BETWEEN, Candidates, choose, days_between, draw, rests, values
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
    assert rests(candidates(record), at + days)[0] != is_asked


def test_new_question_never_rests():
    record, at = record_of([(0.0, 1, True)])
    assert not rests(candidates(record), at)[0]


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


def test_what_weighs_more_never_comes_later_also_where_asking_loses():
    record, at = record_of([(0.0, 1, True)])
    # A person who would nearly surely be wrong, and a question that is easy only for who has seen it.
    loses = replace(MODEL, new=6.0)
    plain, heavy = (values(loses, candidates(record, weight=weight), at, 20.0)[0] for weight in (1.0, 1.5))
    assert plain < heavy < 0


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


def choosing(worth, is_new, *, learners=None, programs=None, drawn=(), cap=3, most_new=2, seed=0):
    """What is chosen of these pairs of one learner and program, unless others are named; by their numbers, each with its place."""
    count = len(worth)
    columns = [np.zeros(count, dtype=int) if column is None else np.array(column) for column in (learners, programs)]
    is_drawn = np.isin(np.arange(count), drawn)
    caps, new = np.full(count, cap), np.full(count, most_new)
    chosen = choose(np.array(worth), *columns, np.array(is_new), is_drawn, caps, new, np.random.default_rng(seed))
    return list(zip(chosen.pairs.tolist(), chosen.places.tolist(), strict=True))


def test_worthiest_are_chosen_and_new_ones_only_up_to_their_number(monkeypatch):
    monkeypatch.setattr(policy, "NEW_SHARE", 0.0)
    worth, is_new = [0.5, 0.9, 0.8, 0.7, -np.inf], [False, True, True, True, False]
    assert choosing(worth, is_new) == [(1, 0), (2, 1), (0, 2)]
    assert choosing(worth, is_new, most_new=1) == [(1, 0), (0, 1)]
    # Each program has its own number of new ones, each learner a cap.
    assert choosing(worth, is_new, programs=[0, 0, 1, 1, 0], most_new=1) == [(1, 0), (2, 1), (0, 2)]
    assert choosing(worth, is_new, learners=[0, 0, 1, 1, 1], cap=1) == [(1, 0), (2, 0)]


def test_what_is_drawn_comes_first_though_it_rests(monkeypatch):
    monkeypatch.setattr(policy, "NEW_SHARE", 0.0)
    assert choosing([0.5, 0.9, -np.inf], [False] * 3, drawn=[2], cap=2) == [(2, 0), (1, 1)]


def test_new_question_gets_its_share_of_slots(monkeypatch):
    monkeypatch.setattr(policy, "NEW_SHARE", 1.0)
    assert choosing([0.5, 0.9, 0.1, 0.2], [False, False, True, True], cap=2, most_new=1) == [(3, 0), (1, 1)]


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 4), st.integers(0, 99))
def test_choice_obeys_cap_and_number_of_new_ones_of_every_learner(pairs, cap, most_new, seed):
    chance = np.random.default_rng(seed)
    learners, programs, is_new = np.sort(chance.integers(0, 4, pairs)), chance.integers(0, 3, pairs), chance.random(pairs) < 0.5
    worth = np.where(chance.random(pairs) < 0.3, -np.inf, chance.random(pairs))
    drawn = np.flatnonzero(chance.random(pairs) < 0.1)
    found = [
        pair for pair, _place in choosing(worth, is_new, learners=learners, programs=programs, drawn=drawn, cap=cap, most_new=most_new)
    ]
    assert len(set(found)) == len(found)
    assert all(np.isfinite(worth[pair]) or pair in drawn for pair in found)
    for learner in range(4):
        asked = [pair for pair in found if learners[pair] == learner]
        assert len(asked) <= cap
        fresh = [pair for pair in asked if is_new[pair] and pair not in drawn]
        assert all(sum(programs[pair] == program for pair in fresh) <= most_new for program in range(3))


def test_one_slot_in_twenty_is_drawn_from_all_questions_and_none_twice():
    people = np.arange(4_000)
    days, caps, counts = np.full(4_000, 739_000), np.full(4_000, 3), np.full(4_000, 20)
    learners, numbers = draw(people, days, caps, counts)
    assert len(learners) / (3 * 4_000) == pytest.approx(0.05, abs=0.01)
    assert np.bincount(numbers, minlength=20) / len(numbers) == pytest.approx(np.full(20, 0.05), abs=0.03)
    assert len(set(zip(learners.tolist(), numbers.tolist(), strict=True))) == len(learners)


def test_lot_is_that_of_a_person_and_a_day():
    def lots(people, day):
        size = len(people)
        found = draw(np.array(people), np.full(size, day), np.full(size, 3), np.full(size, 20))
        return {(people[place], number) for place, number in zip(*[column.tolist() for column in found], strict=True)}

    people = list(range(1_000, 3_000))
    today = lots(people, 739_000)
    assert lots(people, 739_000) == today
    assert lots(people[::2], 739_000) == {lot for lot in today if lot[0] % 2 == 0}
    assert len(today & lots(people, 739_001)) < len(today) / 10
