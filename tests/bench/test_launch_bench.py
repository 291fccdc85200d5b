"""bench.launch: the simulation before a launch, timed."""

from tests.test_bench import lines_of


def test_launch_bench_has_a_line_for_each_length():
    lines = lines_of("bench.launch", "--questions", "10", "--days", "10,20")
    assert [(line["questions"], line["people"], line["days"]) for line in lines] == [(10, 200, 10), (10, 200, 20)]
    for line in lines:
        assert line["seconds"] > 0
        assert 0 < line["low"] < line["recall"] < line["high"] < 1
        assert 0 < line["without"] < line["fixed"] < 1
