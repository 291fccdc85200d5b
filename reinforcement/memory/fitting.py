"""Fits the recall model on answers whose features were made in the order of time. Pure; numpy and scikit-learn: workers only."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from reinforcement.memory.features import Item, Learner, Practice, Record, Skill
from reinforcement.memory.log_odds import sigmoids
from reinforcement.memory.recall import Model, Tree, Trees, update
from reinforcement.memory.trace import Evidence, TraceModel

# Strength of the logistic model's prior: C of the penalised likelihood, on standardised features (decision 13).
C = 0.3
# Features are counts in logarithms and log odds. One that hardly differs in the answers at hand (nobody came back within the hour) must not
# get a weight that runs wild where it does.
SMALLEST_SPREAD = 0.1
_NEWTON_STEPS = 50
# Probabilities are cut here before they are scored.
CUT = 1e-4


class Past:
    """One learner's record while a log is read in the order of time."""

    def __init__(self):
        self._practices: dict[Hashable, Practice] = {}
        self._skills: dict[Hashable, Skill] = {}
        self._learner: Learner | None = None

    def record(self, question: Hashable, competencies: Sequence[Hashable]) -> Record:
        """What was known before the next answer."""
        skills = tuple([self._skills[competency] for competency in competencies if competency in self._skills])
        return Record(self._practices.get(question), skills, len(competencies), self._learner)

    def add(self, question: Hashable, competencies: Sequence[Hashable], item: Item, is_right: bool, at: float) -> None:
        """Reads one answer."""
        record = self.record(question, competencies)
        after = update(record, item, is_right, at, [self._skills.get(competency) for competency in competencies])
        self._practices[question] = after.practice
        self._skills |= zip(competencies, after.skills, strict=True)
        self._learner = after.learner


def log_loss(rights: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean negative log likelihood of the answers, in nats."""
    cut = np.clip(probabilities, CUT, 1 - CUT)
    return float(-np.mean(np.where(rights, np.log(cut), np.log(1 - cut))))


def fit_logistic(rows: np.ndarray, rights: np.ndarray, share: float) -> Model:
    """The logistic model of most penalised likelihood, by Newton's method. Raises ValueError where there is nothing to fit."""
    if len(rows) == 0 or rights.all() or not rights.any():
        raise ValueError("answers of both kinds are needed to fit")
    means = rows.mean(axis=0)
    scales = np.maximum(rows.std(axis=0), SMALLEST_SPREAD)
    design = np.column_stack([np.ones(len(rows)), (rows - means) / scales])
    penalty = np.full(design.shape[1], 1 / C)
    penalty[0] = 0.0
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(rights.mean() / (1 - rights.mean()))

    def loss(candidate: np.ndarray) -> float:
        odds = design @ candidate
        return float(np.sum(np.logaddexp(0, odds) - rights * odds) + 0.5 * np.sum(penalty * candidate**2))

    now = loss(weights)
    for _step in range(_NEWTON_STEPS):
        probabilities = sigmoids(design @ weights)
        gradient = design.T @ (probabilities - rights) + penalty * weights
        curvature = (design * (probabilities * (1 - probabilities))[:, None]).T @ design + np.diag(penalty + 1e-9)
        direction = np.linalg.solve(curvature, gradient)
        size = 1.0
        while (then := loss(weights - size * direction)) > now and size > 1e-6:
            size /= 2
        weights = weights - size * direction
        if now - then < 1e-9 * max(now, 1.0):
            break
        now = then
    plain = weights[1:] / scales
    return Model(share, float(weights[0] - plain @ means), tuple(plain.tolist()))


# Found on the logs of public benchmarks; the trees stop growing where the answers of other learners are not predicted better.
BOOSTED = {
    "learning_rate": 0.15,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 80,
    "l2_regularization": 5.0,
    "max_features": 0.5,
    "max_iter": 60,
    "early_stopping": True,
    "n_iter_no_change": 15,
}
ENSEMBLE = 3
# Below this many answers trees only learn what is peculiar to them.
FEWEST_FOR_TREES = 5_000
FEWEST_LEARNERS = 20


def fit_second(model: Model, rows: np.ndarray, rights: np.ndarray, learners: np.ndarray) -> Model:
    """`model` with boosted trees beside it. Each of ENSEMBLE sums of trees stops early on its own fifth of the learners, or of the time."""
    names = np.unique(learners)
    if len(names) < FEWEST_LEARNERS:  # too few to leave some out: what is left out is a stretch of time
        place = np.arange(len(rows)) * 5 // len(rows)
    else:
        place = np.random.default_rng(0).permutation(len(names))[np.searchsorted(names, learners)]
    second = []
    for number in range(ENSEMBLE):
        held = place % 5 == number
        booster = HistGradientBoostingClassifier(**BOOSTED, random_state=number)
        # Threads that wait for one another in turn: where others use one of two cores, both together take ten times as long as one alone.
        with threadpool_limits(limits=1):
            booster.fit(rows[~held], rights[~held], X_val=rows[held], y_val=rights[held])
        second.append(_as_trees(booster))
    return replace(model, second=tuple(second))


def _as_trees(booster: Any) -> Trees:
    """The boosted trees in plain numbers, so that an answer needs neither numpy nor scikit-learn."""
    trees = []
    for predictors in booster._predictors:
        nodes = predictors[0].nodes
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            Tree(
                tuple(np.where(leaf, -1, nodes["feature_idx"]).tolist()),
                tuple(np.where(leaf, 0.0, nodes["num_threshold"]).tolist()),
                tuple(nodes["left"].tolist()),
                tuple(nodes["right"].tolist()),
                tuple(nodes["value"].tolist()),
            )
        )
    return Trees(float(booster._baseline_prediction.ravel()[0]), tuple(trees))


