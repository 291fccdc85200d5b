"""The benches run in their smallest form and say what they promise; what they would have to find, they find."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import clients, machine, report, serve, web
from bench.setting import bench_setting
from bench.world import Size

ROOT = Path(__file__).resolve().parent.parent
ANSWER = ("what", "subject", "clients", "sellers", "answers", "p50_ms", "p95_ms", "p99_ms", "cpu_ms", "statements", "failed")


def lines_of(*arguments: str) -> list[dict]:
    command = [sys.executable, "-m", *arguments, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.faults
def test_serving_bench_compares_every_page_with_the_floor_and_loses_nothing():
    lines = lines_of("bench.serve", "--quick", "--what", "answer,today,team_page,memory_mb,cold_start_s")
    assert {(line["what"], line["subject"]) for line in lines} == {
        *((what, subject) for what in ("answer", "today", "team_page", "memory_mb", "cold_start_s") for subject in ("floor", "ours")),
        ("answer_rows", "ours"),
    }
    assert all(set(report.SERVE) <= line.keys() for line in lines)
    for line in lines:
        if line["what"] in {"answer", "today", "team_page"}:
            assert all(line[key] is not None for key in ANSWER), line
            assert (line["failed"], line["cpu_ms"] > 0, line["statements"] > 0) == (0, True, True)
        if line["what"] == "answer":
            assert line["stored"] == line["acknowledged"]
    [rows] = [line for line in lines if line["what"] == "answer_rows"]
    assert (rows["lost"], rows["doubled"], rows["failed"]) == (0, 0, 0)
    assert rows["acknowledged"] > serve.QUICK.requests


@pytest.mark.faults
@pytest.mark.parametrize("mode", ["fixed", "adaptive"])
def test_planner_bench_has_its_figures_and_its_second_run_changes_nothing(mode):
    [line] = lines_of("bench.plan", "--mode", mode, "--sellers", "60", "--questions", "20")
    assert set(report.PLAN) <= line.keys()
    assert (line["mode"], line["sellers"], line["questions"], line["second_run_changes"]) == (mode, 60, 20, 0)
    assert (line["sets"], line["items"], line["failed"], line["chosen_for_one"]) == (30, 90, 0, 3)
    assert line["ratio"] > 0


@pytest.mark.faults
def test_fitting_bench_brings_models_in_force():
    [line] = lines_of("bench.fit", "--answers", "6000")
    assert set(report.FIT) <= line.keys()
    assert line["answers"] >= 5_000
    assert line["log_loss"] < line["log_loss_before"]


@pytest.mark.faults
def test_an_answer_that_is_lost_is_found():
    with bench_setting() as setting:
        setting.fill_project("ours", Size(20, (10,)))
        stored = [str(row[0]) for row in setting.execute("ours", _KEYS)]
        assert serve.lost_and_doubled(setting, "ours", stored) == {"lost": 0, "doubled": 0}
        setting.execute("ours", "DELETE FROM reinforcement_answer WHERE id = (SELECT MAX(id) FROM reinforcement_answer)")
        assert serve.lost_and_doubled(setting, "ours", stored) == {"lost": 1, "doubled": 0}
        setting.execute("ours", "ALTER TABLE reinforcement_answer DROP CONSTRAINT reinforcement_answer_item_id_key")
        setting.execute("ours", "UPDATE reinforcement_answer SET item_id = 1 WHERE id IN (1, 2)")
        assert serve.lost_and_doubled(setting, "ours", stored) == {"lost": 2, "doubled": 1}


_KEYS = "SELECT item.key FROM reinforcement_answer answer JOIN reinforcement_dailysetitem item ON item.id = answer.item_id"


def test_web_processes_of_the_bench_are_those_of_operations():
    documented = re.search(r"gunicorn config\.wsgi:application --bind \S+ (.*)", (ROOT / "docs/operations.md").read_text())
    assert documented
    assert documented[1].split() == web.GUNICORN
    assert documented[1].split()[3] == str(web.WORKERS)


def test_load_counts_only_answers_that_hold_what_they_must(live_server):
    port = int(live_server.url.rpartition(":")[2])
    good = clients.get("/healthz", "", host="127.0.0.1", marker=b"ok")
    other = clients.get("/healthz", "", host="127.0.0.1", marker=b"not there")
    load = clients.send(port, [good, other, good], clients=1)
    assert (len(load.milliseconds), load.failed) == (2, 1)
    assert load.first_failure.startswith("200")


def test_percentile_is_that_of_the_good_answers():
    load = clients.Load(milliseconds=[float(number) for number in range(100, 0, -1)])
    assert [load.percentile(share) for share in (0.5, 0.95, 0.99)] == [51.0, 96.0, 100.0]
    assert clients.Load().percentile(0.5) == 0.0


def test_processor_time_of_a_tree_counts_its_children():
    burning = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(8_000_000))'])"
    began = machine.processor_seconds([os.getpid()])
    subprocess.run([sys.executable, "-c", burning], check=True)
    assert machine.processor_seconds([os.getpid()]) - began > 0.02
    assert machine.memory_mb(os.getpid()) > 10
