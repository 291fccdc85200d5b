"""bench.recall: reads logs, scores what production predicts beside FSRS-6, and finds nothing in answers that were dealt out anew."""

import gzip
import math
from datetime import UTC, datetime, timedelta

import fsrs as reference
import numpy as np
import pytest

from bench import fsrs
from bench.logs import BadLog, LoggedAnswer, read_log
from bench.recall import columns, permuted
from bench.scores import auc, rmse_bins
from tests.bench.generated import write_log
from tests.test_bench import lines_of

KEYS = {"data", "protocol", "subset", "model", "n", "log_loss", "auc", "rmse_bins"}


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return write_log(tmp_path_factory.mktemp("logs") / "made.csv.gz")


@pytest.mark.parametrize("protocol", ["folds", "stream"])
def test_bench_scores_ours_above_the_average(log, protocol):
    lines = lines_of("bench.recall", str(log), "--protocol", protocol)
    assert all(line.keys() >= KEYS for line in lines)
    assert {line["model"] for line in lines} == {"ours", "fsrs6_best", "population_average"}
    scored = {line["model"]: line for line in lines if line["subset"] == "spaced"}
    assert scored["ours"]["n"] == scored["fsrs6_best"]["n"] > 500
    assert scored["ours"]["log_loss"] < scored["fsrs6_best"]["log_loss"]
    assert scored["ours"]["log_loss"] < scored["population_average"]["log_loss"]
    assert scored["ours"]["auc"] > 0.65


def test_answers_dealt_out_anew_are_not_predicted(log):
    lines = lines_of("bench.recall", str(log), "--permute")
    [ours] = [line for line in lines if line["model"] == "ours" and line["subset"] == "all"]
    assert 0.44 < ours["auc"] < 0.56  # of 2,400 answers; the bar of 0.48 to 0.52 is for tens of thousands


def test_dealing_out_keeps_how_many_are_right(log):
    answers = read_log(log)
    dealt = permuted(answers, 0)
    assert sum(answer.is_right for answer in dealt) == sum(answer.is_right for answer in answers)
    assert [answer.is_right for answer in dealt] != [answer.is_right for answer in answers]


def test_what_came_before_does_not_see_its_own_moment():
    def answer(at, item, is_right):
        return LoggedAnswer("l", item, (), at, is_right, 3)

    log = columns("made", [answer(1.0, "a", True), answer(1.0, "a", False), answer(3.0, "a", True), answer(3.0, "b", True)])
    assert log.answers.tolist() == [0, 0, 2, 0]
    assert log.lapses.tolist() == [0, 0, 1, 0]
    assert log.given.tolist() == [0, 0, 2, 2]
    assert np.isnan(log.days).tolist() == [True, True, False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("learner,item,timestamp,correct\n", "no column skills"),
        ("learner,item,skills,timestamp,correct\na,b,,5,1\na,b,,x,1\n", "line 3"),
        ("learner,item,skills,timestamp,correct\na,b,,5,2\n", "line 2"),
        ("learner,item,skills,timestamp,correct\na,b\n", "line 2"),
    ],
)
def test_bad_log_names_its_row(tmp_path, text, message):
    path = tmp_path / "bad.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write(text)
    with pytest.raises(BadLog, match=message):
        read_log(path)


@pytest.mark.parametrize("ratings", [(3, 3, 3, 3), (1, 3, 1, 3), (3, 1, 1, 4), (2, 3, 4, 1)])
def test_recurrence_is_that_of_the_reference(ratings):
    scheduler = reference.Scheduler(parameters=fsrs.DEFAULT, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    ours, card, at = fsrs.Fsrs(), reference.Card(), datetime(2026, 1, 1, tzinfo=UTC)
    state = None
    for gap, rating in zip((0, 2, 9, 30), ratings, strict=True):
        at += timedelta(days=gap)
        card, _log = scheduler.review_card(card, reference.Rating(rating), at)
        state = ours.next(*state, rating, gap) if state else ours.first(rating)
        assert state == pytest.approx((card.stability, card.difficulty), rel=1e-5)


def test_auc_counts_ties_half():
    rights = np.array([True, True, False, False])
    assert auc(rights, np.array([0.9, 0.8, 0.2, 0.1])) == 1.0
    assert auc(rights, np.array([0.5, 0.5, 0.5, 0.5])) == 0.5
    assert auc(rights, np.array([0.9, 0.4, 0.4, 0.1])) == pytest.approx(0.875)
    assert math.isnan(auc(np.array([True]), np.array([0.5])))


def test_calibration_error_is_of_bins():
    rights = np.array([True, False, True, True])
    first = np.full(4, np.nan)
    none = np.zeros(4)
    assert rmse_bins(rights, np.full(4, 0.75), first, none, none) == pytest.approx(0)
    assert rmse_bins(rights, np.full(4, 0.5), first, none, none) == pytest.approx(0.25)
