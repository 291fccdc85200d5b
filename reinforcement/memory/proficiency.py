"""Current proficiency: how many of these questions a person would answer rightly now. Pure Python."""

from collections.abc import Sequence
from dataclasses import dataclass

# Below this many answers nothing is said.
FEWEST_ANSWERS = 5
# The interval holds the share of right answers in nine of ten cases, if the recalls are right.
_TAIL = 0.05


@dataclass(frozen=True)
class Proficiency:
    """Expected share of right answers, the interval in which nine of ten such rounds would end, and what it rests on."""

    share: float
    low: float
    high: float
    questions: int
    answers: int


def proficiency(recalls: Sequence[float], answers: int) -> Proficiency | None:
    """From the probability of a right answer to each assigned question, and how many answers the person has given to them.

    None where that is not enough data. The interval is that of a sum of unequal coin tosses (Poisson binomial distribution).
    """
    if not recalls or answers < FEWEST_ANSWERS:
        return None
    if not all(0 <= recall <= 1 for recall in recalls):
        raise ValueError("a probability lies between 0 and 1")
    low, high = _between(_distribution(recalls))
    count = len(recalls)
    return Proficiency(sum(recalls) / count, low / count, high / count, count, answers)


def _distribution(recalls: Sequence[float]) -> list[float]:
    """The probability of each number of right answers, from none to all."""
    chances = [1.0]
    for recall in recalls:
        wrong = 1 - recall
        chances = [here * wrong + before * recall for here, before in zip([*chances, 0.0], [0.0, *chances], strict=True)]
    return chances


def _between(chances: Sequence[float]) -> tuple[int, int]:
    below = 0.0
    low = None
    for number, chance in enumerate(chances):
        below += chance
        if low is None and below > _TAIL:
            low = number
        if below >= 1 - _TAIL:
            return low or 0, number
    return low or 0, len(chances) - 1
