"""A running mean of the last feature vectors, for machine states that come one sample at a time."""

from __future__ import annotations

import numpy as np

from bitloop.kernels.base import Features, State

MOST = 12
"""Largest `smoothing`: a mean over some 2^12 vectors."""
_ONE = np.float32(1.0)


def words(features: int, smoothing: int) -> int:
    """Floats of state: a count and the mean; none without smoothing."""
    return 1 + features if smoothing else 0


def smooth(x: Features, smoothing: int, memory: State) -> Features:
    """The mean after each vector of `x` (signals, features), in order; `memory` is changed in place.

    The plain mean of the first 2^smoothing vectors; from then on each new one moves it 2^-smoothing of the way.
    """
    if not smoothing:
        return x
    out = np.empty_like(x)
    mean = memory[1:]
    for at, row in enumerate(x):
        if memory[0] < np.float32(1 << smoothing):
            memory[0] += _ONE
        share = _ONE / memory[0]
        mean += (row - mean) * share
        out[at] = mean
    return out
