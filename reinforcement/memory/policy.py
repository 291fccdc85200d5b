"""What to ask next under a cap: the questions whose asking is worth most per question by the horizon. Pure; numpy: workers only.

Evidence about the person and the question is held fixed; asking changes the trace alone. What is scored is not one question but the best
programme of exposures weeks apart, per question: what needs two exposures to stay is begun too.
Why neither due dates nor "riskiest first": docs/decisions/0013-memory.md.
"""

from dataclasses import dataclass

import numpy as np

from reinforcement.memory.features import HALF_LIVES, WRONG_EXPOSURE
from reinforcement.memory.spacing import AdaptiveRule
from reinforcement.memory.trace import FAINTEST, SHAPE, TraceModel

_REST = AdaptiveRule()
# An end nearer than this many days does not count.
SHORTEST_HORIZON = 7.0
# Exposures of a programme at most, and days between them: two fifths of the program's length, at most five weeks. Nearer exposures promise
# what the cap does not let happen, and where only one fits from the start nothing is begun that needs two (docs/decisions/0013-memory.md).
EXPOSURES = 5
MOST_BETWEEN = 35.0
BETWEEN_OF_LENGTH = 0.4
# Share of slots that are filled at random from what does not rest, so that value and recall can be checked by what nobody chose.
RANDOM_SHARE = 0.05
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
    """Recall gained per question by `horizon` days from `now`, times weight; minus infinity while a question rests."""
    days = np.maximum(now - pairs.at, 0.0)
    is_new = pairs.answers == 0
    shown = (pairs.rights_left + WRONG_EXPOSURE * (pairs.tried - pairs.rights_left)) * np.exp(-np.outer(days, _RATES))
    ends = max(horizon, SHORTEST_HORIZON)
    seen_share = np.log((pairs.rights + 1) / (pairs.answers - pairs.rights + 1))
    general = model.intercept + model.ability * pairs.ability + model.easiness * pairs.easiness
    seen = general + model.easiness_if_seen * pairs.easiness + model.last_right * pairs.last_right + model.share * seen_share
    now_odds = np.where(is_new, general + model.new, seen + model.trace * _log(shown @ _SHAPE))
    recall = _sigmoid(now_odds)
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
        gained = _sigmoid(afterwards + model.trace * _log(kept + exposure * added)) - _sigmoid(stays)
        best = np.maximum(best, gained / (number + 1))
    rests = ~is_new & (days < np.where(pairs.last_right, _REST.rest_after_right, _REST.rest_after_wrong) - 1e-6)
    return np.where(rests, -np.inf, best * pairs.weight)


def _log(trace: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(trace, FAINTEST))


def _sigmoid(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
