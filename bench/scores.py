"""How good predictions are: log loss, AUC, and the calibration error of the srs-benchmark."""

import numpy as np

from reinforcement.memory.fitting import log_loss


def auc(rights: np.ndarray, probabilities: np.ndarray) -> float:
    """The chance that a right answer was given the higher probability; ties count half. NaN where all answers are alike."""
    right, wrong = int(rights.sum()), int((~rights).sum())
    if not right or not wrong:
        return float("nan")
    _values, place, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[place][rights].sum() - right * (right + 1) / 2) / (right * wrong))


def rmse_bins(rights: np.ndarray, probabilities: np.ndarray, days: np.ndarray, answers: np.ndarray, lapses: np.ndarray) -> float:
    """Root mean squared difference between predicted and seen share, over bins by elapsed time, earlier answers and lapses.

    `days` is NaN at first answers. The bins grow as the srs-benchmark describes them: by 3.62, 1.89 and 1.73.
    """
    gap = np.where(np.isnan(days), -1, np.floor(np.log(np.maximum(np.nan_to_num(days), 1e-3)) / np.log(3.62)))
    seen = np.floor(np.log(answers + 1) / np.log(1.89))
    lapse = np.where(lapses > 0, np.floor(np.log(np.maximum(lapses, 1)) / np.log(1.73)) + 1, 0)
    _bins, place = np.unique(np.column_stack([gap, seen, lapse]), axis=0, return_inverse=True)
    sizes = np.bincount(place.ravel())
    error = np.bincount(place.ravel(), rights - probabilities) / sizes
    return float(np.sqrt(np.average(error**2, weights=sizes)))


def scores(rights: np.ndarray, probabilities: np.ndarray, days: np.ndarray, answers: np.ndarray, lapses: np.ndarray) -> dict[str, float]:
    """All of them, rounded to four digits."""
    found = {
        "log_loss": log_loss(rights, probabilities),
        "auc": auc(rights, probabilities),
        "rmse_bins": rmse_bins(rights, probabilities, days, answers, lapses),
    }
    return {name: round(value, 4) for name, value in found.items()}
