"""What a bench prints: a line for each figure as it is found, as JSON or as a table at the end."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

SERVE = (
    "what",
    "subject",
    "clients",
    "sellers",
    "answers",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "cpu_ms",
    "statements",
    "failed",
    "busy",
    "value",
)
FIT = ("answers", "sellers", "seconds", "peak_mb", "trees", "version_kb", "predict_us", "log_loss", "log_loss_before", "busy")
PLAN = ("mode", "sellers", "questions", "seconds", "floor_seconds", "ratio", "peak_mb", "second_run_changes", "answer_p95_ratio", "busy")


class Reporter:
    """Collects lines (objects of plain values). `keys` are in every line, empty where they say nothing."""

    def __init__(self, keys: Sequence[str], *, as_json: bool):
        self._keys, self._as_json = keys, as_json
        self.lines: list[dict] = []

    def add(self, line: dict) -> None:
        whole = dict.fromkeys(self._keys) | line
        self.lines.append(whole)
        if self._as_json:
            print(json.dumps(whole), flush=True)

    def print_table(self) -> None:
        """All lines with a column for each key, those besides in the last one, and the quotient to the floor's line before it."""
        head = [*self._keys, "cpu/floor", "also"]
        rows = [head]
        floor = 0.0
        for line in self.lines:
            if line.get("subject") == "floor":
                floor = line.get("cpu_ms") or line.get("value") or 0.0
            own = line.get("cpu_ms") or line.get("value") or 0.0
            is_compared = line.get("subject") == "ours" and floor and own
            also = " ".join(f"{key}={value}" for key, value in line.items() if key not in self._keys)
            rows.append([*(_text(line[key]) for key in self._keys), f"{own / floor:.2f}" if is_compared else "", also])
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        for row in rows:
            print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _text(value: object) -> str:
    return "" if value is None else str(value)


@contextmanager
def reporting(keys: Sequence[str], *, as_json: bool) -> Iterator[Reporter]:
    """A reporter whose table is printed at the end, also of a run that broke off."""
    reporter = Reporter(keys, as_json=as_json)
    try:
        yield reporter
    finally:
        if not as_json:
            reporter.print_table()
