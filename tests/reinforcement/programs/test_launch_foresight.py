"""What is reckoned and said before a launch."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from reinforcement.memory.spacing import AdaptiveRule, FixedRule, OnceRule
from reinforcement.programs import launch_foresight, simulation_words
from reinforcement.programs.launch_foresight import Abilities, LaunchPlan, reckon
from reinforcement.programs.simulation_drawing import recall_chart
from tests.reinforcement.memory.test_trace import MODEL

MONDAY = date(2030, 9, 2)
EVERYBODY = Abilities(0.0, 0.0, is_known=False)
SPACE = "\N{NO-BREAK SPACE}"
RESULT = {
    "starts_on": "2030-09-02",
    "people": 200,
    "questions": 60,
    "abilities_known": False,
    "days": [0, 30, 60, 90],
    "ours": [0.41, 0.5, 0.6, 0.64],
    "low": [0.3, 0.35, 0.45, 0.5],
    "high": [0.5, 0.6, 0.7, 0.77],
    "fixed": [0.41, 0.45, 0.5, 0.55],
    "without": [0.6, 0.48, 0.44, 0.41],
    "a_day": 2.93,
    "peak": 3,
    "asked": 190.0,
    "seen_day": 63,
    "finished_day": None,
    "seen": 1.0,
}


def plan(rule=FixedRule(), *, weekdays=127, ends_on=None, new=2, cap=3) -> LaunchPlan:  # noqa: B008 - the rule is frozen
    return LaunchPlan(rule, weekdays, MONDAY, ends_on, new, cap)


def test_a_literal_case():
    """Two questions that everybody knows, every day: both on day 0, again after 24 days, or the day after where not answered."""
    result = reckon(MODEL, plan(ends_on=MONDAY + timedelta(days=27)), Abilities(40.0, 0.0, is_known=True), [0.0, 0.0])
    assert (result["days"][0], result["days"][-1], result["people"], result["questions"]) == (0, 28, 200, 2)
    assert result["ours"] == result["low"] == result["high"] == [1.0] * len(result["days"])
    assert result["fixed"] is None
    assert result["peak"] == 2
    # Of both one is left over on each day after one in ten was not answered.
    assert 1.4 < result["a_day"] < 2
    assert (result["seen_day"], result["finished_day"]) == (0, 25)
    assert result["seen"] == 1.0
    assert result["abilities_known"] is True


def test_an_open_end_is_followed_half_a_year_and_a_far_one_a_year():
    ends = {None: 180, MONDAY: 1, MONDAY + timedelta(days=89): 90, MONDAY + timedelta(days=2000): 365}
    for ends_on, last in ends.items():
        result = reckon(MODEL, plan(OnceRule(), ends_on=ends_on), EVERYBODY, [0.0])
        assert result["days"][0] == 0
        assert result["days"][-1] == last
        assert len(result["days"]) == len(result["ours"]) == len(result["fixed"]) == len(result["without"]) <= 40


def test_fixed_spacing_is_beside_every_other_program():
    for rule in (AdaptiveRule(), OnceRule(), FixedRule(rights_to_retire=1), FixedRule(7, 14)):
        assert reckon(MODEL, plan(rule, ends_on=MONDAY), EVERYBODY, [0.0])["fixed"] is not None
    assert reckon(MODEL, plan(FixedRule(), ends_on=MONDAY), EVERYBODY, [0.0])["fixed"] is None


def test_without_practice_is_the_forgetting_curve_after_a_training_day():
    model = replace(MODEL, trace=0.5)
    result = reckon(model, plan(ends_on=MONDAY + timedelta(days=89)), Abilities(0.0, 0.7, is_known=True), [0.0] * 30)
    without = result["without"]
    assert without[0] > result["ours"][0]
    assert all(later <= sooner for sooner, later in pairwise(without))
    assert without[-1] < without[0] - 0.05


def test_the_same_settings_come_to_the_same():
    one, again = (reckon(MODEL, plan(AdaptiveRule(), ends_on=date(2030, 10, 1)), EVERYBODY, [0.0, 0.5, 1.0]) for _ in range(2))
    assert one == again


def test_a_large_program_is_played_by_fewer_people(monkeypatch):
    sizes = []

    def noted(model, state, *rest):
        sizes.append(state.answers.shape)
        raise StopIteration

    monkeypatch.setattr(launch_foresight, "simulate", noted)
    for questions in (60, 1_000, 50_000):
        with pytest.raises(StopIteration):
            reckon(MODEL, plan(), EVERYBODY, np.zeros(questions))
    assert sizes == [(200, 60), (60, 1_000), (10, 50_000)]


def test_the_finding_names_the_share_its_interval_fixed_spacing_and_no_practice():
    assert simulation_words.finding(RESULT) == (
        f"After 90 days about 64{SPACE}% would be right (50{SPACE}% to 77{SPACE}% for nine people of ten); "
        f"with fixed spacing 55{SPACE}%; after one training day without practice 41{SPACE}%."
    )
    assert "fixed" not in simulation_words.finding(RESULT | {"fixed": None})


def test_the_load_says_questions_a_day_the_peak_and_the_finish():
    told = [
        "About 2.9 questions on a day with a set, at most 3.",
        "Nine people of ten have been asked each question once by Monday 4 November.",
    ]
    assert simulation_words.load(RESULT, "adaptive", date(2030, 1, 1)) == simulation_words.load(RESULT, "once", MONDAY) == told
    finished = RESULT | {"finished_day": 88}
    assert simulation_words.load(finished, "fixed", MONDAY) == [*told, "Nine people of ten are through with it by Friday 29 November."]
    assert simulation_words.load(RESULT, "errors", MONDAY) == [*told, "In these 90 days fewer than nine people of ten get through with it."]
    assert simulation_words.load(RESULT | {"seen_day": None, "seen": 0.71}, "once", MONDAY)[1] == (
        f"In these 90 days a person is asked 71{SPACE}% of the questions at least once, on average."
    )


def test_the_chart_ends_where_the_figures_end_and_labels_keep_apart():
    chart = recall_chart(RESULT | {"fixed": [0.41, 0.5, 0.6, 0.64]}, {"ours": "ours", "fixed": "fixed", "without": "none"})
    assert [(line.name, line.percent) for line in chart.lines] == [("ours", 64), ("fixed", 64), ("without", 41)]
    assert chart.lines[0].points == "0.00,59.00 33.33,50.00 66.67,40.00 100.00,36.00"
    assert chart.band.split()[3] == "100.00,23.00"
    assert chart.band.split()[4] == "100.00,50.00"
    heights = sorted(line.label_y for line in chart.lines)
    assert all(below - above >= 18 for above, below in pairwise(heights))


def test_labels_at_the_bottom_stay_within_the_plot():
    low = dict.fromkeys(("ours", "fixed", "without"), [0.0] * 4)
    chart = recall_chart(RESULT | low, {"ours": "ours", "fixed": "fixed", "without": "none"})
    assert sorted(line.label_y for line in chart.lines) == [156, 174, 192]
