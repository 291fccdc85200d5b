"""Answers to fit on, and the judgement of what was fitted: on the latest tenth, which it has not seen. Pure; numpy: workers only."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from reinforcement.memory import fitting
from reinforcement.memory.features import FEATURES, Item, Record, features
from reinforcement.memory.prior import UNKNOWN_SHARE
from reinforcement.memory.recall import Model
from reinforcement.memory.trace import Evidence, TraceModel, evidence
from reinforcement.memory.versions import Models

# Fewer answers than this cannot say which of two predictions is better.
FEWEST_TO_JUDGE = 50


@dataclass(frozen=True)
class Answers:
    """Answers in the order of time, the latest tenth beginning at `earlier`.

    A row of `rows` holds the features before the answer, one of `evidences` what the trace model weighs. `predicted` is the probability
    that was stored with the answer, NaN where none was.
    """

    rows: np.ndarray
    evidences: np.ndarray
    rights: np.ndarray
    learners: np.ndarray
    predicted: np.ndarray
    earlier: int

    def part(self, chosen: slice) -> tuple[np.ndarray, ...]:
        return self.rows[chosen], self.evidences[chosen], self.rights[chosen], self.learners[chosen], self.predicted[chosen]

    @property
    def latest(self) -> slice:
        return slice(self.earlier, None)


class Gathering:
    """Answers as they come while logs are read, in whatever order, kept as plain numbers."""

    def __init__(self) -> None:
        self._order, self._learners, self._rights = array("q"), array("q"), array("b")
        self._rows, self._evidences, self._predicted = array("d"), array("d"), array("d")

    def add(self, place: int, learner: int, is_right: bool, predicted: float | None, record: Record, item: Item, at: float) -> None:
        """One answer; `place` says where it stands in the order of time, `record` what was known before it."""
        self._order.append(place)
        self._learners.append(learner)
        self._rights.append(is_right)
        self._predicted.append(float("nan") if predicted is None else predicted)
        self._rows.extend(features(record, item, at, UNKNOWN_SHARE))
        self._evidences.extend(evidence(record, item, at))

    def answers(self) -> Answers:
        order = np.argsort(np.array(self._order, dtype=np.int64), kind="stable")
        return Answers(
            np.frombuffer(self._rows).reshape(len(order), len(FEATURES))[order],
            np.frombuffer(self._evidences).reshape(len(order), len(Evidence._fields))[order],
            np.frombuffer(self._rights, dtype=np.int8)[order].astype(bool),
            np.frombuffer(self._learners, dtype=np.int64)[order],
            np.frombuffer(self._predicted)[order],
            earlier=len(order) * 9 // 10,
        )


def pooled(shares: Sequence[Answers]) -> Answers:
    """All of them together: first what is earlier in its share, then the latest tenth of each."""
    earlier = [share.part(slice(share.earlier)) for share in shares]
    columns = [np.concatenate(column) for column in zip(*earlier, *[share.part(share.latest) for share in shares], strict=True)]
    rows, evidences, rights, learners, predicted = columns
    return Answers(rows, evidences, rights, learners, predicted, sum(share.earlier for share in shares))


def candidate(answers: Answers) -> Models:
    """The models for all but the latest tenth. Raises ValueError where one kind of answer is missing."""
    rows, evidences, rights, learners, _predicted = answers.part(slice(None))
    recall = fitting.fit_earlier(rows, rights, learners, UNKNOWN_SHARE, answers.earlier)
    return Models(recall, fitting.fit_trace(evidences[: answers.earlier], rights[: answers.earlier]))


class Judgement(NamedTuple):
    """Mean log loss on the latest tenth, of what would come in force and of what was stored with these answers."""

    log_loss: float
    before: float

    @property
    def is_for_it(self) -> bool:
        """Not so where one of both is no number."""
        return self.log_loss <= self.before


def judged(model: Model, answers: Answers) -> Judgement | None:
    """How `model`, which has not seen the latest tenth, does there; None where too few of its answers were predicted."""
    rows, _evidences, rights, _learners, predicted = answers.part(answers.latest)
    known = ~np.isnan(predicted)
    if known.sum() < FEWEST_TO_JUDGE:
        return None
    found = fitting.probabilities(model, rows[known])
    return Judgement(fitting.log_loss(rights[known], found), fitting.log_loss(rights[known], predicted[known]))


def fitted_like(models: Models, answers: Answers, trace_before: TraceModel) -> Models:
    """The candidate `models` fitted again, on all answers; with `trace_before` where the candidate's is worse on the latest tenth."""
    _rows, evidences, rights, *_others = answers.part(answers.latest)
    ours, before = (fitting.log_loss(rights, fitting.trace_probabilities(trace, evidences)) for trace in (models.trace, trace_before))
    recall = fitting.fit_like(models.recall, answers.rows, answers.rights, answers.learners)
    return Models(recall, fitting.fit_trace(answers.evidences, answers.rights) if ours <= before else trace_before)
