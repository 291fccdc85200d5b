"""The serving bench: `python -m bench.serve [--json]`. What is measured and how: docs/benchmarks.md."""

import argparse
import itertools
import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from bench import clients, lighthouse, machine, report, web, world
from bench.browsing import Browsers, Learners
from bench.setting import Setting, bench_setting

WHATS = ("answer", "today", "team_page", "company_overview", "memory_mb", "cold_start_s", "lighthouse")
FLOOR_LEARNERS, FLOOR_QUESTIONS = 500, 100
FIRST_PAGES = {"ours": "/accounts/login/", "floor": "/"}
STATEMENT_REQUESTS = 10
REPEATED_ANSWERS = 50
ANSWERS_FOR_GROWTH = 20_000


@dataclass(frozen=True)
class Amounts:
    """How much is sent: rounds, clients at once, and requests of each round to a quick page and to a heavy one."""

    rounds: int = 3
    clients: tuple[int, ...] = (1, 8, 32)
    requests: int = 400
    heavy_requests: int = 60
    answers: tuple[int, ...] = (100_000, 10_000_000)
    team_sizes: tuple[int, ...] = (10, 100, 1_000)


QUICK = Amounts(rounds=1, clients=(1, 8), requests=40, heavy_requests=10, answers=(1_800,), team_sizes=(10,))


@dataclass
class Subject:
    """The floor or the project, serving, with the requests that are sent to it."""

    name: str
    server: web.Web
    requests: Iterator[clients.Request]
    database: str
    acknowledged: list[str] = field(default_factory=list)


class Bench:
    """One run: the floor's database, and for each log of answers a database of the project."""

    def __init__(self, setting: Setting, whats: list[str], amounts: Amounts, reporter: report.Reporter):
        self._setting, self._whats, self._amounts, self._report = setting, whats, amounts, reporter
        self._learners = Learners(setting.fill_floor("floor", FLOOR_LEARNERS, FLOOR_QUESTIONS))

    def run(self) -> None:
        for answers in self._amounts.answers:
            size = world.size_for(answers, self._amounts.team_sizes)
            database = f"ours_{answers}"
            browsers = Browsers(self._setting.fill_project(database, size))
            self._run_in(database, answers, browsers)

    def _run_in(self, database: str, answers: int, browsers: Browsers) -> None:
        is_first = answers == self._amounts.answers[0]
        with ExitStack() as stack:
            ours = stack.enter_context(web.serving("ours", self._setting.environment("ours", database), FIRST_PAGES["ours"]))
            floor = stack.enter_context(web.serving("floor", self._setting.environment("floor", "floor"), FIRST_PAGES["floor"]))
            facts = {"sellers": browsers.sellers, "answers": answers}
            # First of all, as it needs people whose questions still wait.
            if "lighthouse" in self._whats and is_first:
                for line in lighthouse.measure(self._setting, ours, browsers):
                    self._report.add(line)
            if "cold_start_s" in self._whats and is_first:
                self._cold_starts(database, ours, floor)
            for what in ("answer", "today"):
                if what in self._whats:
                    subjects = [
                        Subject("floor", floor, getattr(self._learners, what + "s" * (what == "answer"))(), "floor"),
                        Subject("ours", ours, getattr(browsers, what + "s" * (what == "answer"))(), database),
                    ]
                    for count in self._amounts.clients:
                        self._measure(what, subjects, count, self._amounts.requests, facts)
                    if what == "answer":
                        self._check_rows(subjects[1], browsers)
            if "team_page" in self._whats:
                for size in browsers.team_sizes:
                    subjects = [
                        Subject("floor", floor, self._learners.team(), "floor"),
                        Subject("ours", ours, browsers.team(size), database),
                    ]
                    self._measure("team_page", subjects, 1, self._amounts.heavy_requests, {**facts, "sellers": size})
            if "company_overview" in self._whats:
                self._overview(ours, browsers, database, facts)
            if "memory_mb" in self._whats:
                self._memory(ours, floor, browsers, facts)

    def _measure(self, what: str, subjects: list[Subject], count: int, requests: int, facts: dict) -> None:
        """Rounds of floor and project in turn; one line for each, the median of its rounds."""
        for subject in subjects:
            clients.send(subject.server.port, itertools.islice(subject.requests, 10), clients=2)
        rounds: dict[str, list[dict]] = {subject.name: [] for subject in subjects}
        for _round in range(self._amounts.rounds):
            for subject in subjects:
                rounds[subject.name].append(self._round(what, subject, count, requests))
        for subject in subjects:
            with self._setting.logged_statements(subject.database) as seen:
                sent = clients.send(subject.server.port, itertools.islice(subject.requests, STATEMENT_REQUESTS), clients=1)
            subject.acknowledged += sent.acknowledged
            line = {"what": what, "subject": subject.name, "clients": count, **facts}
            line |= {key: _median([one[key] for one in rounds[subject.name]]) for key in ("p50_ms", "p95_ms", "p99_ms", "cpu_ms", "busy")}
            line["statements"] = round(len(seen) / STATEMENT_REQUESTS, 1)
            line["failed"] = sum(one["failed"] for one in rounds[subject.name]) + sent.failed
            line |= rounds[subject.name][-1]["rows"]
            self._report.add(line)

    def _round(self, what: str, subject: Subject, count: int, requests: int) -> dict:
        roots = [subject.server.pid, self._setting.postgres.pid]
        stored_before = self._stored(subject) if what == "answer" else 0
        busy, began = machine.Busy([os.getpid(), *roots]), machine.processor_seconds(roots)
        load = clients.send(subject.server.port, itertools.islice(subject.requests, requests), clients=count)
        used = machine.processor_seconds(roots) - began
        subject.acknowledged += load.acknowledged
        if load.failed:
            print(f"{what}, {subject.name}, {count} clients: {load.failed} failed, first {load.first_failure}", file=sys.stderr)
        done = len(load.milliseconds)
        rows = {}
        if what == "answer":
            rows = {"acknowledged": done, "stored": self._stored(subject) - stored_before}
        return {
            "p50_ms": load.percentile(0.5),
            "p95_ms": load.percentile(0.95),
            "p99_ms": load.percentile(0.99),
            "cpu_ms": used * 1000 / done if done else 0.0,
            "busy": busy.share(),
            "failed": load.failed,
            "rows": rows,
        }

    def _stored(self, subject: Subject) -> int:
        table = "floor_answer" if subject.name == "floor" else "reinforcement_answer"
        return self._setting.execute(subject.database, f"SELECT COUNT(*) FROM {table}")[0][0]  # noqa: S608 - one of two tables

    def _check_rows(self, ours: Subject, browsers: Browsers) -> None:
        """Every acknowledged answer stands in the log once, also after some were sent again."""
        load = clients.send(ours.server.port, browsers.repeated(ours.acknowledged[:REPEATED_ANSWERS]), clients=8)
        keys = [name.partition("/")[2] for name in ours.acknowledged]
        rows = lost_and_doubled(self._setting, ours.database, keys)
        self._report.add({"what": "answer_rows", "subject": "ours", "acknowledged": len(keys), **rows, "failed": load.failed})

    def _overview(self, ours: web.Web, browsers: Browsers, database: str, facts: dict) -> None:
        if clients.send(ours.port, itertools.islice(browsers.overview(), 1), clients=1).failed:
            print("company_overview: /overview/ does not answer, so it is not measured", file=sys.stderr)
            return
        self._measure("company_overview", [Subject("ours", ours, browsers.overview(), database)], 1, self._amounts.heavy_requests, facts)

    def _memory(self, ours: web.Web, floor: web.Web, browsers: Browsers, facts: dict) -> None:
        """Proportional memory of a worker, with its part of the master, after the same load; and after many more answers."""
        for server, requests in ((floor, self._learners.answers()), (ours, browsers.answers())):
            clients.send(server.port, itertools.islice(requests, self._amounts.requests), clients=8)
        for name, server in (("floor", floor), ("ours", ours)):
            self._value("memory_mb", name, machine.memory_mb(server.pid) / web.WORKERS, {**facts, "detail": "after load"})
        if self._amounts is QUICK:
            return
        load = clients.send(ours.port, itertools.islice(browsers.answers(), ANSWERS_FOR_GROWTH), clients=8)
        detail = f"after {len(load.acknowledged)} answers more"
        self._value("memory_mb", "ours", machine.memory_mb(ours.pid) / web.WORKERS, {**facts, "detail": detail})

    def _cold_starts(self, database: str, ours: web.Web, floor: web.Web) -> None:
        """From the start of the processes to the first page; the very first start fills caches of the disk and does not count."""
        times: dict[str, list[float]] = {"floor": [], "ours": []}
        for _round in range(self._amounts.rounds):
            for name, of in (("floor", "floor"), ("ours", database)):
                with web.serving(name, self._setting.environment(name, of), FIRST_PAGES[name]) as started:
                    times[name].append(started.cold_start_seconds)
        for name, seconds in times.items():
            self._value("cold_start_s", name, statistics.median(seconds), {})

    def _value(self, what: str, subject: str, value: float, facts: dict) -> None:
        self._report.add({"what": what, "subject": subject, "value": round(value, 2), **facts})


