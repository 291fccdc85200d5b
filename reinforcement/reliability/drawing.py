"""Ten bins as points of a diagram: how far right what was predicted stands, how high what was correct. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reinforcement.reliability.figures import ShownBin

HEIGHT = 360
TOP, BASE = 12, 336
SMALLEST, LARGEST = 4, 12
TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Tick:
    """A share in whole per cent, where it stands in pixels from above and in per cent of the width."""

    percent: int
    y: str


@dataclass(frozen=True, slots=True)
class Point:
    """A bin: `x` in per cent of the width; in pixels its height `y`, that of the diagonal at its place, and its radius."""

    x: int
    y: str
    diagonal_y: str
    radius: str


@dataclass(frozen=True, slots=True)
class Diagram:
    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    height: int = HEIGHT
    top: int = TOP
    base: int = BASE


def reliability_diagram(bins: Sequence[ShownBin]) -> Diagram | None:
    """The bins that are shown, a point's area growing with its answers; None where none is."""
    told = [one.shown for one in bins if one.shown is not None]
    if not told:
        return None
    most = max(one.answers for one in told)
    return Diagram(
        points=tuple(
            Point(one.predicted, _y(one.right), _y(one.predicted), f"{max(SMALLEST, LARGEST * math.sqrt(one.answers / most)):.1f}")
            for one in told
        ),
        ticks=tuple(Tick(percent, _y(percent)) for percent in TICKS),
    )


def _y(percent: int) -> str:
    return f"{BASE - (BASE - TOP) * percent / 100:.1f}"
