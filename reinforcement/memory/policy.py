"""What to ask next under a cap: the questions whose asking is worth most per question by the horizon. Pure; numpy: workers only.

Evidence about the person and the question is held fixed; asking changes the trace alone. What is scored is not one question but the best
programme of exposures weeks apart, per question: what needs two exposures to stay is begun too.
Why neither due dates nor "riskiest first": docs/decisions/0013-memory.md.
"""

from dataclasses import dataclass

import numpy as np

from reinforcement.memory.features import HALF_LIVES, WRONG_EXPOSURE
from reinforcement.memory.log_odds import sigmoids
from reinforcement.memory.spacing import AdaptiveRule
from reinforcement.memory.trace import FAINTEST, SHAPE, TraceModel

_REST = AdaptiveRule()
# An end nearer than this many days does not count; without an end, recall counts this many days ahead.
SHORTEST_HORIZON = 7.0
OPEN_HORIZON = 60.0
# Exposures of a programme at most, and days between them: two fifths of the program's length, at most five weeks. Nearer exposures promise
# what the cap does not let happen, and where only one fits from the start nothing is begun that needs two (docs/decisions/0013-memory.md).
EXPOSURES = 5
MOST_BETWEEN = 35.0
BETWEEN_OF_LENGTH = 0.4
# What asking gains counts so much more where a competency matters most now. Moderate: three times as much bought nothing in one of the two
# simulated worlds (docs/decisions/0013-memory.md).
WEIGHT_NOW = 1.5
# Share of slots that are filled by lot from all of the program's questions, so that recall can be checked by what nobody chose.
RANDOM_SHARE = 0.05
# Share of slots that a new question gets, the most worthwhile one: what an author adds is reached, also where it is worth less.
NEW_SHARE = 0.05
_RATES = np.log(2) / np.array(HALF_LIVES)
_SHAPE = np.array(SHAPE)


@dataclass(frozen=True)
class Candidates:
    """Pairs of learner and question as columns. `tried` and `rights_left` have a column for each half-life, faded to `at` (days).

    `ability` is the learner's, general and in the question's competency together. `answers` 0: new. `weight` is the business weight.
    """

    answers: np.ndarray
    rights: np.ndarray
    last_right: np.ndarray
    at: np.ndarray
    tried: np.ndarray
    rights_left: np.ndarray
    ability: np.ndarray
    easiness: np.ndarray
    weight: np.ndarray


def days_between(length: float | None) -> float:
    """Days between the exposures of a programme in a program of this many days; None where it has no end."""
    return MOST_BETWEEN if length is None else max(min(MOST_BETWEEN, BETWEEN_OF_LENGTH * length), _REST.rest_after_wrong)


def values(model: TraceModel, pairs: Candidates, now: float, horizon: float, between: float = MOST_BETWEEN) -> np.ndarray:
    """Recall gained per question by `horizon` days from `now`, weighted: a gain times its weight, a loss by it, so that what weighs more
    never comes later.
    """
    days = np.maximum(now - pairs.at, 0.0)
    is_new = pairs.answers == 0
    shown = (pairs.rights_left + WRONG_EXPOSURE * (pairs.tried - pairs.rights_left)) * np.exp(-np.outer(days, _RATES))
    ends = max(horizon, SHORTEST_HORIZON)
    seen_share = np.log((pairs.rights + 1) / (pairs.answers - pairs.rights + 1))
    general = model.intercept + model.ability * pairs.ability + model.easiness * pairs.easiness
    seen = general + model.easiness_if_seen * pairs.easiness + model.last_right * pairs.last_right + model.share * seen_share
    now_odds = np.where(is_new, general + model.new, seen + model.trace * _log(shown @ _SHAPE))
    recall = sigmoids(now_odds)
    # What will be shown counts as it is expected to be answered.
    exposure = recall + WRONG_EXPOSURE * (1 - recall)
    kept = shown * np.exp(-_RATES * ends) @ _SHAPE
    stays = np.where(is_new, now_odds, seen + model.trace * _log(kept))
    # A new question is known by the person's and the question's record alone until it has been answered.
    afterwards = np.where(is_new, general + model.easiness_if_seen * pairs.easiness + model.last_right * recall, seen)
    best = np.full(len(days), -np.inf)
    added = 0.0
    for number in range(EXPOSURES):
        ahead = ends - between * number
        if ahead < 1:
            break
        added += float(np.exp(-_RATES * ahead) @ _SHAPE)
        gained = sigmoids(afterwards + model.trace * _log(kept + exposure * added)) - sigmoids(stays)
        best = np.maximum(best, gained / (number + 1))
    return np.where(best > 0, best * pairs.weight, best / pairs.weight)


