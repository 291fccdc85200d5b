"""Invented people of known abilities who answer questions of known easiness: what is known of them, and how many they know."""

from dataclasses import dataclass

import numpy as np

from reinforcement.memory.features import FEATURES, Item, features, sigmoid
from reinforcement.memory.fitting import Past, fit_logistic
from reinforcement.memory.prior import PRIOR
from reinforcement.memory.proficiency import Proficiency, standing
from reinforcement.memory.versions import Models


@dataclass
class Invented:
    """`questions` of one competency; abilities in general and in it spread by `spread` (log odds). Nobody forgets or learns."""

    randomness: np.random.Generator
    questions: int = 60
    spread: float = 0.7

    def __post_init__(self):
        self.easiness = self.randomness.normal(0.4, 0.8, self.questions)
        self.items = [Item(float(easiness), float(easiness), 60) for easiness in self.easiness]

    def person(self, answers: int) -> tuple[Past, np.ndarray, list[tuple[list[float], bool]]]:
        """What is known of somebody new after so many answers, a day apart; how likely each answer is right; features and answers."""
        ability = self.randomness.normal(0, self.spread) + self.randomness.normal(0, self.spread)
        chances = np.array([sigmoid(ability + easiness) for easiness in self.easiness])
        past, seen = Past(), []
        for day, place in enumerate(self.randomness.integers(0, self.questions, answers)):
            is_right = bool(self.randomness.random() < chances[place])
            seen.append((features(past.record(int(place), ("only",)), self.items[place], float(day), 0.6), is_right))
            past.add(int(place), ("only",), self.items[place], is_right, float(day))
        return past, chances, seen

    def models(self, people: int = 250) -> Models:
        """A recall model that was fitted on others of the same world."""
        seen = [row for _person in range(people) for row in self.person(int(self.randomness.integers(5, 60)))[2]]
        rows, rights = np.array([row for row, _right in seen]), np.array([right for _row, right in seen])
        assert rows.shape[1] == len(FEATURES)
        return Models(fit_logistic(rows, rights, 0.6), PRIOR.trace)

    def proficiency(self, models: Models, past: Past, answers: int) -> Proficiency:
        """What the product says of the person the day after the last answer."""
        asked = [(past.record(place, ("only",)), item) for place, item in enumerate(self.items)]
        return standing(models, asked, float(answers)).proficiency
