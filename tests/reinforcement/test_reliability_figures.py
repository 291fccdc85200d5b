"""What of the counts is shown: coarse enough that nobody's answers are found, and in words."""

import pytest
from django.utils import translation

from reinforcement.reliability.drawing import BASE, TOP, reliability_diagram
from reinforcement.reliability.figures import (
    Count,
    Shown,
    bin_of,
    chance_of,
    counted,
    is_apart,
    rmse_of,
    shown,
    shown_bins,
    shown_of,
    week_of,
)
from reinforcement.reliability.reading import headline, in_words, read_bins, read_notice

NOTHING = [Count() for _bin in range(10)]


def with_bins(**bins: Count) -> list[Count]:
    """Ten bins, named as `_7=Count(…)`."""
    return [bins.get(f"_{tenth}", Count()) for tenth in range(10)]


def test_bins_are_counted_from_answers():
    bins = counted([(1, 0.05, False), (1, 0.1, True), (2, 0.15, True), (2, 1.0, True)])
    assert bins[0] == Count(1, 0.05, 0, 1)
    assert bins[1] == Count(2, 0.25, 2, 2)
    assert bins[9] == Count(1, 1.0, 1, 1)
    assert sum(one.answers for one in bins) == 4


def test_edges_belong_to_the_bin_above_and_one_to_the_last():
    assert [bin_of(edge / 10) for edge in range(11)] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]


def test_rmse_weighs_bins_by_their_answers():
    bins = with_bins(_2=Count(100, 25.0, 35, 9), _8=Count(300, 255.0, 255, 9))
    assert rmse_of(bins) == pytest.approx((0.25 * 0.1**2) ** 0.5)
    assert rmse_of(NOTHING) == 0


def test_chance_is_what_true_predictions_make():
    bins = with_bins(_2=Count(500, 100.0, 100, 9), _5=Count(500, 250.0, 250, 9))
    assert chance_of(bins) == pytest.approx(((0.2 * 0.8 + 0.5 * 0.5) / 1000) ** 0.5)
    assert chance_of(NOTHING) == 0


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (Count(99, 70.0, 70, 9), None),
        (Count(500, 350.0, 350, 4), None),
        (Count(107, 75.97, 77, 5), Shown(100, 71, 70, False)),
        (Count(499, 354.29, 337, 9), Shown(490, 71, 70, False)),
        (Count(500, 355.0, 337, 9), Shown(500, 71, 67, True)),
        (Count(1000, 714.9, 705, 9), Shown(1000, 71, 71, True)),
    ],
)
def test_what_is_shown_is_coarse(count, expected):
    assert shown(count, 5) == expected


def test_one_answer_more_is_not_seen_under_five_hundred():
    before, after = (shown(Count(211, 150.0, right, 20), 5) for right in (148, 149))
    assert before == after


def test_bin_of_few_people_or_answers_is_hidden():
    bins = shown_bins(with_bins(_3=Count(60, 21.0, 20, 4), _6=Count(49, 31.0, 30, 9), _7=Count(50, 37.5, 40, 5)), 5)
    assert [(one.low, one.high) for one in bins if one.shown] == [(70, 80)]
    assert len(bins) == 10


def test_week_is_the_sum_of_its_bins_of_enough_people():
    bins = with_bins(_3=Count(400, 140.0, 400, 4), _6=Count(300, 195.0, 195, 9), _7=Count(300, 225.0, 225, 5))
    week = week_of(None, bins, 5)
    assert week.shown == Shown(600, 70, 70, True)
    assert week.rmse == 0
    assert week_of(None, bins, 10).shown is None
    assert week_of(None, with_bins(_6=Count(499, 300.0, 300, 9)), 5).rmse is None


@pytest.mark.parametrize(
    ("predicted", "right", "expected"), [(0.73, 0.7, False), (0.7, 0.73, False), (0.731, 0.7, True), (0.5, 0.54, True)]
)
def test_apart_is_more_than_three_points(predicted, right, expected):
    assert is_apart(predicted, right) is expected


def test_difference_has_its_sign():
    assert [Shown(1000, predicted, 70, True).difference for predicted in (73, 70, 68)] == ["+3", "0", "\N{MINUS SIGN}2"]


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("latest", "sentence", "title"),
    [
        (None, "Too few answers yet to say how well they are predicted: 100 are needed.", "How well answers are predicted"),
        (
            Shown(340, 71, 70, False),
            "Over the last 340 answers: predicted 71 %, correct about 70 %.",
            "A first comparison, over few answers",
        ),
        (Shown(1000, 71, 70, True), "Over the last 1,000 answers: predicted 71 %, correct 70 %.", "Predictions and answers agree"),
        (Shown(1000, 71, 66, True), "Over the last 1,000 answers: predicted 71 %, correct 66 %.", "Predictions are 5 points too high"),
        (Shown(1000, 66, 71, True), "Over the last 1,000 answers: predicted 66 %, correct 71 %.", "Predictions are 5 points too low"),
    ],
)
def test_latest_answers_in_words(latest, sentence, title):
    with translation.override("en"):
        assert plain(in_words(latest).text) == sentence
        assert headline(latest, is_apart=latest is not None and abs(latest.predicted - latest.right) > 3) == title


def test_headline_and_notice_go_by_the_same_distance():
    # 74.4 % and 70.51 % are 3.9 points apart, and rounded 74 % and 71 %.
    assert is_apart(0.744, 0.7051)
    with translation.override("en"):
        assert headline(shown_of(1000, 0.744, 0.7051), is_apart=True) == "Predictions are 3 points too high"
        assert plain(read_notice(0.744, 0.7051)).startswith("Predictions are 3 points too high.")
        assert plain(read_notice(0.745, 0.705)).startswith("Predictions are 4 points too high.")


def test_notice_in_words():
    with translation.override("en"):
        assert plain(read_notice(0.75, 0.7)) == (
            "Predictions are 5 points too high. Over the 1,000 answers before that night, 75 % were expected to be right and 70 % were."
        )


def test_diagram_stands_on_its_diagonal_where_predictions_are_true():
    bins = shown_bins(with_bins(_2=Count(100, 25.0, 25, 9), _8=Count(400, 340.0, 220, 9)), 5)
    diagram = reliability_diagram(bins)
    low, high = diagram.points
    assert (low.x, low.y) == (25, low.diagonal_y)
    assert low.y == f"{BASE - (BASE - TOP) * 0.25:.1f}"
    assert float(high.y) > float(high.diagonal_y)
    # Four times as many answers are four times the area.
    assert float(high.radius) == 2 * float(low.radius)
    with translation.override("en"):
        assert plain(read_bins(bins)) == "Furthest from the line: where 85 % was predicted, about 55 % were right"


def test_there_is_no_diagram_without_bins():
    assert reliability_diagram(shown_bins(NOTHING, 5)) is None
    assert read_bins(shown_bins(NOTHING, 5)) == ""