def rests(pairs: Candidates, now: float) -> np.ndarray:
    """Whether a question may not come yet: for who simulates days. In the product the date that each answer sets decides."""
    days = np.maximum(now - pairs.at, 0.0)
    # A day less: a question rests until the morning of a day, whatever the hour of its answer.
    return (pairs.answers > 0) & (days <= np.where(pairs.last_right, _REST.rest_after_right, _REST.rest_after_wrong) - 1)


@dataclass(frozen=True)
class Chosen:
    """The pairs that are asked, by their numbers: of one learner after the other, each with its place among the learner's, from 0 on."""

    pairs: np.ndarray
    places: np.ndarray


def choose(
    worth: np.ndarray,
    learners: np.ndarray,
    programs: np.ndarray,
    is_new: np.ndarray,
    is_drawn: np.ndarray,
    caps: np.ndarray,
    most_new: np.ndarray,
    randomness: np.random.Generator,
) -> Chosen:
    """Of each learner's pairs what was drawn by lot (`draw`), then what is worth most: at most `caps`, which is the same for all of a
    learner's, and of each program at most `most_new` new ones beside what was drawn. NEW_SHARE of the slots goes to what is new; what is
    worth the same comes in the order given.
    """
    # Sorts are stable: what is worth the same stays in the order given, and the new ones of a program in which they would be asked.
    able = np.flatnonzero(np.isfinite(worth) | is_drawn)
    [able] = _sorted([able], by=[-worth[able], ~is_new[able], learners[able]])
    is_first = is_new[able] & (_places(learners[able]) < _slots(learners[able], caps[able], NEW_SHARE, randomness))
    [able] = _sorted([able], by=[-worth[able], ~is_first, ~is_drawn[able], learners[able]])
    kept = np.ones(len(able), dtype=bool)
    limited = np.flatnonzero(is_new[able] & ~is_drawn[able])
    [new] = _sorted([limited], by=[programs[able[limited]], learners[able[limited]]])
    kept[new] = _places(learners[able[new]], programs[able[new]]) < most_new[able[new]]
    able = able[kept]
    places = _places(learners[able])
    fits = places < caps[able]
    return Chosen(able[fits], places[fits])


def draw(names: np.ndarray, days: np.ndarray, caps: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """RANDOM_SHARE of the slots of learners with these caps, by lot among all `counts` of a learner's questions, whether they rest or not.

    The lot is that of the learner's name (a number) and the day: whoever has no set yet and is looked at again draws the same.
    Returns the places of the learners, and for each the number of the question among the learner's; none twice.
    """
    if not len(names):
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    slots = np.arange(caps.max())
    seeds = _scattered(names.astype(np.uint64) * np.uint64(1 << 20) + days.astype(np.uint64))[:, None]
    chances, which = (_scattered(seeds + (2 * slots + number).astype(np.uint64)) / 2.0**64 for number in (1, 2))
    learners, slot = np.nonzero((chances < RANDOM_SHARE) & (slots < caps[:, None]))
    numbers = np.minimum((which[learners, slot] * counts[learners]).astype(int), counts[learners] - 1)
    drawn = np.unique(np.column_stack([learners, numbers]), axis=0)
    return drawn[:, 0], drawn[:, 1]


def _scattered(numbers: np.ndarray) -> np.ndarray:
    """Numbers of 64 bits that look random, the same for the same (splitmix64: Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _slots(learners: np.ndarray, caps: np.ndarray, share: float, randomness: np.random.Generator) -> np.ndarray:
    """How many of a learner's slots fall into `share`, at each of the learner's rows, which are neighbours."""
    begins = _begins(learners)
    return randomness.binomial(caps[begins], share)[np.cumsum(begins) - 1]


def _sorted(columns: list[np.ndarray], by: list[np.ndarray]) -> list[np.ndarray]:
    """The columns in the order of the last of `by`, within it of the one before, and so on."""
    order = np.lexsort(by)
    return [column[order] for column in columns]


def _places(*keys: np.ndarray) -> np.ndarray:
    """The place of each row, from 0, among its neighbours with the same keys."""
    rows = np.arange(len(keys[0]))
    return rows - np.maximum.accumulate(np.where(_begins(*keys), rows, 0))


def _begins(*keys: np.ndarray) -> np.ndarray:
    """Whether a row has other keys than the one before it."""
    begins = np.ones(len(keys[0]), dtype=bool)
    begins[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return begins


def _log(trace: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(trace, FAINTEST))
