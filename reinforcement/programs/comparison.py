"""What the adaptive choice brings beside fixed spacing: the difference in recall of two groups of people, with its interval. Pure.

People are drawn by lot, so the person is the unit: the answers of one person resemble each other. Of each person the number n of answers to
questions drawn by lot and the number r of those that were right are known.

    share      R = sum(r) / sum(n)
    variance   V = k / (k - 1) * sum((r - R n)^2) / sum(n)^2, over the k people of the group, and at least R (1 - R) / sum(n)
    interval   R1 - R2 +- t * sqrt(V1 + V2), t for 95 % with (V1 + V2)^2 / (V1^2 / (k1 - 1) + V2^2 / (k2 - 1)) degrees of freedom

The share and its variance are the ratio estimator of Cochran, Sampling Techniques (1977), chapter 6, which is the one that is robust to
clusters with the small-sample factor k / (k - 1). The variance of separate answers is its floor, since few people may agree by chance. The
degrees of freedom are those of Welch (Biometrika 34, 1947) and Satterthwaite. Simulated: tests/reinforcement/programs/test_comparison.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

FEWEST_PEOPLE = 8
"""People of each group with an answer. With k of them t rests on k - 1 degrees of freedom: 2.4 spreads with 8, 2.8 with 5, 12.7 with 2.
Under 8 the variance itself is hardly known, and no difference that is likely would ever be told from chance."""
FEWEST_OF_EACH = 5
"""Right answers, and others, of each group: with fewer a share lies too near its end for an interval that is as long on both sides."""
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Group:
    """People who answered questions drawn by lot, their answers, how many were right, and the variance of the share right."""

    people: int
    answers: int
    right: int
    variance: float

    @property
    def share(self) -> float:
        return self.right / self.answers

    @property
    def others(self) -> int:
        """Answers that were not right."""
        return self.answers - self.right

    @property
    def has_answers(self) -> bool:
        return min(self.right, self.others) >= FEWEST_OF_EACH


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much of all answers the adaptive group was right more often: the estimate, and the ends of its 95 % interval (-1 to 1)."""

    estimate: float
    low: float
    high: float

    @property
    def points(self) -> int:
        return round(100 * self.estimate)

    @property
    def low_points(self) -> int:
        return round(100 * self.low)

    @property
    def high_points(self) -> int:
        return round(100 * self.high)

    @property
    def is_clear(self) -> bool:
        """Whether the interval, as it is shown in whole points, leaves out 0."""
        return self.low_points > 0 or self.high_points < 0


@dataclass(frozen=True, slots=True)
class Scale:
    """Places on a line from as much less to as much more, in per cent of its width; `end` is what its ends stand for, in points."""

    end: int
    estimate: str
    low: str
    high: str


def group_of(people: Sequence[tuple[int, int]]) -> Group:
    """The group of people with these numbers of answers and of right ones, of whom two or more have an answer. The others say nothing."""
    answered = [(answers, right) for answers, right in people if answers]
    answers, right = (sum(column) for column in zip(*answered, strict=True))
    share = right / answers
    squares = sum((right_of_one - share * answers_of_one) ** 2 for answers_of_one, right_of_one in answered)
    by_people = len(answered) / (len(answered) - 1) * squares / answers**2
    return Group(len(answered), answers, right, max(by_people, share * (1 - share) / answers))


def fewest_people(minimum: int) -> int:
    """How many people with answers each group needs, where the organization shows nothing of fewer than `minimum`."""
    return max(FEWEST_PEOPLE, minimum)


def difference(adaptive: Group, fixed: Group) -> Difference | None:
    """By how much `adaptive` was right more often; None where one of the groups has too few answers."""
    if not (adaptive.has_answers and fixed.has_answers):
        return None
    estimate = adaptive.share - fixed.share
    both = adaptive.variance + fixed.variance
    freedom = both**2 / sum(group.variance**2 / (group.people - 1) for group in (adaptive, fixed))
    margin = t_quantile(freedom) * sqrt(both)
    return Difference(estimate, max(estimate - margin, -1.0), min(estimate + margin, 1.0))


def t_quantile(freedom: float) -> float:
    """How many spreads to each side hold 95 % of Student's t; within 0.0001 from 7 degrees of freedom on.

    The expansion of Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def scale_of(difference: Difference) -> Scale:
    """The interval on a line with 0 in its middle, whose ends are a multiple of 5 points."""
    widest = max(abs(difference.low), abs(difference.high))
    end = max(10, 5 * -int(-100 * widest // 5))

    def place(value: float) -> str:
        # The line keeps one per cent of air at both ends, where a dot would be cut.
        return f"{50 + 49 * 100 * value / end:.2f}"

    return Scale(end, place(difference.estimate), place(difference.low), place(difference.high))
