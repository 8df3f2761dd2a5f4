"""Sums of products of one axis and another some samples later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.order import upwards

F32Array = NDArray[np.float32]


def lagged(a: F32Array, b: F32Array, lag: int) -> F32Array:
    """`bl_lagged` at one lag: the sum over the last axis of a[i] b[i + lag], for all i there are; `lag` >= 0."""
    return upwards(a[..., : a.shape[-1] - lag] * b[..., lag:])
