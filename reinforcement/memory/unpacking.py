"""Packed practices of many people and questions at once. Pure; numpy: workers only."""

import numpy as np

from reinforcement.memory.features import HALF_LIVES

# As packing.py packs a practice.
PRACTICE = np.dtype(
    [
        ("answers", "<u4"),
        ("rights", "<u4"),
        ("run", "<i4"),
        ("at", "<f8"),
        ("tried", "<f4", len(HALF_LIVES)),
        ("rights_left", "<f4", len(HALF_LIVES)),
    ]
)
# What stands for a question that was never asked: no answers.
NO_PRACTICE = bytes(PRACTICE.itemsize)
