"""bench.policy: simulated worlds, and what is kept per question in them."""

import json

import numpy as np
import pytest

from bench.policy import DAYS, Seen, at_random, fixed, simulate, world_of
from bench.worlds import PARAMETERS, World, parameters_of
from reinforcement.memory.features import Item
from tests.test_bench import lines_of

ITEMS = [Item(0.0, 0.0, 0)] * 50


@pytest.mark.parametrize(("world", "over_fixed"), [("A", 1.4), ("B", 1.15)])
def test_ours_keeps_most_per_question(world, over_fixed):
    lines = {line["policy"]: line for line in lines_of("bench.policy", "--world", world, "--seeds", "3")}
    assert set(lines) == {"ours", "fixed_7_14", "fixed_12_24", "random"}
    assert lines["ours"]["gain_per_100"] > over_fixed * lines["fixed_7_14"]["gain_per_100"]
    assert lines["ours"]["gain_per_100"] > lines["random"]["gain_per_100"]
    assert lines["ours"]["asked"] == pytest.approx(lines["fixed_7_14"]["asked"], rel=0.02)
    assert lines["random"]["asked"] == pytest.approx(lines["fixed_7_14"]["asked"], rel=0.02)


def test_other_worlds_come_from_a_file(tmp_path):
    worlds = json.loads(PARAMETERS.read_text())
    worlds["B"]["sd_i"] = 2.0
    path = tmp_path / "worlds.json"
    path.write_text(json.dumps(worlds))
    asked = ("bench.policy", "--world", "B", "--seeds", "1")
    assert lines_of(*asked, "--worlds", str(path))[0]["recall_90"] != lines_of(*asked)[0]["recall_90"]


@pytest.mark.parametrize("name", ["A", "B"])
def test_taught_is_never_below_untaught_and_fades(name):
    world = World(name, parameters_of(name), np.zeros(2), np.zeros(3))
    untaught = world.probabilities(0.0)
    everybody, questions = np.array([0, 1, 2]), np.zeros(3, dtype=int)
    world.answer(everybody, questions, np.array([True, True, True]), 0.0)
    soon, later = world.probabilities(1.0), world.probabilities(40.0)
    assert (soon[:, 0] > untaught[:, 0]).all()
    assert (later[:, 0] < soon[:, 0]).all()
    assert (later >= untaught - 1e-12).all()
    assert soon[:, 1] == pytest.approx(untaught[:, 1])


def test_fixed_spacing_asks_what_is_due_first_and_nothing_that_is_mastered():
    seen = Seen(1, ITEMS)
    seen.add(0, 0, False, 0.0)
    for day in (0.0, 14.0):
        seen.add(0, 1, True, day)
    score = fixed(7, 14)(seen, 30, np.random.default_rng(0))[0]
    assert score.argmax() == 0
    assert score[1] == -np.inf
    assert np.isfinite(score[2:]).all()


def test_nobody_is_asked_at_weekends_or_beyond_the_cap():
    world = world_of("B", parameters_of("B"), 1, 4, 0)
    run = simulate(world, at_random, Seen(4, ITEMS), np.random.default_rng(0))
    days = [day for _learner, _question, _right, day in run.log]
    assert {day % 7 for day in days} == {0, 1, 2, 3, 4}
    assert max(days) < DAYS
    for learner in range(4):
        of_day = [day for who, _question, _right, day in run.log if who == learner]
        assert max(of_day.count(day) for day in set(of_day)) == 3
