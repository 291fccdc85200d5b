"""The trace that exposures leave, and the curve by which it is forgotten: what asking changes, beside evidence that stands. Pure Python.

An exposure of `days` ago leaves (days + 1)^-0.35, the form of Wickelgren's power law with which bench.policy keeps most in both of its
worlds. That does not fold into one number; a sum of the half-lives of features.py does, and follows it within 3 % from now to a year, so
the faded counts of a record are all that is needed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reinforcement.memory.features import WRONG_EXPOSURE, Item, Record, ability, faded, logit, sigmoid

# Weights of the half-lives of features.py whose sum is the form of forgetting.
SHAPE = (0.055, 0.308, 0.286, 0.159, 0.0, 0.21)
# Below this a trace is no trace.
FAINTEST = 1e-3


def trace(left: Sequence[float]) -> float:
    """What faded exposures leave together, at least FAINTEST."""
    return max(sum([weight * count for weight, count in zip(SHAPE, left, strict=True)]), FAINTEST)


@dataclass(frozen=True)
class TraceModel:
    """A fitted version: weights of evidence in log odds. `trace` is not negative: recall without practice only falls with time."""

    intercept: float
    new: float
    trace: float
    last_right: float
    share: float
    ability: float
    easiness: float
    easiness_if_seen: float

    def __post_init__(self):
        if self.trace < 0:
            raise ValueError("a trace that lowers recall would let the forgetting curve rise")


@dataclass(frozen=True)
class Curve:
    """What of an answer's log odds stands, and the exposures whose trace fades; from them recall at any later time."""

    stands: float
    weight: float
    exposures: tuple[float, ...]
    at: float

    def recall(self, at: float) -> float:
        """The probability of a right answer at `at`; never higher than at an earlier time after the last answer."""
        if not any(self.exposures):
            return sigmoid(self.stands)
        left = faded(self.exposures, max(at - self.at, 0.0))
        return sigmoid(self.stands + self.weight * math.log(trace(left)))


def exposures(record: Record) -> tuple[float, ...]:
    """What was shown, faded: a right answer counts 1, another WRONG_EXPOSURE."""
    practice = record.practice
    if practice is None:
        return ()
    return tuple([right + WRONG_EXPOSURE * (tried - right) for tried, right in zip(practice.tried, practice.rights_left, strict=True)])


class Evidence(NamedTuple):
    """What the trace model weighs before an answer; `trace` as its logarithm."""

    new: float
    trace: float
    last_right: float
    share: float
    ability: float
    easiness: float
    easiness_if_seen: float


def evidence(record: Record, item: Item, at: float) -> Evidence:
    """The evidence about an answer to `item` at `at`."""
    practice = record.practice
    if practice is None:
        return Evidence(1.0, 0.0, 0.0, 0.0, ability(record), item.easiness, 0.0)
    left = faded(exposures(record), max(at - practice.at, 0.0))
    share = math.log((practice.rights + 1) / (practice.answers - practice.rights + 1))
    return Evidence(0.0, math.log(trace(left)), float(practice.run > 0), share, ability(record), item.easiness, item.easiness)


def curve(model: TraceModel, record: Record, item: Item) -> Curve:
    """How the learner's recall of the question goes on from here when nothing is asked."""
    last_answer = record.practice.at if record.practice else 0.0
    standing = evidence(record, item, last_answer)._asdict()
    del standing["trace"]
    stands = model.intercept + sum(getattr(model, name) * value for name, value in standing.items())
    return Curve(stands, model.trace, exposures(record), last_answer)


def continued(model: TraceModel, record: Record, recall: float, now: float) -> Curve:
    """How a recall that stands at `recall` now goes on when nothing is asked: it fades as the trace does. What was never asked stays."""
    practice = record.practice
    if practice is None:
        return Curve(logit(recall), model.trace, (), now)
    left = faded(exposures(record), max(now - practice.at, 0.0))
    return Curve(logit(recall) - model.trace * math.log(trace(left)), model.trace, left, now)
