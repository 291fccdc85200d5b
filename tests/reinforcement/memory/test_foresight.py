"""Foresight: arrays that say what plain Python says, and a simulated program that obeys its settings every day."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinforcement.memory import foresight, policy
from reinforcement.memory.columns import State, answer, beginners, recall, state_of
from reinforcement.memory.features import HALF_LIVES, Practice, Record, ability, practised
from reinforcement.memory.foresight import Schedule, choose, coming, simulate
from reinforcement.memory.spacing import AdaptiveRule, FixedRule, OnceRule
from reinforcement.memory.trace import SHAPE, curve, exposures
from tests.reinforcement.memory.logs import ITEM, histories, past_of, record_of
from tests.reinforcement.memory.test_trace import MODEL

MONDAY_TO_FRIDAY = 0b0011111
RULES = {"adaptive": AdaptiveRule(), "fixed": FixedRule(), "errors": FixedRule(rights_to_retire=1), "once": OnceRule()}
questions_of_logs = range(4)


def schedule(rule=RULES["adaptive"], *, weekdays=MONDAY_TO_FRIDAY, first_weekday=0, new=2, cap=3, length=None) -> Schedule:
    return Schedule(rule, weekdays, first_weekday, new, cap, length)


def team(learners=12, questions=15) -> State:
    return beginners(np.linspace(-1, 1, learners), np.linspace(-0.5, 1, questions))


def state_of_records(*records: Record) -> State:
    return state_of([[record.practice for record in records]], np.array([ability(record) for record in records]), np.array(ITEM.easiness))


def same(one: State, other: State) -> bool:
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(State))


@given(histories, st.floats(0, 400))
def test_recall_is_that_of_the_curve_for_new_questions_too(history, later):
    past, at = past_of(history)
    records = [past.record(question, ("listening",)) for question in questions_of_logs]
    found = recall(MODEL, state_of_records(*records), at + later)[0]
    assert found == pytest.approx([curve(MODEL, record, ITEM).recall(at + later) for record in records], abs=1e-9)
    assert ((found > 0) & (found < 1)).all()


@given(st.lists(st.tuples(st.floats(-30, 60), st.lists(st.sampled_from([None, True, False]), min_size=4, max_size=4)), max_size=15))
def test_answers_change_the_arrays_as_they_change_a_record(rounds):
    state = beginners(np.zeros(1), np.zeros(4))
    practices: list[Practice | None] = [None] * 4
    now = 100.0
    for gap, rights in rounds:
        now += gap
        asked = [place for place, is_right in enumerate(rights) if is_right is not None]
        state = answer(state, (np.zeros(len(asked), dtype=int), asked), np.array([rights[place] for place in asked], dtype=bool), now)
        for place in asked:
            practices[place] = practised(practices[place], rights[place], now)
    expected = state_of([practices], np.zeros(1), np.zeros(4))
    for field in fields(State):
        assert getattr(state, field.name) == pytest.approx(getattr(expected, field.name), rel=1e-12, abs=1e-12)


def test_an_answer_leaves_the_state_before_it_as_it_was():
    state = team()
    before = recall(MODEL, state, 0.0)
    answer(state, ([0], [0]), np.array([True]), 1.0)
    assert np.array_equal(recall(MODEL, state, 0.0), before)
    assert not state.answers.any()


@given(histories, st.floats(0, 200), st.floats(0, 200))
def test_recall_without_practice_never_rises(history, sooner, more):
    record, at = record_of(history)
    state = state_of_records(record)
    assert recall(MODEL, state, at + sooner + more)[0, 0] <= recall(MODEL, state, at + sooner)[0, 0] + 1e-12


@given(histories, st.floats(0, 60), st.floats(0, 100))
def test_one_more_exposure_never_lowers_the_trace(history, pause, later):
    record, at = record_of(history)
    practice = record.practice
    if practice is None:
        return
    state = state_of_records(record)
    now = at + pause
    exposed = foresight._exposed(state, ([0], [0]), np.array([0.0]), now)
    assert recall(MODEL, exposed, now + later)[0, 0] >= recall(MODEL, state, now + later)[0, 0] - 1e-12
    left = [
        count * 2 ** (-max(now - practice.at, 0) / half_life) + 0.7 for count, half_life in zip(exposures(record), HALF_LIVES, strict=True)
    ]
    last = max(now, practice.at)
    after = replace(curve(MODEL, record, ITEM), exposures=tuple(left), at=last)
    assert recall(MODEL, exposed, last + later)[0, 0] == pytest.approx(after.recall(last + later), abs=1e-9)


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=8, deadline=None)
@given(weekdays=st.integers(1, 127), first_weekday=st.integers(0, 6), new=st.integers(1, 4), cap=st.integers(1, 4), seed=st.integers(0, 9))
def test_every_day_obeys_the_cap_the_new_ones_and_the_days_off(name, weekdays, first_weekday, new, cap, seed):
    plan = schedule(RULES[name], weekdays=weekdays, first_weekday=first_weekday, new=new, cap=cap, length=40)
    asked_new = []

    def watched(worth, is_new, most_new, most):
        chosen = choose(worth, is_new, most_new, most)
        asked_new.append((chosen & is_new).sum(axis=1))
        return chosen

    foresight.choose, kept = watched, foresight.choose
    try:
        found = simulate(MODEL, team(6, 10), plan, (0, 20, 60), np.random.default_rng(seed))
    finally:
        foresight.choose = kept
    assert found.asked.max(initial=0) <= cap
    assert max((new_ones.max() for new_ones in asked_new), default=0) <= new
    assert all(weekdays >> ((first_weekday + day) % 7) & 1 and day < 40 for day in found.delivery_days)
    assert ((found.recall > 0) & (found.recall < 1)).all()


def test_the_worthiest_are_chosen_and_new_ones_only_up_to_their_share():
    worth = np.array([[0.5, 0.9, 0.8, 0.1, -np.inf], [-np.inf, -np.inf, 0.2, np.inf, 0.3]])
    is_new = np.array([[False, True, True, True, False], [False, False, True, True, True]])
    expected = [[True, True, False, False, False], [False, False, False, True, False]]
    assert choose(worth, is_new, 1, 2).tolist() == expected


@pytest.mark.parametrize("name", RULES)
def test_seed_makes_a_result_that_comes_again(name):
    one, again, other = (
        simulate(MODEL, team(), schedule(RULES[name], length=60), (0, 30, 60), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.recall, again.recall)
    assert np.array_equal(one.asked, again.asked)
    assert not np.array_equal(one.recall, other.recall)


def test_fixed_spacing_asks_each_question_on_its_days():
    # Nobody ever misses; everything is right: new on day 0, again after 24 days, then mastered.
    easy = beginners(np.full(2, 40.0), np.zeros(2))
    found = simulate(MODEL, easy, schedule(FixedRule(), weekdays=127, new=2), (0, 60), np.random.default_rng(0), share=1.0)
    assert {day: count for day, count in zip(found.delivery_days, found.asked[0].tolist(), strict=True) if count} == {0: 2, 24: 2}
    assert (found.seen_by(1.0), found.finished_by(1.0)) == (0, 24)
    assert found.seen.tolist() == [1, 1]
    assert found.asked_in_all == 4
    assert found.answered.tolist() == [4, 4]


def test_wrong_answers_return_sooner_and_errors_only_ends_with_one_right(monkeypatch):
    monkeypatch.setattr(policy, "RANDOM_SHARE", 0.0)
    hard, easy = (beginners(np.full(1, level), np.zeros(1)) for level in (-40.0, 40.0))
    days = (0, 40)

    def asked(state, rule):
        found = simulate(MODEL, state, schedule(rule, weekdays=127), days, np.random.default_rng(0), share=1.0)
        return [day for day, count in zip(found.delivery_days, found.asked[0], strict=True) if count]

    assert asked(hard, FixedRule()) == [0, 12, 24, 36]
    assert asked(hard, RULES["errors"]) == [0, 12, 24, 36]
    assert asked(easy, RULES["errors"]) == [0]
    assert asked(hard, OnceRule()) == [0]
    assert asked(hard, AdaptiveRule()) == [0, 7, 14, 21, 28, 35]
    assert asked(easy, AdaptiveRule()) == [0, 14, 28]


@pytest.mark.parametrize(
    ("name", "level", "finished"), [("adaptive", 40.0, None), ("errors", 40.0, 0), ("errors", -40.0, None), ("once", -40.0, 0)]
)
def test_a_rule_with_an_end_says_when_nothing_comes_back(name, level, finished):
    plan = schedule(RULES[name], weekdays=127)
    found = simulate(MODEL, beginners(np.full(3, level), np.zeros(1)), plan, (0, 60), np.random.default_rng(0), share=1.0)
    assert found.finished_by(0.9) == finished


def test_oldest_due_come_first_and_before_what_is_new():
    state = answer(beginners(np.full(1, 40.0), np.zeros(4)), ([0, 0], [2, 0]), np.array([True, True]), -30.0)
    state = answer(state, ([0], [1]), np.array([False]), -20.0)
    worth = foresight._worth(MODEL, schedule(FixedRule()), state, 0.0)
    # 1 is 8 days overdue, 0 and 2 are 6, in the order of the program.
    assert np.argsort(-worth[0]).tolist() == [1, 0, 2, 3]


def test_unanswered_questions_stay_new():
    found = simulate(MODEL, team(3, 4), schedule(OnceRule(), weekdays=127), (0, 30), np.random.default_rng(0), share=0.0)
    assert found.answered.tolist() == [0, 0, 0]
    assert found.asked.sum(axis=1).tolist() == [60, 60, 60]
    assert found.recall[:, 0] == pytest.approx(found.recall[:, 1])


def test_a_result_says_what_its_days_hold():
    found = foresight.Foreseen(
        days=(0, 10),
        recall=np.array([[0.2, 0.5], [0.4, 0.7]]),
        delivery_days=(0, 1),
        asked=np.array([[2, 1], [2, 3]]),
        seen_on=np.array([4.0, np.nan]),
        finished_on=np.array([9.0, np.nan]),
        seen=np.array([1.0, 0.5]),
        answered=np.array([3, 4]),
    )
    assert found.mean == pytest.approx([0.3, 0.6])
    assert [edge[1] for edge in found.interval] == pytest.approx([0.51, 0.69])
    assert found.a_set == 2
    assert found.asked_in_all == 4
    assert (found.seen_by(0.5), found.seen_by(0.9)) == (4, None)
    assert (found.finished_by(0.5), found.finished_by(0.9)) == (9, None)


def test_nothing_asked_leaves_beginners_where_they_are():
    found = simulate(MODEL, team(), None, (0, 90), np.random.default_rng(0))
    assert found.recall[:, 0] == pytest.approx(found.recall[:, 1])
    assert found.asked_in_all == 0


def test_practice_is_worth_more_than_none_and_adaptive_more_than_fixed_per_question():
    days = (0, 90)
    plans = {name: schedule(RULES[name], length=90) for name in ("adaptive", "fixed")}
    state = team(60, 50)
    without = simulate(MODEL, state, None, days, np.random.default_rng(0))
    found = {name: simulate(MODEL, state, plan, days, np.random.default_rng(0)) for name, plan in plans.items()}
    per_question = {name: (one.mean[-1] - without.mean[-1]) / one.asked_in_all for name, one in found.items()}
    assert per_question["adaptive"] > per_question["fixed"] > 0


class TestComing:
    DAYS = tuple(range(0, 61, 7))

    def records(self):
        past, at = past_of([(3.0, question % 3, question % 2 == 0) for question in range(9)])
        records = [past.record(question, ("listening",)) for question in questions_of_logs]
        moved = [
            record._replace(practice=record.practice._replace(at=record.practice.at - at - 10)) if record.practice else record
            for record in records
        ]
        return state_of_records(*moved)

    def test_without_questions_it_is_the_forgetting_curve(self):
        state = self.records()
        without, practised = coming(MODEL, state, schedule(weekdays=0), self.DAYS)
        assert without.shape == practised.shape == (1, 4, len(self.DAYS))
        assert np.array_equal(without, practised)
        assert (np.diff(without, axis=-1) <= 1e-12).all()
        assert without[..., 3] == pytest.approx(recall(MODEL, state, 21))

    @pytest.mark.parametrize("name", RULES)
    def test_practice_raises_what_was_seen_and_starts_at_the_same_point(self, name):
        without, practised = coming(MODEL, self.records(), schedule(RULES[name]), self.DAYS)
        assert practised[..., 0] == pytest.approx(without[..., 0])
        assert (practised[:, :3] >= without[:, :3] - 1e-12).all()

    def test_it_comes_to_the_same_each_time_and_leaves_the_state(self):
        state = self.records()
        first = coming(MODEL, state, schedule(), self.DAYS)
        assert same(state, self.records())
        assert np.array_equal(first[1], coming(MODEL, state, schedule(), self.DAYS)[1])

    def test_nothing_is_asked_after_the_end(self):
        _without, practised = coming(MODEL, self.records(), schedule(length=14), self.DAYS)
        assert (np.diff(practised[..., 2:], axis=-1) <= 1e-12).all()

    def test_one_expected_exposure_is_that_of_the_policy(self):
        state = self.records()
        _without, practised = coming(MODEL, state, schedule(OnceRule(), weekdays=1, new=1), (0, 7))
        chance = recall(MODEL, state, 0)[0, 3]
        left = 2.0 ** (-7 / np.array(HALF_LIVES)) @ SHAPE * (chance + 0.7 * (1 - chance))
        odds = MODEL.intercept + MODEL.ability * state.ability[0, 3] + (MODEL.easiness + MODEL.easiness_if_seen) * ITEM.easiness
        odds += MODEL.last_right * chance + MODEL.trace * np.log(left)
        assert practised[0, 3, 1] == pytest.approx(1 / (1 + np.exp(-odds)))
