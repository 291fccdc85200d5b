"""`python -m bench.recall LOG.csv.gz --protocol folds|stream [--permute] [--json]`: the memory model and FSRS-6 on a log of answers.

folds: five folds over learners. All that is fitted comes from the other four; the held-out learners are then predicted answer by
answer, from their own earlier answers only. stream: in the order of the calendar; refitted at each tenth on what was before, the last
eight tenths are scored. Answers of one learner at one moment do not see one another.
"""

import argparse
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from bench import fsrs
from bench.logs import LoggedAnswer, read_log
from bench.machine import Busy
from bench.report import reporting
from bench.scores import scores
from reinforcement.memory.features import Item, easiness, features
from reinforcement.memory.fitting import Past, fit, fit_logistic, probabilities

KEYS = ("data", "protocol", "subset", "model", "n", "log_loss", "auc", "rmse_bins", "busy")
FOLDS = 5
SPACED_DAYS = 0.5
FEW = 5
TENTHS = range(2, 10)
_FEWEST_SCORED = 100


@dataclass(frozen=True)
class Log:
    """A log as columns, by learner and time.

    `days`, `answers` and `lapses` are those of the same learner and question before; `given` counts the learner's answers before.
    """

    name: str
    answers_given: list[LoggedAnswer]
    learner: np.ndarray
    item: np.ndarray
    at: np.ndarray
    rights: np.ndarray
    days: np.ndarray
    answers: np.ndarray
    lapses: np.ndarray
    given: np.ndarray

    def __len__(self) -> int:
        return len(self.rights)


def columns(name: str, answers: Sequence[LoggedAnswer]) -> Log:
    """The log with what came before each answer."""
    learners = {learner: number for number, learner in enumerate(dict.fromkeys(answer.learner for answer in answers))}
    items = {item: number for number, item in enumerate(dict.fromkeys(answer.item for answer in answers))}
    before: list[tuple[float, int, int, int]] = []
    for _learner, own in groupby(answers, key=lambda answer: answer.learner):
        known: dict[str, tuple[float, int, int]] = {}
        given = 0
        for at, moment in groupby(own, key=lambda answer: answer.at):
            together = list(moment)
            for answer in together:
                last, count, lapses = known.get(answer.item, (float("nan"), 0, 0))
                before.append((at - last, count, lapses, given))
            for answer in together:
                _last, count, lapses = known.get(answer.item, (0.0, 0, 0))
                known[answer.item] = (at, count + 1, lapses + (not answer.is_right))
            given += len(together)
    days, counts, lapses, given = (np.array(column) for column in zip(*before, strict=True))
    return Log(
        name,
        list(answers),
        np.array([learners[answer.learner] for answer in answers]),
        np.array([items[answer.item] for answer in answers]),
        np.array([answer.at for answer in answers]),
        np.array([answer.is_right for answer in answers]),
        days,
        counts,
        lapses,
        given,
    )


def rows_of(log: Log, item_at: Callable[[int], Item], share: float) -> np.ndarray:
    """The features before each answer; `item_at` gives what is known of the question of row n by then."""
    rows: list[list[float]] = []
    place = 0
    for _learner, own in groupby(log.answers_given, key=lambda answer: answer.learner):
        past = Past()
        for at, moment in groupby(own, key=lambda answer: answer.at):
            together = [(answer, item_at(place + number)) for number, answer in enumerate(moment)]
            for answer, item in together:
                rows.append(features(past.record(answer.item, answer.skills), item, at, share))
            for answer, item in together:
                past.add(answer.item, answer.skills, item, answer.is_right, at)
            place += len(together)
    return np.array(rows)


