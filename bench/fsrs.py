"""FSRS-6, the anchor: the published recurrence with elapsed time in fractional days, fitted by its own optimiser.

https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm describes the formulas; ratings are 1 again to 4 easy.
"""

import math
from collections.abc import Sequence
from itertools import groupby

import fsrs_rs_python as optimiser

from bench.logs import LoggedAnswer

DEFAULT = (
    *(0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796),
    *(1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542),
)
_LONGEST_HISTORY = 64
_FEWEST_REVIEWS = 50


class Fsrs:
    """The recurrence of one set of 21 parameters."""

    def __init__(self, parameters: Sequence[float] = DEFAULT):
        self._w = tuple(parameters)
        self._decay = -self._w[20]
        self._factor = 0.9 ** (1 / self._decay) - 1

    def recall(self, stability: float, days: float) -> float:
        """Retrievability after `days`."""
        return (1 + self._factor * days / stability) ** self._decay

    def first(self, rating: int) -> tuple[float, float]:
        """Stability in days and difficulty from 1 to 10 after the first answer."""
        return max(self._w[rating - 1], 0.001), min(max(self._first_difficulty(rating), 1.0), 10.0)

    def next(self, stability: float, difficulty: float, rating: int, days: float) -> tuple[float, float]:
        """The same after one more answer, `days` after the last."""
        w = self._w
        if days < 1:
            growth = math.exp(w[17] * (rating - 3 + w[18])) * stability ** -w[19]
            after = stability * (max(growth, 1.0) if rating >= 2 else growth)
        elif rating == 1:
            forgotten = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1)
            lapse = forgotten * math.exp((1 - self.recall(stability, days)) * w[14])
            after = min(lapse, stability / math.exp(w[17] * w[18]))
        else:
            factor = {2: w[15], 3: 1.0, 4: w[16]}[rating]
            spacing = math.exp((1 - self.recall(stability, days)) * w[10]) - 1
            after = stability * (1 + math.exp(w[8]) * (11 - difficulty) * stability ** -w[9] * spacing * factor)
        harder = difficulty - w[6] * (rating - 3) * (10 - difficulty) / 9
        reverted = w[7] * self._first_difficulty(4) + (1 - w[7]) * harder
        return min(max(after, 0.001), 36_500.0), min(max(reverted, 1.0), 10.0)

    def _first_difficulty(self, rating: int) -> float:
        return self._w[4] - math.exp(self._w[5] * (rating - 1)) + 1


def recalls(answers: Sequence[LoggedAnswer], parameters: Sequence[float]) -> list[float | None]:
    """Retrievability before each answer, None at a first one. `answers` by learner and time; those of one moment do not see one another."""
    model = Fsrs(parameters)
    found: list[float | None] = []
    for _learner, own in groupby(answers, key=lambda answer: answer.learner):
        states: dict[str, tuple[float, float, float]] = {}
        for at, moment in groupby(own, key=lambda answer: answer.at):
            together = list(moment)
            for answer in together:
                state = states.get(answer.item)
                found.append(model.recall(state[0], at - state[2]) if state else None)
            for answer in together:
                state = states.get(answer.item)
                after = model.next(state[0], state[1], answer.rating, at - state[2]) if state else model.first(answer.rating)
                states[answer.item] = (*after, at)
    return found


def fitted(answers: Sequence[LoggedAnswer]) -> tuple[float, ...]:
    """The parameters that the official optimiser finds for all these learners together; the default ones where there is too little."""
    items, cards = [], []
    by_card = sorted(answers, key=lambda answer: (answer.learner, answer.item))
    for card, (_key, own) in enumerate(groupby(by_card, key=lambda answer: (answer.learner, answer.item))):
        history: list = []
        last = None
        for answer in own:
            day = math.floor(answer.at)
            days = 0 if last is None else day - last
            last = day
            history.append(optimiser.FSRSReview(answer.rating, days))
            if len(history) > 1 and days > 0 and len(history) <= _LONGEST_HISTORY:
                items.append(optimiser.FSRSItem(list(history)))
                cards.append(card)
    if len(items) < _FEWEST_REVIEWS:
        return DEFAULT
    start = optimiser.FSRS(list(optimiser.DEFAULT_PARAMETERS))
    return tuple(start.compute_parameters(items, card_ids=cards, enable_short_term=True))
