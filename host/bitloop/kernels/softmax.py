"""Scores to probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.expf import expf
from bitloop.kernels.order import upwards

EXPONENTIAL = 12.0
"""What an exponential counts for in `effort`, in steps of a dot product."""


def softmax(scores: Features) -> Features:
    """(signals, classes): exponentials of the scores below the greatest, over their sum.

    The greatest score contributes exactly 1, so the sum is never 0. Scores are finite.
    """
    greatest = scores.max(axis=1, keepdims=True)  # a choice, not an operation: order does not matter
    powers = expf((scores - greatest).astype(np.float32))
    return (powers / upwards(powers)[:, None]).astype(np.float32)


def last_scaled(values: NDArray[np.float32], count: int, factor: float) -> NDArray[np.float32]:
    """A copy with the last `count` values times the factor: what belongs to a network's last layer."""
    scaled = values.copy()
    scaled[len(scaled) - count :] *= np.float32(factor)
    return scaled
