"""Two simulated worlds in which policies are compared; neither is the policies' own model.

World A: activation with decay that depends on spacing (Pavlik and Anderson 2005), hard recall and fast forgetting. World B: FSRS-6,
multiple choice and slow forgetting. Both: log odds of a right answer = memory + learner + question, never below the untaught ones.
Parameters were fitted on real logs and lie in worlds.json; an own file has the same keys.
"""

import json
from pathlib import Path
from typing import Protocol

import numpy as np

PARAMETERS = Path(__file__).with_name("worlds.json")
_MOST_EXPOSURES = 60
_SECONDS = 86_400.0
_HALF_A_MINUTE = 30 / _SECONDS


class Memory(Protocol):
    """What learners (rows) keep of questions (columns)."""

    def odds(self, now: float) -> np.ndarray: ...

    def answer(self, learners: np.ndarray, questions: np.ndarray, rights: np.ndarray, now: float) -> None: ...


class Activation:
    """World A."""

    def __init__(self, parameters: dict, learners: int, questions: int):
        self._parameters = parameters
        self._count = np.zeros((learners, questions), dtype=int)
        self._times = np.zeros((learners, questions, _MOST_EXPOSURES))
        self._weights = np.zeros_like(self._times)
        self._decays = np.full_like(self._times, 0.5)

    def odds(self, now: float) -> np.ndarray:
        most = max(int(self._count.max()), 1)
        days = np.maximum(now - self._times[..., :most], _HALF_A_MINUTE)
        # Beyond an hour, time away from practice passes more slowly.
        seconds = (np.minimum(days, 1 / 24) + self._parameters["h"] * np.maximum(days - 1 / 24, 0)) * _SECONDS
        activation = (self._weights[..., :most] * seconds ** -self._decays[..., :most]).sum(-1)
        return np.log(np.maximum(activation, 1e-4))

    def answer(self, learners: np.ndarray, questions: np.ndarray, rights: np.ndarray, now: float) -> None:
        parameters, before = self._parameters, self.odds(now)[learners, questions]
        count = self._count[learners, questions]
        place = np.minimum(count, _MOST_EXPOSURES - 1)
        activation = np.exp(np.clip(np.where(count == 0, -9, before), -9, 3))
        self._times[learners, questions, place] = now
        self._weights[learners, questions, place] = np.where(rights, 1.0, parameters["wf"])
        self._decays[learners, questions, place] = np.clip(parameters["c"] * activation + parameters["a"], 0.01, 2)
        self._count[learners, questions] += 1


class Fsrs6:
    """World B."""

    def __init__(self, parameters: dict, learners: int, questions: int):
        self._w = parameters["w"]
        self._decay = -self._w[20]
        self._factor = 0.9 ** (1 / self._decay) - 1
        self._stability = np.ones((learners, questions))
        self._difficulty = np.full((learners, questions), 5.0)
        self._last = np.zeros((learners, questions))
        self._is_new = np.ones((learners, questions), dtype=bool)

    def odds(self, now: float) -> np.ndarray:
        recall = np.clip(self._recall(self._stability, np.maximum(now - self._last, 0)), 0.005, 0.995)
        return np.log(recall / (1 - recall))

    def _recall(self, stability: np.ndarray, days: np.ndarray) -> np.ndarray:
        return (1 + self._factor * days / stability) ** self._decay

    def _first_difficulty(self, rating: np.ndarray) -> np.ndarray:
        return self._w[4] - np.exp(self._w[5] * (rating - 1)) + 1

    def answer(self, learners: np.ndarray, questions: np.ndarray, rights: np.ndarray, now: float) -> None:
        w, at = self._w, (learners, questions)
        stability, difficulty, is_new = self._stability[at], self._difficulty[at], self._is_new[at]
        rating = np.where(rights, 3, 1)
        forgotten = 1 - self._recall(stability, np.maximum(now - self._last[at], 0))
        grown = stability * (1 + np.exp(w[8]) * (11 - difficulty) * stability ** -w[9] * (np.exp(forgotten * w[10]) - 1))
        lapsed = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * np.exp(forgotten * w[14])
        lapsed = np.minimum(lapsed, stability / np.exp(w[17] * w[18]))
        harder = difficulty - w[6] * (rating - 3) * (10 - difficulty) / 9
        reverted = w[7] * self._first_difficulty(np.array(4)) + (1 - w[7]) * harder
        first = np.where(rights, w[2], w[0])
        self._stability[at] = np.clip(np.where(is_new, first, np.where(rights, grown, lapsed)), 0.001, 36_500)
        self._difficulty[at] = np.clip(np.where(is_new, self._first_difficulty(rating), reverted), 1, 10)
        self._last[at] = now
        self._is_new[at] = False


class World:
    """Learners of one seed who answer the questions of one seed. `name` "A" or "B"."""

    def __init__(self, name: str, parameters: dict, easiness: np.ndarray, abilities: np.ndarray):
        self._parameters = parameters
        self._effects = abilities[:, None] + easiness[None]
        size = (len(abilities), len(easiness))
        self._memory: Memory = Activation(parameters, *size) if name == "A" else Fsrs6(parameters, *size)
        self._is_new = np.ones(size, dtype=bool)

    def probabilities(self, now: float) -> np.ndarray:
        """Of a right answer by each learner to each question."""
        untaught = self._parameters["b0"] + self._effects
        taught = self._parameters["b1"] + self._parameters["k"] * self._memory.odds(now) + self._effects
        return 1 / (1 + np.exp(-np.clip(np.where(self._is_new, untaught, np.maximum(taught, untaught)), -30, 30)))

    def answer(self, learners: np.ndarray, questions: np.ndarray, rights: np.ndarray, now: float) -> None:
        self._memory.answer(learners, questions, rights, now)
        self._is_new[learners, questions] = False


def parameters_of(name: str, path: Path = PARAMETERS) -> dict:
    """The parameters of world `name`."""
    return json.loads(path.read_text())[name]
