"""The planner bench: `python -m bench.plan [--json]`. What is measured and how: docs/benchmarks.md."""

import argparse
import json
import os
import sys
import threading
from itertools import islice

from bench import clients, machine, report, web, world
from bench.browsing import Browsers
from bench.setting import Setting, bench_setting

QUESTIONS_A_DAY = 3
# The people who answer meanwhile: their sets are there before.
ANSWERING = 2_000
CLIENTS = 4
IDLE_ANSWERS = 400
WARM_UP = 20
FLOOR_ROUNDS = 3

_FLOOR_TABLES = """
CREATE TABLE learner (id bigint PRIMARY KEY);
CREATE TABLE state (learner_id bigint NOT NULL, question_id bigint NOT NULL, due_on date NOT NULL);
CREATE TABLE plan (
    plan_date date, learner_id bigint, question_id bigint, position integer, PRIMARY KEY (plan_date, learner_id, question_id));
INSERT INTO learner SELECT generate_series(1, {sellers});
INSERT INTO state SELECT learner.id, place, current_date + ((learner.id * 31 + place * 17) % 60 - 28)::integer
FROM learner, generate_series(0, {last}) AS place;
CREATE INDEX ON state (learner_id, due_on) INCLUDE (question_id);
ANALYZE;
"""
# Without compiling, which takes longer than a small plan itself.
_FLOOR = """
SET jit = off;
INSERT INTO plan
SELECT current_date, learner.id, due.question_id, due.position
FROM learner CROSS JOIN LATERAL (
    SELECT question_id, row_number() OVER (ORDER BY due_on) AS position FROM state
    WHERE learner_id = learner.id AND due_on <= current_date ORDER BY due_on LIMIT {most}) due
"""


def measure(setting: Setting, mode: str, sellers: int, questions: int, answering: int) -> dict:
    """The figures of one size. The floor and the project have a database each, in the same server."""
    floor_seconds, busy = _floor_seconds(setting, sellers, questions)
    database = f"plan_{mode}_{sellers}"
    size = world.Size(sellers, questions_a_day=QUESTIONS_A_DAY, questions=questions, has_log=False, with_sets=answering, mode=mode)
    browsers = Browsers(setting.fill_project(database, size))
    setting.postgres.create_database(f"{database}_answering", template=database)
    first = prepare(setting.environment("ours", database))
    second = prepare(setting.environment("ours", database))
    one = json.loads(web.run(["-m", "bench.choosing"], setting.environment("ours", database)))
    idle, meanwhile = _answers_meanwhile(setting.environment("ours", f"{database}_answering"), browsers, min(IDLE_ANSWERS, answering))
    if idle.failed or meanwhile.failed:
        print(f"answers failed: {idle.first_failure or meanwhile.first_failure}", file=sys.stderr)
    return {
        "mode": mode,
        "sellers": sellers,
        "questions": questions,
        "seconds": round(first["seconds"], 2),
        "floor_seconds": round(floor_seconds, 2),
        "ratio": round(first["seconds"] / floor_seconds, 2),
        "peak_mb": round(first["peak_mb"], 1),
        "second_run_changes": second["sets"] + second["items"] + second["messages"],
        "answer_p95_ratio": round(meanwhile.percentile(0.95) / idle.percentile(0.95), 2) if meanwhile.milliseconds else None,
        "choose_one_ms": round(one["milliseconds"], 1),
        "chosen_for_one": one["rows"],
        "sets": first["sets"],
        "items": first["items"],
        "answers_meanwhile": len(meanwhile.milliseconds),
        "failed": idle.failed + meanwhile.failed,
        "busy": busy,
    }


def _answers_meanwhile(environment: dict[str, str], browsers: Browsers, idle_answers: int) -> tuple[clients.Load, clients.Load]:
    """Answers before a morning run, and during it, in a copy of the same database."""
    with web.serving("ours", environment, "/healthz") as ours:
        answers = browsers.answers()
        clients.send(ours.port, islice(answers, WARM_UP), clients=CLIENTS)
        idle = clients.send(ours.port, islice(answers, idle_answers), clients=CLIENTS)
        running = _Answering(ours.port, answers)
        running.start()
        prepare(environment)
        return idle, running.stop()


def prepare(environment: dict[str, str]) -> dict:
    """What a morning run of the project says of itself, in a process of its own."""
    return json.loads(web.run(["-m", "bench.preparing"], environment))


def _floor_seconds(setting: Setting, sellers: int, questions: int) -> tuple[float, float]:
    """The plan as one INSERT from a select of what is due, three for each learner: the middle of three runs, and how busy others were."""
    database = f"plan_floor_{sellers}"
    setting.postgres.create_database(database)
    for statement in _FLOOR_TABLES.format(sellers=sellers, last=questions - 1).split(";\n"):
        if statement.strip():
            setting.execute(database, statement)
    busy = machine.Busy([os.getpid(), setting.postgres.pid])
    seconds = []
    for _round in range(FLOOR_ROUNDS):
        setting.execute(database, "TRUNCATE plan")
        seconds.append(setting.timed(database, _FLOOR.format(most=QUESTIONS_A_DAY)))
    return sorted(seconds)[FLOOR_ROUNDS // 2], busy.share()


class _Answering(threading.Thread):
    """Answers, one after the other by a few clients, until it is stopped."""

    def __init__(self, port: int, answers):
        super().__init__()
        self._port, self._answers, self._is_over = port, answers, threading.Event()
        self._load = clients.Load()

    def run(self) -> None:
        self._load = clients.send(self._port, iter(self._next, None), clients=CLIENTS)

    def _next(self):
        return None if self._is_over.is_set() else next(self._answers, None)

    def stop(self) -> clients.Load:
        self._is_over.set()
        self.join()
        return self._load


def main() -> None:
    parser = argparse.ArgumentParser(description="The morning run beside the floor in SQL, in the same server.")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--mode", choices=["fixed", "adaptive"], default="fixed")
    parser.add_argument("--sellers", default="10000,100000")
    parser.add_argument("--questions", type=int, default=100)
    given = parser.parse_args()
    if given.questions % world.COMPETENCIES or given.questions < world.COMPETENCIES:
        parser.error(f"--questions must be a multiple of {world.COMPETENCIES}")
    with report.reporting(report.PLAN, as_json=given.json) as reporter, bench_setting() as setting:
        for sellers in map(int, given.sellers.split(",")):
            reporter.add(measure(setting, given.mode, sellers, given.questions, min(ANSWERING, sellers // 2)))


if __name__ == "__main__":
    main()
