"""Weights under which every class counts the same, however many signals it has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def balanced(y: NDArray[np.int64]) -> NDArray[np.float64]:
    """(signals,): weights of signals with labels `y` from 0, whose sum is their number if no class is missing."""
    counts = np.maximum(np.bincount(y), 1)
    share: NDArray[np.float64] = (len(y) / (len(counts) * counts))[y]
    return share