def lost_and_doubled(setting: Setting, database: str, keys: list[str]) -> dict[str, int]:
    """Of the acknowledged answers (keys of their items): how many have no row in the log, and how many more than one."""
    rows = setting.execute(
        database,
        """
        SELECT COUNT(*) FILTER (WHERE rows = 0), COUNT(*) FILTER (WHERE rows > 1)
        FROM (SELECT sent.key, COUNT(answer.id) AS rows FROM unnest(%s::uuid[]) AS sent(key)
              LEFT JOIN reinforcement_dailysetitem item ON item.key = sent.key
              LEFT JOIN reinforcement_answer answer ON answer.item_id = item.id GROUP BY sent.key) counted
        """,
        (keys,),
    )
    return dict(zip(("lost", "doubled"), rows[0], strict=True))


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description="What pages cost beside a floor of our own, in the same run.")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--what", default=",".join(WHATS), help="some of " + ",".join(WHATS))
    parser.add_argument("--answers", help="answers stored, such as 100000,10000000")
    parser.add_argument("--quick", action="store_true", help="the smallest form: one round in a small world")
    given = parser.parse_args()
    whats = given.what.split(",")
    if unknown := set(whats) - set(WHATS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    amounts = QUICK if given.quick else Amounts()
    if given.answers:
        amounts = replace(amounts, answers=tuple(int(number) for number in given.answers.split(",")))
    with report.reporting(report.SERVE, as_json=given.json) as reporter, bench_setting() as setting:
        Bench(setting, whats, amounts, reporter).run()


if __name__ == "__main__":
    main()
