"""Log odds and probabilities of arrays; of one number: features.py. Pure; numpy: workers only."""

import numpy as np

# Log odds are cut here, as features.sigmoid() cuts them.
FARTHEST = 30.0


def sigmoids(log_odds: np.ndarray) -> np.ndarray:
    """The probabilities, each within (0, 1)."""
    return 1 / (1 + np.exp(-np.clip(log_odds, -FARTHEST, FARTHEST)))


def logits(probabilities: np.ndarray) -> np.ndarray:
    """The log odds of probabilities within (0, 1)."""
    return np.log(probabilities / (1 - probabilities))
