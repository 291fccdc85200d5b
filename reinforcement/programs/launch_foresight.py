"""What a program would come to, beside fixed spacing and beside no practice: one result in plain values. Pure; numpy: workers only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from reinforcement.memory.columns import State, answer, beginners, recall
from reinforcement.memory.foresight import Foreseen, Schedule, simulate
from reinforcement.memory.spacing import FixedRule, Rule
from reinforcement.memory.trace import TraceModel

# People who are simulated, fewer where there are very many questions: so many pairs of both at most, but ten people.
PEOPLE, FEWEST_PEOPLE, PAIRS = 200, 10, 60_000
# In days: how far a program without an end is followed, and any program at most.
OPEN_ENDED, FARTHEST = 180, 365
# About so many points make a curve.
POINTS = 28
# The same chances for every program, so that two results differ by their settings alone.
SEED = 20_261_129
# By when this share of the people were asked each question once.
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class LaunchPlan:
    """What decides the result, beside the model, the people and the questions. `weekdays` as in accounts/working_days.py."""

    rule: Rule
    weekdays: int
    starts_on: date
    ends_on: date | None
    new_per_day: int
    cap_per_day: int

    @property
    def length(self) -> int | None:
        """Days from the first to the last one, both counted."""
        return None if self.ends_on is None else (self.ends_on - self.starts_on).days + 1

    def with_rule(self, rule: Rule) -> Schedule:
        return Schedule(rule, self.weekdays, self.starts_on.weekday(), self.new_per_day, self.cap_per_day, self.length)


@dataclass(frozen=True)
class Abilities:
    """How people's abilities are spread, in log odds. `is_known`: by the records of enough people of the organization."""

    mean: float
    spread: float
    is_known: bool


def reckon(model: TraceModel, plan: LaunchPlan, abilities: Abilities, easiness: Sequence[float]) -> dict[str, Any]:
    """The result for people who begin, in types that JSON knows.

    `days` are looked at, the last one is the end or `FARTHEST`; `ours`, `fixed` and `without` are expected recall on them, `low` and `high`
    hold nine simulated people of ten. `without` is the forgetting curve after a training: each question is answered once on day 0 and never
    again. `fixed` is None where the program itself is fixed spacing of 12 and 24 days. `a_day` and `peak` are questions in a set, the mean
    over all sets and the largest. `seen_day`: when nine people of ten were asked each question once; `finished_day`: when nothing comes
    back to nine of ten; None where they do not get there. `seen`: the share of the questions that were asked at least once.
    """
    people = max(min(PEOPLE, PAIRS // len(easiness)), FEWEST_PEOPLE)
    spread = np.random.default_rng(SEED).normal(abilities.mean, abilities.spread, people)
    state = beginners(spread, np.array(easiness))
    days = _days(min(plan.length or OPEN_ENDED, FARTHEST))

    def played(rule: Rule) -> Foreseen:
        return simulate(model, state, plan.with_rule(rule), days, np.random.default_rng([SEED, 1]))

    ours = played(plan.rule)
    trained = _trained(model, state, np.random.default_rng([SEED, 2]))
    without = simulate(model, trained, None, days, np.random.default_rng([SEED, 3]))
    fixed = None if plan.rule == FixedRule() else played(FixedRule())
    low, high = ours.interval
    return {
        "starts_on": plan.starts_on.isoformat(),
        "people": people,
        "questions": len(easiness),
        "abilities_known": abilities.is_known,
        "days": list(days),
        "ours": _rounded(ours.mean),
        "low": _rounded(low),
        "high": _rounded(high),
        "fixed": _rounded(fixed.mean) if fixed else None,
        "without": _rounded(without.mean),
        "a_day": round(ours.a_set, 2),
        "peak": int(ours.asked.max(initial=0)),
        "asked": round(ours.asked_in_all, 1),
        "seen_day": ours.seen_by(NEARLY_ALL),
        "finished_day": ours.finished_by(NEARLY_ALL),
        "seen": round(float(ours.seen.mean()), 4),
    }


def _trained(model: TraceModel, state: State, randomness: np.random.Generator) -> State:
    """The state after a training on day 0, in which each question was answered once."""
    rights = randomness.random(state.answers.shape) < recall(model, state, 0)
    return answer(state, np.nonzero(np.ones(rights.shape, dtype=bool)), rights.ravel(), 0)


def _days(last: int) -> tuple[int, ...]:
    step = max(round(last / POINTS), 1)
    return (*range(0, last, step), last)


def _rounded(shares: np.ndarray) -> list[float]:
    return [round(float(share), 4) for share in shares]