def _items(log: Log, mask: np.ndarray, share: float, first_share: float) -> list[Item]:
    """What the answers of `mask` say of each question."""
    size = int(log.item.max()) + 1
    first = mask & (log.answers == 0)
    columns = []
    for chosen in (mask, first):
        columns += [np.bincount(log.item[chosen], minlength=size), np.bincount(log.item[chosen], log.rights[chosen], minlength=size)]
    return [
        Item(easiness(right, count, share), easiness(first_right, first_count, first_share), int(count))
        for count, right, first_count, first_right in zip(*columns, strict=True)
    ]


@dataclass
class Predictions:
    """Probabilities before each answer by model; NaN where a row is not predicted."""

    ours: np.ndarray
    average: np.ndarray
    fsrs: dict[str, np.ndarray]


def _nothing(log: Log) -> Predictions:
    variants = ("default", "optimised", "recalibrated", "recalibrated on spaced")
    return Predictions(*(np.full(len(log), np.nan) for _ in range(2)), {name: np.full(len(log), np.nan) for name in variants})


def folds(log: Log, seed: int) -> Predictions:
    """Each fifth of the learners, predicted from the others."""
    randomness = np.random.default_rng(seed)
    people = int(log.learner.max()) + 1
    fold = randomness.permutation(people)[log.learner] % FOLDS
    default = _recalls(log, fsrs.DEFAULT)
    found = _nothing(log)
    order = np.argsort(log.at, kind="stable")
    for number in range(FOLDS):
        test, train = fold == number, fold != number
        share = float(log.rights[train].mean())
        first_share = float(log.rights[train & (log.answers == 0)].mean())
        # A question's counts must not hold the answer that they help to predict: each half of the others reads the other half's.
        half = (randomness.permutation(people) % 2)[log.learner]
        halves = [_items(log, train & (half == side), share, first_share) for side in (0, 1)]
        whole = _items(log, train, share, first_share)
        known = [whole if test[row] else halves[1 - half[row]] for row in range(len(log))]
        rows = rows_of(log, lambda row, known=known: known[row][log.item[row]], share)
        fitted = order[train[order]]
        model = fit(rows[fitted], log.rights[fitted], log.learner[fitted], share)
        found.ours[test] = probabilities(model, rows[test])
        found.average[test] = share
        _predict_with_fsrs(log, found, train, test, default, first_share)
    return found


def stream(log: Log, seed: int) -> Predictions:
    """In the order of the calendar. A question is known by what was answered up to the day before, as each night counts it."""
    at = log.at.copy()
    if not any(np.unique(log.at[log.learner == person])[0] for person in range(int(log.learner.max()) + 1)):
        # No common clock: everybody begins at a day of their own.
        at += np.random.default_rng(seed).uniform(0, 365, int(log.learner.max()) + 1)[log.learner]
    order = np.argsort(at, kind="stable")
    place = np.empty(len(log), dtype=int)
    place[order] = np.arange(len(log))
    items = _items_by_night(log, at, order)
    default = _recalls(log, fsrs.DEFAULT)
    found = _nothing(log)
    rows = rows_of(log, items.__getitem__, 0.5)
    for tenth in TENTHS:
        low, high = len(log) * tenth // 10, len(log) * (tenth + 1) // 10
        train, test = place < low, (place >= low) & (place < high)
        past = order[:low]
        share = float(log.rights[train].mean())
        model = fit(rows[past], log.rights[past], log.learner[past], 0.5)
        found.ours[test] = probabilities(model, rows[test])
        found.average[test] = share
        _predict_with_fsrs(log, found, train, test, default, float(log.rights[train & (log.answers == 0)].mean()))
    return found


def _items_by_night(log: Log, at: np.ndarray, order: np.ndarray) -> list[Item]:
    size = int(log.item.max()) + 1
    counts = np.zeros((size, 4))
    total = np.array([2.0, 1.0, 2.0, 1.0])
    items: list[Item] = [Item(0.0, 0.0, 0)] * len(log)
    for _day, moment in groupby(order, key=lambda row: np.floor(at[row])):
        today = list(moment)
        for row in today:
            answers, rights, first_answers, first_rights = counts[log.item[row]]
            items[row] = Item(
                easiness(rights, answers, total[1] / total[0]), easiness(first_rights, first_answers, total[3] / total[2]), int(answers)
            )
        for row in today:
            new = log.answers[row] == 0
            gained = np.array([1, log.rights[row], new, new and log.rights[row]], dtype=float)
            counts[log.item[row]] += gained
            total += gained
    return items


