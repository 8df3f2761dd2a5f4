"""Fully connected layers in float32, and how large their sums can get."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features


def dense(weights: NDArray[np.float32], bias: NDArray[np.float32], x: Features) -> Features:
    """(signals, outputs): bias first, then weights (outputs, inputs) times inputs upwards."""
    total = np.repeat(bias[None, :], len(x), axis=0)
    for i in range(weights.shape[1]):
        total += weights[:, i] * x[:, i, None]
    return total


def relu(x: Features) -> Features:
    """What is not above 0 becomes 0."""
    return np.where(x > 0, x, np.float32(0.0))


def growth(weights: NDArray[np.float32], bias: NDArray[np.float32], limit: float) -> float:
    """The largest size any sum of a layer can reach for inputs within `limit`, with room for rounding."""
    most = np.abs(bias.astype(np.float64)) + np.abs(weights.astype(np.float64)).sum(axis=1) * limit
    return 1.001 * float(most.max())
