"""Predicted against correct, in ten bins of predicted probability: what is counted, and what of it is shown. Pure.

The same answers are counted elsewhere by group and by competency (docs/decisions/0009-published-figures.md). So that nobody finds a few
people's answers by subtraction, what is shown here is coarse: numbers of answers in tens, and the share right in steps that are
worth several answers.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

BINS = 10
LATEST_ANSWERS = 1_000
# From these numbers of answers on there is a figure: of the latest answers or a week, of one bin, and of the bins together. With
# fewer, chance alone makes a difference over the bins of six per cent and more.
LEAST_ANSWERS = 100
LEAST_IN_A_BIN = 50
LEAST_FOR_RMSE = 500
# The share right is in whole per cents from this number of answers on, else in steps.
WHOLE_FROM = 500
STEP = 5
# Beyond this difference of mean predicted and share right over the latest answers the owners are told.
NOTICE_BEYOND = 0.03


@dataclass(frozen=True, slots=True)
class Count:
    """Answers, the sum of what was predicted of them, how many were right, and how many different people gave them."""

    answers: int = 0
    predicted: float = 0.0
    right: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """What people read: answers in tens, predicted and right in per cent. `is_whole`: right is in whole per cents, else in steps."""

    answers: int
    predicted: int
    right: int
    is_whole: bool

    @property
    def difference(self) -> str:
        """Predicted less right, with its sign."""
        return f"{self.predicted - self.right:+d}".replace("-", "\N{MINUS SIGN}").replace("+0", "0")


@dataclass(frozen=True, slots=True)
class ShownBin:
    """A tenth of the probabilities, from `low` to `high` per cent; `shown` is None where too few answers or people stand behind it."""

    low: int
    high: int
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class WeekReliability:
    """A week's total over its bins that enough people answered. `rmse` is None where there are too few answers for it."""

    week_on: date
    shown: Shown | None
    rmse: float | None


def bin_of(predicted: float) -> int:
    """0 for a probability under 0.1, and so on; 9 from 0.9 up to and with 1."""
    return min(int(predicted * BINS), BINS - 1)


def counted(answers: Iterable[tuple[int, float, bool]]) -> list[Count]:
    """Ten bins of answers, each given as who answered, what was predicted and whether it was right."""
    bins: list[list[tuple[int, float, bool]]] = [[] for _bin in range(BINS)]
    for answer in answers:
        bins[bin_of(answer[1])].append(answer)
    return [
        Count(
            answers=len(one),
            predicted=sum(predicted for _person, predicted, _is_right in one),
            right=sum(is_right for _person, _predicted, is_right in one),
            people=len({person for person, _predicted, _is_right in one}),
        )
        for one in bins
    ]


def rmse_of(bins: Iterable[Count]) -> float:
    """Root of the mean square difference of mean predicted and share right, each bin weighted by its answers; 0 without answers."""
    bins = [one for one in bins if one.answers]
    answers = sum(one.answers for one in bins)
    return math.sqrt(sum((one.predicted - one.right) ** 2 / one.answers for one in bins) / answers) if answers else 0.0


def chance_of(bins: Iterable[Count]) -> float:
    """The same that chance alone makes where every prediction is true: about its size to expect."""
    bins = [one for one in bins if one.answers]
    answers = sum(one.answers for one in bins)
    means = (one.predicted / one.answers for one in bins)
    return math.sqrt(sum(mean * (1 - mean) for mean in means) / answers) if answers else 0.0


def total_of(bins: Sequence[Count], minimum: int) -> Count:
    """The bins of `minimum` people or more together; its people are those of the largest one, for the others may be the same."""
    told = [one for one in bins if one.people >= minimum]
    return Count(
        sum(one.answers for one in told),
        sum(one.predicted for one in told),
        sum(one.right for one in told),
        max((one.people for one in told), default=0),
    )


def shown(count: Count, minimum: int, least: int = LEAST_ANSWERS) -> Shown | None:
    """The count as people read it; None where fewer than `minimum` people or `least` answers stand behind it."""
    if count.people < minimum or count.answers < least:
        return None
    return shown_of(count.answers, count.predicted / count.answers, count.right / count.answers)


def shown_of(answers: int, predicted: float, right: float) -> Shown:
    """A number of answers, their mean predicted probability and their share right as people read them."""
    is_whole = answers >= WHOLE_FROM
    step = 1 if is_whole else STEP
    return Shown(answers - answers % 10, half_up(100 * predicted), step * half_up(100 * right / step), is_whole)


def shown_bins(bins: Sequence[Count], minimum: int) -> tuple[ShownBin, ...]:
    """All ten, from the lowest probability to the highest."""
    width = 100 // BINS
    return tuple(ShownBin(width * place, width * (place + 1), shown(one, minimum, LEAST_IN_A_BIN)) for place, one in enumerate(bins))


def week_of(week_on: date, bins: Sequence[Count], minimum: int) -> WeekReliability:
    total = total_of(bins, minimum)
    rmse = rmse_of(one for one in bins if one.people >= minimum)
    return WeekReliability(week_on, shown(total, minimum), rmse if total.answers >= LEAST_FOR_RMSE else None)


def is_apart(predicted: float, right: float) -> bool:
    """Whether mean predicted and share right differ by more than the owners are told of."""
    # 0.73 - 0.7 is a little more than 0.03 in binary.
    return round(abs(predicted - right), 9) > NOTICE_BEYOND


def half_up(value: float) -> int:
    return math.floor(value + 0.5)
