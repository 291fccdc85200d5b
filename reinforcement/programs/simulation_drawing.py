"""Curves of expected recall as points of lines, and labels that do not lie over each other. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The plot in pixels: from the line of 100 per cent down to that of none.
TOP, HEIGHT = 12, 180
# Pixels from one label to the next, at least.
LINE = 18


@dataclass(frozen=True, slots=True)
class CurveLine:
    """A line: `points` in per cent of width and height of the plot, its last value, and where its label stands in pixels from above."""

    name: str
    label: str
    points: str
    percent: int
    label_y: int


@dataclass(frozen=True, slots=True)
class RecallChart:
    """Lines by name, and the band of the first one. `grid`: per cent and pixels from above."""

    lines: tuple[CurveLine, ...]
    band: str
    grid: tuple[tuple[int, int], ...]
    height: int = TOP + HEIGHT + 24
    top: int = TOP
    plot_height: int = HEIGHT


def recall_chart(result: Mapping[str, Any], labels: Mapping[str, str]) -> RecallChart:
    """The chart of a result of launch_foresight.reckon(); `labels`: what its lines "ours", "fixed" and "without" are called."""
    days = result["days"]
    curves = {name: result[name] for name in labels if result[name] is not None}
    wanted = {name: TOP + HEIGHT * (1 - shares[-1]) for name, shares in curves.items()}
    places = _apart(wanted)
    lines = [CurveLine(name, labels[name], _points(days, shares), round(100 * shares[-1]), places[name]) for name, shares in curves.items()]
    band = f"{_points(days, result['high'])} {_points(days[::-1], result['low'][::-1])}"
    grid = tuple((percent, round(TOP + HEIGHT * (1 - percent / 100))) for percent in (100, 50, 0))
    return RecallChart(tuple(lines), band, grid)


def _points(days: Sequence[int], shares: Sequence[float]) -> str:
    last = max(days)
    return " ".join([f"{100 * day / last:.2f},{100 * (1 - share):.2f}" for day, share in zip(days, shares, strict=True)])


def _apart(wanted: Mapping[str, float]) -> dict[str, int]:
    """Where labels stand that want to stand at these heights: in the same order, a line apart, within the plot."""
    found: dict[str, int] = {}
    free = float(TOP)
    for number, name in enumerate(sorted(wanted, key=lambda name: wanted[name])):
        below = len(wanted) - number - 1
        place = min(max(wanted[name], free), TOP + HEIGHT - below * LINE)
        found[name] = round(place)
        free = place + LINE
    return found
