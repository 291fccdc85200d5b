"""The probability that a learner answers a question rightly now, and the record after the answer. Pure Python: web processes use it.

A logistic model of the features; where it helped on the latest answers, averaged in log odds with boosted trees of the same features
(docs/decisions/0013-memory.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reinforcement.memory.features import Item, Learner, Practice, Record, Skill, features, learned, practised, sigmoid, skilled, surprise


class Tree(NamedTuple):
    """A decision tree as rows: a row with a feature sends values up to `threshold` to row `left`, others to `right`; -1 is a leaf."""

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]


@dataclass(frozen=True)
class Trees:
    """A sum of trees in log odds."""

    base: float
    trees: tuple[Tree, ...]

    def log_odds(self, row: Sequence[float]) -> float:
        total = self.base
        for feature, threshold, left, right, value in self.trees:
            place = 0
            while (column := feature[place]) >= 0:
                place = left[place] if row[column] <= threshold[place] else right[place]
            total += value[place]
        return total


@dataclass(frozen=True)
class Model:
    """A fitted version. `share` is the population's share of rights; `weights` are for the features as they are, not standardised."""

    share: float
    intercept: float
    weights: tuple[float, ...]
    second: tuple[Trees, ...] = ()

    def log_odds(self, row: Sequence[float]) -> float:
        first = self.intercept + _product(self.weights, row)
        if not self.second:
            return first
        second = sum(trees.log_odds(row) for trees in self.second) / len(self.second)
        return (first + second) / 2


def _product(weights: Sequence[float], row: Sequence[float]) -> float:
    return sum([weight * value for weight, value in zip(weights, row, strict=True)])


def predict(model: Model, record: Record, item: Item, at: float) -> float:
    """The probability of a right answer at `at`, guessing included, within (0, 1)."""
    return sigmoid(model.log_odds(features(record, item, at, model.share)))


class Answered(NamedTuple):
    """A record's three parts after an answer."""

    practice: Practice
    skills: tuple[Skill, ...]
    learner: Learner


def update(record: Record, item: Item, is_right: bool, at: float, skills: Sequence[Skill | None]) -> Answered:
    """The record after the answer. `skills` are those of all the question's competencies, None where there is no record yet."""
    surprised = surprise(record, item, is_right)
    return Answered(
        practised(record.practice, is_right, at),
        tuple([skilled(skill, is_right, at, surprised) for skill in skills]),
        learned(record.learner, is_right, at, surprised),
    )
