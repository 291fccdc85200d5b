"""What recall will be: a program played day by day by many learners, and what is coming expected. Pure; numpy: workers only.

The trace model is taken at its word: it says how likely an answer is right, the answer is drawn with that chance, and what was answered
changes the record as practised() does. Ability and easiness stand: an Elo step would only add noise to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reinforcement.memory import policy
from reinforcement.memory.columns import State, answer, put, recall
from reinforcement.memory.spacing import AdaptiveRule, FixedRule, Rule
from reinforcement.memory.trace import TraceModel

# Share of the questions in a set that are answered. Others go back to the pool.
ANSWERED = 0.9
# Nine learners of ten lie between these percentiles.
LOW, HIGH = 5, 95
_WEEK = 7


@dataclass(frozen=True)
class Schedule:
    """When a program asks, and what. Days are counted from day 0, which is on `first_weekday` (Monday 0).

    `weekdays` is a bit for each day of delivery, Monday the lowest (accounts/working_days.py). `length` is the number of days from day 0
    to the program's last, None without an end; `begun` how many it has run before day 0.
    """

    rule: Rule
    weekdays: int
    first_weekday: int
    new_per_day: int
    cap_per_day: int
    length: int | None
    begun: int = 0

    def asks_on(self, day: int) -> bool:
        return bool(self.weekdays >> (self.first_weekday + day) % _WEEK & 1) and (self.length is None or day < self.length)


@dataclass(frozen=True)
class Foreseen:
    """What a simulated program came to.

    `recall`: learners x `days`, the expected share of the program's questions that a learner answers rightly on that day, before its set.
    `asked`: learners x `delivery_days`, questions in the set. For each learner, `seen_on`: the day on which the last question was asked for
    the first time, nan where that did not happen; `finished_on`: the day from which nothing comes back by itself, nan where there is none;
    `seen`: the share of the questions that were asked; `answered`: answers in all.
    """

    days: tuple[int, ...]
    recall: np.ndarray
    delivery_days: tuple[int, ...]
    asked: np.ndarray
    seen_on: np.ndarray
    finished_on: np.ndarray
    seen: np.ndarray
    answered: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Expected recall on each of `days`, over learners and questions."""
        return self.recall.mean(axis=0)

    @property
    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Between which values nine learners of ten lie on each of `days`."""
        low, high = np.percentile(self.recall, [LOW, HIGH], axis=0)
        return low, high

    @property
    def a_set(self) -> float:
        """Questions in a set, on average over the sets that there are; 0 where there is none."""
        sets = self.asked[self.asked > 0]
        return float(sets.mean()) if sets.size else 0.0

    @property
    def asked_in_all(self) -> float:
        """Questions that one learner is asked, on average."""
        return float(self.asked.sum(axis=1).mean()) if self.delivery_days else 0.0

    def seen_by(self, share: float) -> int | None:
        """The day by which this share of the learners were asked each question; None where so many were not."""
        return _day_of(self.seen_on, share)

    def finished_by(self, share: float) -> int | None:
        """The day by which nothing comes back to this share of the learners; None where so many do not get there."""
        return _day_of(self.finished_on, share)


def _day_of(days: np.ndarray, share: float) -> int | None:
    """By when this share of `days` has come; nan never comes."""
    found = np.sort(days)[max(int(np.ceil(share * len(days))), 1) - 1]
    return int(found) if np.isfinite(found) else None


def simulate(
    model: TraceModel,
    state: State,
    schedule: Schedule | None,
    days: Sequence[int],
    randomness: np.random.Generator,
    *,
    share: float = ANSWERED,
) -> Foreseen:
    """`schedule` played from `state` until the last of `days` (ascending), at which recall is looked at; None asks nothing.

    `share` of the questions asked are answered. The same generator in the same state gives the same result.
    """
    learners = len(state.answers)
    seen = state.answers > 0
    seen_on = np.where(seen.all(axis=1), 0.0, np.nan)
    finished_on = np.full(learners, np.nan)
    looks, delivery_days, sizes = [], [], []
    answered = np.zeros(learners)
    for day in range(days[-1] + 1):
        if day in days:
            looks.append(recall(model, state, day).mean(axis=1))
        if schedule is None or day == days[-1] or not schedule.asks_on(day):
            continue
        asked = _asked(model, schedule, state, day, randomness)
        delivery_days.append(day)
        sizes.append(asked.sum(axis=1))
        seen |= asked
        seen_on[np.isnan(seen_on) & seen.all(axis=1)] = day
        pairs = np.nonzero(asked & (randomness.random(asked.shape) < share))
        answered += np.bincount(pairs[0], minlength=learners)
        rights = randomness.random(len(pairs[0])) < recall(model, state.pick(pairs), day)
        state = answer(state, pairs, rights, day)
        finished_on[np.isnan(finished_on) & _is_retired(schedule.rule, state).all(axis=1)] = day
    asked_on = np.array(sizes).T if sizes else np.zeros((learners, 0), dtype=int)
    return Foreseen(tuple(days), np.array(looks).T, tuple(delivery_days), asked_on, seen_on, finished_on, seen.mean(axis=1), answered)


def choose(worth: np.ndarray, is_new: np.ndarray, most_new: int, cap: int) -> np.ndarray:
    """Which questions each learner (a row) is asked: the worthiest, at most `cap`, of which `most_new` new; minus infinity is not asked."""
    order = np.argsort(-worth, axis=1, kind="stable")
    new = np.take_along_axis(is_new, order, axis=1)
    fits = (np.take_along_axis(worth, order, axis=1) > -np.inf) & ~(new & (np.cumsum(new, axis=1) > most_new))
    fits &= np.cumsum(fits, axis=1) <= cap
    chosen = np.zeros_like(is_new)
    np.put_along_axis(chosen, order, fits, axis=1)
    return chosen


def _asked(model: TraceModel, schedule: Schedule, state: State, day: float, randomness: np.random.Generator) -> np.ndarray:
    """Which questions each learner is asked on a day; by value, chosen and drawn by lot as mornings do."""
    worth, is_new = _worth(model, schedule, state, day), state.answers == 0
    if not isinstance(schedule.rule, AdaptiveRule):
        return choose(worth, is_new, schedule.new_per_day, schedule.cap_per_day)
    learners, questions = worth.shape
    is_drawn = np.zeros(worth.shape, dtype=bool)
    names = randomness.integers(0, 1 << 40, size=(learners,))
    is_drawn[policy.draw(names, np.full(learners, day), np.full(learners, schedule.cap_per_day), np.full(learners, questions))] = True
    of_one_program = np.zeros(worth.size, dtype=int)
    chosen = policy.choose(
        worth.ravel(),
        np.repeat(np.arange(learners), questions),
        of_one_program,
        is_new.ravel(),
        is_drawn.ravel(),
        of_one_program + schedule.cap_per_day,
        of_one_program + schedule.new_per_day,
        randomness,
    )
    asked = np.zeros(worth.size, dtype=bool)
    asked[chosen.pairs] = True
    return asked.reshape(worth.shape)


def _worth(model: TraceModel, schedule: Schedule, state: State, day: float) -> np.ndarray:
    """A score for each pair by the rule of the schedule."""
    if isinstance(schedule.rule, AdaptiveRule):
        # As mornings reckon: up to the last day, and between the first day and the last.
        ahead = policy.OPEN_HORIZON if schedule.length is None else schedule.length - 1 - day
        between = policy.days_between(None if schedule.length is None else schedule.begun + schedule.length - 1)
        pairs = state.candidates()
        worth = np.where(policy.rests(pairs, day), -np.inf, policy.values(model, pairs, day, ahead, between))
        return worth.reshape(state.answers.shape)
    is_new = state.answers == 0
    # In the order of the program, below all that is due; questions that are due on the same day too.
    places = -np.arange(state.answers.shape[1]) / state.answers.shape[1]
    worth = np.where(is_new, places, -np.inf)
    if isinstance(schedule.rule, FixedRule):
        overdue = day - state.at - np.where(state.last_right >= 0.5, schedule.rule.days_after_right, schedule.rule.days_after_wrong)
        is_due = ~is_new & ~_is_retired(schedule.rule, state) & (overdue >= 0)
        worth = np.where(is_due, 1 + np.floor(overdue) + (1 + places) / 2, worth)
    return worth


def _is_retired(rule: Rule, state: State) -> np.ndarray:
    """Which questions do not come back by themselves any more, as spacing.next_step() has it."""
    if isinstance(rule, AdaptiveRule):
        return np.zeros(state.answers.shape, dtype=bool)
    if isinstance(rule, FixedRule):
        return state.run >= rule.rights_to_retire
    return state.answers > 0


def coming(model: TraceModel, state: State, schedule: Schedule, days: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Expected recall without and with the coming questions, learners x questions x `days` (ascending), in weekly steps; no chance in it.

    Day 0 is now: the times of `state` are counted from it, so they are not positive. Each week the questions of the whole week are chosen
    on its first day. A chosen question counts as an exposure of recall + WRONG_EXPOSURE * (1 - recall), beside evidence that stands, as in
    policy.values(); when it returns goes by its likelier answer.
    """
    weekly = schedule.weekdays.bit_count()
    without = np.stack([recall(model, state, day) for day in days], axis=-1)
    expected = dated = state
    looks = []
    for day in range(days[-1] + 1):
        if day in days:
            looks.append(recall(model, expected, day))
        if day % _WEEK or day == days[-1] or (schedule.length is not None and day >= schedule.length):
            continue
        worth = _worth(model, schedule, dated, day)
        chosen = np.nonzero(choose(worth, dated.answers == 0, weekly * schedule.new_per_day, weekly * schedule.cap_per_day))
        chances = recall(model, expected.pick(chosen), day)
        expected = _exposed(expected, chosen, chances, day)
        dated = answer(dated, chosen, (chances >= 0.5).astype(float), day)
    return without, np.stack(looks, axis=-1)


def _exposed(state: State, asked, chances: np.ndarray, now: float) -> State:
    """The state after exposures answered rightly with these chances: evidence stands, for what was new as policy.values() has it."""
    before, after = state.pick(asked), answer(state, asked, chances, now).pick(asked)
    is_new = before.answers == 0
    return put(
        state,
        asked,
        {
            # As many rights as others: the share says nothing.
            "answers": np.where(is_new, 2.0, before.answers),
            "rights": np.where(is_new, 1.0, before.rights),
            "last_right": np.where(is_new, chances, before.last_right),
            "at": after.at,
            "tried": after.tried,
            "rights_left": after.rights_left,
        },
    )
