"""Sums of products of one axis and another some samples later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.order import upwards

CENTRE = 3
"""Steps per sample of `bl_centre`, as against one product of four lags summed side by side."""

F32Array = NDArray[np.float32]


def lagged(a: F32Array, b: F32Array, lag: int) -> F32Array:
    """`bl_lagged` at one lag: the sum over the last axis of a[i] b[i + lag], for all i there are; `lag` >= 0."""
    return upwards(a[..., : a.shape[-1] - lag] * b[..., lag:])


def lagged_effort(length: int, lag: int, step: int, lags: int) -> int:
    """Steps of `bl_lagged`: one per product, two where fewer than four lags are left to be summed side by side."""
    four = lags // 4 * 4
    return _products(length, lag, step, four) + 2 * _products(length, lag + four * step, step, lags - four)


def _products(length: int, lag: int, step: int, lags: int) -> int:
    return lags * (length - lag) - step * lags * (lags - 1) // 2