def _recalls(log: Log, parameters: Sequence[float]) -> np.ndarray:
    return np.array([np.nan if recall is None else recall for recall in fsrs.recalls(log.answers_given, parameters)])


def _predict_with_fsrs(log: Log, found: Predictions, train: np.ndarray, test: np.ndarray, default: np.ndarray, first_share: float) -> None:
    """FSRS-6 four ways; where it knows nothing, at a first answer, it gets the population's share."""
    optimised = _recalls(log, fsrs.fitted([answer for answer, is_past in zip(log.answers_given, train, strict=True) if is_past]))
    seen = ~np.isnan(optimised)
    found.fsrs["default"][test] = np.where(seen, default, first_share)[test]
    found.fsrs["optimised"][test] = np.where(seen, optimised, first_share)[test]
    safe = np.clip(np.nan_to_num(optimised, nan=0.5), 0.005, 0.995)
    rows = np.column_stack([np.log(safe / (1 - safe)), np.log1p(24 * np.nan_to_num(log.days))])
    for name, chosen in (("recalibrated", seen), ("recalibrated on spaced", seen & _is_spaced(log))):
        mended = probabilities(fit_logistic(rows[train & chosen], log.rights[train & chosen], 0.5), rows)
        found.fsrs[name][test] = np.where(seen, mended, first_share)[test]


def _is_spaced(log: Log) -> np.ndarray:
    return np.nan_to_num(log.days) >= SPACED_DAYS


def permuted(answers: Sequence[LoggedAnswer], seed: int) -> list[LoggedAnswer]:
    """The same log with the answers' outcomes dealt out anew: nothing in it predicts them any more."""
    outcomes = [(answer.is_right, answer.rating) for answer in answers]
    random.Random(seed).shuffle(outcomes)  # noqa: S311 - no secret
    return [replace(answer, is_right=outcome[0], rating=outcome[1]) for answer, outcome in zip(answers, outcomes, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("--protocol", choices=["folds", "stream"], default="folds")
    parser.add_argument("--permute", action="store_true", help="deal the outcomes out anew: the AUC must fall to 0.48-0.52")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    busy = Busy([os.getpid()])
    answers = read_log(options.log)
    log = columns(options.log.name.removesuffix(".csv.gz"), permuted(answers, options.seed) if options.permute else answers)
    predictions = {"folds": folds, "stream": stream}[options.protocol](log, options.seed)
    scored = ~np.isnan(predictions.ours)
    subsets = {
        "all": scored,
        "spaced": scored & _is_spaced(log),
        "learner_first5": scored & (log.given < FEW),
    }
    with reporting(KEYS, as_json=options.json) as reporter:
        for subset, rows in subsets.items():
            if rows.sum() < _FEWEST_SCORED:
                continue
            of = lambda predicted, rows=rows: scores(  # noqa: E731
                log.rights[rows], predicted[rows], log.days[rows], log.answers[rows], log.lapses[rows]
            )
            variants = {name: of(predicted) for name, predicted in predictions.fsrs.items()}
            best = min(variants, key=lambda name: variants[name]["log_loss"])
            found = {"ours": of(predictions.ours), "fsrs6_best": variants[best], "population_average": of(predictions.average)}
            for model, line in found.items():
                also = {"variant": best} if model == "fsrs6_best" else {}
                shared = {"data": log.name, "protocol": options.protocol, "subset": subset, "model": model, "n": int(rows.sum())}
                reporter.add(shared | line | {"busy": busy.share()} | also)


if __name__ == "__main__":
    main()
