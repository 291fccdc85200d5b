"""`python -m bench.prior`: writes the recall model that an installation begins with, fitted on the simulated worlds of bench.policy.

In each world half of the learners are asked at random and half by fixed spacing; questions are known by the answers of other learners.
"""

import json

import numpy as np

from bench.policy import LEARNERS, ONLY_SKILL, Seen, at_random, fixed, pilot, simulate, world_of
from bench.worlds import parameters_of
from reinforcement.memory.features import FEATURES, features
from reinforcement.memory.fitting import Past, fit_logistic
from reinforcement.memory.prior import PRIOR_FILE, UNKNOWN_SHARE

SEEDS = range(200, 204)


def rows_and_rights() -> tuple[np.ndarray, np.ndarray]:
    """The features before each simulated answer, and the answers."""
    rows, rights = [], []
    for name in "AB":
        parameters = parameters_of(name)
        for seed in SEEDS:
            items, _trace = pilot(name, parameters, seed)
            for people, policy in ((20, at_random), (21, fixed(7, 14))):
                world = world_of(name, parameters, seed, LEARNERS, people)
                run = simulate(world, policy, Seen(LEARNERS, items), np.random.default_rng([seed, people]))
                pasts = [Past() for _learner in range(LEARNERS)]
                for learner, question, is_right, day in run.log:
                    past = pasts[learner]
                    rows.append(features(past.record(question, ONLY_SKILL), items[question], day, UNKNOWN_SHARE))
                    rights.append(is_right)
                    past.add(question, ONLY_SKILL, items[question], is_right, day)
    return np.array(rows), np.array(rights)


def main() -> None:
    model = fit_logistic(*rows_and_rights(), UNKNOWN_SHARE)
    weights = {name: round(weight, 4) for name, weight in zip(FEATURES, model.weights, strict=True)}
    PRIOR_FILE.write_text(json.dumps({"intercept": round(model.intercept, 4), "weights": weights}, indent=1) + "\n")


if __name__ == "__main__":
    main()
