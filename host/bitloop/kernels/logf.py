"""Natural logarithm by float32 operations alone; the twin of firmware/kernels/logf.h."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32Array = NDArray[np.float32]

_POLYNOMIAL = tuple(
    map(
        np.float32,
        (-0.0763643906, 0.127622172, -0.131596103, 0.142015800, -0.166234091, 0.200012416, -0.250008196, 0.333333313),
    )
)
_SQRT_HALF, _ONE = np.uint32(0x3F3504F3), np.uint32(0x3F800000)


def logf(x: F32Array) -> F32Array:
    """ln x, element by element: -infinity for 0, NaN for NaN and below 0. Error: docs/float-contract.md."""
    subnormal = x < np.float32(1.17549435e-38)
    normal = np.ascontiguousarray(np.where(subnormal, x * np.float32(8388608), x))
    moved = normal.view(np.uint32) + (_ONE - _SQRT_HALF)
    k = (moved >> np.uint32(23)).astype(np.int32) - 127 - np.where(subnormal, np.int32(23), np.int32(0))
    f = ((moved & np.uint32(0x007FFFFF)) + _SQRT_HALF).view(np.float32) - np.float32(1)
    p = np.full_like(f, _POLYNOMIAL[0])
    for coefficient in _POLYNOMIAL[1:]:
        p = p * f + coefficient
    n, square = k.astype(np.float32), f * f
    small = f * square * p + n * np.float32(1.42860677e-6)
    y = ((small - np.float32(0.5) * square) + f) + n * np.float32(0.693145752)
    y = np.where(np.isposinf(x), x, y)
    return np.where(x > 0, y, np.where(x == 0, np.float32(-np.inf), np.float32(np.nan)))
