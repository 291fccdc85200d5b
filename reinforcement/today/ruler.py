"""The dates of one question on a line: when it was seen, today, and when it returns. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# Per cent of the width. Today never stands so near to an end that its word runs into another.
FIRST, LAST = 4, 95
NOW_FROM, NOW_TO = 28, 68
# Two words nearer than this would touch on a small phone.
LABEL_GAP = 22


@dataclass(frozen=True)
class Mark:
    on: date
    at: float
    kind: str
    is_labelled: bool


def ruler_marks(seen: Sequence[date], now: date, returns: date | None) -> list[Mark]:
    """A mark for each earlier date, for `now`, and for the return; empty where there is only one of them.

    The gaps between the earlier dates and `now` are true to each other, so that one sees them grow.
    """
    earlier = sorted({day for day in seen if day < now})
    if not earlier and returns is None:
        return []
    first = earlier[0] if earlier else now
    last = returns or now
    at_now: float = LAST if returns is None else FIRST
    if earlier and returns is not None:
        true_place = FIRST + (LAST - FIRST) * (now - first).days / max((last - first).days, 1)
        at_now = min(max(true_place, NOW_FROM), NOW_TO)
    places = [(day, FIRST + (at_now - FIRST) * (day - first).days / (now - first).days) for day in earlier]
    marks = []
    labelled = float("-inf")
    for day, at in places:
        is_labelled = at - labelled >= LABEL_GAP and at_now - at >= LABEL_GAP
        labelled = at if is_labelled else labelled
        marks.append(Mark(day, round(at, 1), "past", is_labelled))
    marks.append(Mark(now, round(at_now, 1), "now", is_labelled=True))
    if returns is not None:
        marks.append(Mark(returns, LAST, "next", is_labelled=True))
    return marks
