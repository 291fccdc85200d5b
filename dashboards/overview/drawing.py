"""A trend as a line: points in per cent of the width and of the height. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reinforcement.published.figures import WeekTotal

# Grid lines, in per cent right.
GRID = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Point:
    """A week: where it stands in per cent of the width and from above, and its share."""

    x: str
    y: str
    percent: int
    week_on: date


@dataclass(frozen=True, slots=True)
class TrendLine:
    """`path` is drawn in a square of 100 by 100 that stretches; weeks without a figure leave a gap."""

    path: str
    first: Point
    last: Point


def trend_line(weeks: Sequence[WeekTotal]) -> TrendLine | None:
    """The weeks that have a share of right answers as one line; None where fewer than two have."""
    told = [week for week in weeks if week.answered]
    if len(told) < 2:
        return None
    start, span = told[0].week_on, (told[-1].week_on - told[0].week_on).days
    points = [
        Point(f"{100 * (week.week_on - start).days / span:.2f}", f"{100 - week.share.percent}", week.share.percent, week.week_on)
        for week in told
    ]
    strokes = []
    for place, point in enumerate(points):
        follows = place > 0 and (point.week_on - points[place - 1].week_on).days == 7
        strokes.append(f"{'L' if follows else 'M'}{point.x} {point.y}")
    return TrendLine(" ".join(strokes), points[0], points[-1])
