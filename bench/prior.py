"""`python -m bench.prior`: writes the models that an installation begins with, fitted on the simulated worlds of bench.policy.

In each world half of the learners are asked at random and half by fixed spacing; questions are known by the answers of other learners.
"""

import json

import numpy as np

from bench.policy import LEARNERS, ONLY_SKILL, Seen, at_random, fixed, pilot, simulate, world_of
from bench.worlds import parameters_of
from reinforcement.memory.features import features
from reinforcement.memory.fitting import Past, fit_logistic, fit_trace
from reinforcement.memory.prior import PRIOR_FILE, UNKNOWN_SHARE
from reinforcement.memory.trace import evidence
from reinforcement.memory.versions import Models, as_kept

SEEDS = range(200, 204)


DIGITS = 4


def simulated() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The features before each simulated answer, the evidence before it, and the answers."""
    rows, evidences, rights = [], [], []
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
                    record = past.record(question, ONLY_SKILL)
                    rows.append(features(record, items[question], day, UNKNOWN_SHARE))
                    evidences.append(evidence(record, items[question], day))
                    rights.append(is_right)
                    past.add(question, ONLY_SKILL, items[question], is_right, day)
    return np.array(rows), np.array(evidences), np.array(rights)


def _rounded(kept):
    if isinstance(kept, dict):
        return {name: _rounded(value) for name, value in kept.items()}
    return round(kept, DIGITS) if isinstance(kept, float) else kept


def main() -> None:
    rows, evidences, rights = simulated()
    prior = Models(fit_logistic(rows, rights, UNKNOWN_SHARE), fit_trace(evidences, rights))
    PRIOR_FILE.write_text(json.dumps(_rounded(as_kept(prior)), indent=1) + "\n")


if __name__ == "__main__":
    main()
