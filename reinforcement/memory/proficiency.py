"""Current proficiency: how many of these questions a person would answer rightly now. Pure Python.

Two sums are all that is kept of the questions: of the recalls, and of the variances of their answers. An answer changes both by what it
changes of its own question.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from reinforcement.memory.features import Item, Record
from reinforcement.memory.recall import predict
from reinforcement.memory.trace import continued
from reinforcement.memory.versions import Models

# Days from now at which the forgetting curve is counted.
CURVE_DAYS = (0, 7, 14, 21, 28, 35, 42, 49, 56, 60)
# Below this many answers nothing is said.
FEWEST_ANSWERS = 5
# Standard deviations on both sides of the mean of a normal distribution, between which nine of ten cases lie.
_NINE_OF_TEN = 1.6449
# Variance of people's abilities before anything is known of them, in log odds squared: the square of their usual spread in public logs of
# answers (bench/worlds.json), and as much again for what is the competency's own.
ABILITY_VARIANCE = 2 * 0.7**2
# What one answer says about an ability that moves all recalls alike, in 1 / log odds squared: p (1 - p) of a usual question.
INFORMATION = 0.2


def variance_of(recall: float) -> float:
    """Of one answer that is right with this probability. Raises ValueError of what is none."""
    if not 0 <= recall <= 1:
        raise ValueError("a probability lies between 0 and 1")
    return recall * (1 - recall)


@dataclass(frozen=True, slots=True)
class Proficiency:
    """How many of `questions` are `expected` right if all were asked now, and how many answers to them that rests on.

    Nine of ten such rounds would end with `low` to `high` right ones. A round is a sum of unequal coin tosses, of variance V = sum of
    p (1 - p); besides, the ability that all recalls share is known from `answers` alone: it may be off by d with variance
    v = 1 / (1 / ABILITY_VARIANCE + INFORMATION * answers), which moves the sum by d V, so that its variance is V + V^2 v (delta method).
    `low` and `high` are those of the normal distribution with that mean and variance, with correction for continuity.
    """

    questions: int
    answers: int
    expected: float
    variance: float

    @property
    def has_data(self) -> bool:
        return self.questions > 0 and self.answers >= FEWEST_ANSWERS

    @property
    def share(self) -> float:
        """Of right answers, 0 to 1. Raises ValueError where there is not enough data: ask `has_data` first."""
        if not self.has_data:
            raise ValueError("not enough data")
        return self.expected / self.questions

    @property
    def low(self) -> int:
        return min(max(math.floor(self.expected - self._spread - 0.5) + 1, 0), self.questions)

    @property
    def high(self) -> int:
        return min(max(math.ceil(self.expected + self._spread - 0.5), self.low), self.questions)

    @property
    def _spread(self) -> float:
        of_tosses = max(self.variance, 0.0)
        of_ability = 1 / (1 / ABILITY_VARIANCE + INFORMATION * self.answers)
        return _NINE_OF_TEN * math.sqrt(of_tosses + of_tosses**2 * of_ability)


class Standing(NamedTuple):
    """Where a person stands now, and how many questions are expected right on each of CURVE_DAYS if nothing is practised.

    `recalls` are those of each question now.
    """

    proficiency: Proficiency
    unpractised: tuple[float, ...]
    recalls: tuple[float, ...]


def standing(models: Models, questions: Iterable[tuple[Record, Item]], now: float) -> Standing:
    """Of questions that a person is assigned, each with what is known before an answer to it. `now` in days, as records count time."""
    recalls = []
    answers = 0
    variance = 0.0
    unpractised = [0.0] * len(CURVE_DAYS)
    for record, item in questions:
        recall = predict(models.recall, record, item, now)
        curve = continued(models.trace, record, recall, now)
        recalls.append(recall)
        answers += record.practice.answers if record.practice else 0
        variance += variance_of(recall)
        unpractised = [total + curve.recall(now + days) for total, days in zip(unpractised, CURVE_DAYS, strict=True)]
    return Standing(Proficiency(len(recalls), answers, unpractised[0], variance), tuple(unpractised), tuple(recalls))