def log_odds(model: Model, rows: np.ndarray) -> np.ndarray:
    """What `Model.log_odds` says of each row, at once."""
    first = rows @ np.array(model.weights) + model.intercept
    if not model.second:
        return first
    return (first + np.mean([_sum_of(trees, rows) for trees in model.second], axis=0)) / 2


def _sum_of(trees: Trees, rows: np.ndarray) -> np.ndarray:
    total = np.full(len(rows), trees.base)
    every = np.arange(len(rows))
    for tree in trees.trees:
        feature, threshold, left, right, value = (np.array(part) for part in tree)
        place = np.zeros(len(rows), dtype=int)
        inner = feature[place] >= 0
        while inner.any():
            at = place[inner]
            goes_left = rows[every[inner], feature[at]] <= threshold[at]
            place[inner] = np.where(goes_left, left[at], right[at])
            inner = feature[place] >= 0
        total += value[place]
    return total


def fit(rows: np.ndarray, rights: np.ndarray, learners: np.ndarray, share: float) -> Model:
    """The model for these answers, which stand in the order of time: with trees where they helped on the latest tenth."""
    earlier = len(rows) * 9 // 10
    if earlier < FEWEST_FOR_TREES:
        return fit_logistic(rows, rights, share)
    return fit_like(fit_earlier(rows, rights, learners, share, earlier), rows, rights, learners)


def fit_earlier(rows: np.ndarray, rights: np.ndarray, learners: np.ndarray, share: float, earlier: int) -> Model:
    """The model for the first `earlier` answers alone: with trees where they help on those that follow."""
    first = fit_logistic(rows[:earlier], rights[:earlier], share)
    if earlier < FEWEST_FOR_TREES:
        return first
    both = fit_second(first, rows[:earlier], rights[:earlier], learners[:earlier])
    latest = rows[earlier:], rights[earlier:]
    helps = log_loss(latest[1], probabilities(both, latest[0])) < log_loss(latest[1], probabilities(first, latest[0]))
    return both if helps else first


def fit_like(model: Model, rows: np.ndarray, rights: np.ndarray, learners: np.ndarray) -> Model:
    """The model of the same form, with or without trees, for all these answers."""
    first = fit_logistic(rows, rights, model.share)
    return fit_second(first, rows, rights, learners) if model.second else first


def probabilities(model: Model, rows: np.ndarray) -> np.ndarray:
    """The probability of a right answer for each row of features."""
    return sigmoids(log_odds(model, rows))


def fit_trace(rows: np.ndarray, rights: np.ndarray) -> TraceModel:
    """The trace model of most likelihood; `rows` holds the evidence before each answer (memory/trace.py)."""
    fitted = fit_logistic(rows, rights, 0.5)
    weights = Evidence(*fitted.weights)
    return TraceModel(fitted.intercept, *weights._replace(trace=max(weights.trace, 0.0)))


def trace_probabilities(model: TraceModel, rows: np.ndarray) -> np.ndarray:
    """What the trace model itself says of each row of evidence."""
    weights = np.array([getattr(model, name) for name in Evidence._fields])
    return sigmoids(rows @ weights + model.intercept)
