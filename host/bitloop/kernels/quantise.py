"""Floats as small integers, the one rounding rule of int8 and int16 kernels; twin of firmware/kernels/quantise.h.

q is the integer nearest to x * scale, ties to even, after x * scale was held within [low, high]; NaN becomes low.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

F32Array = NDArray[np.float32]

BOUND = (1 << 22) - 1
"""`low` and `high` are whole numbers within +- this."""
INT8 = 127
"""Weights are held within +- this, so that they are symmetric."""


def quantise(x: F32Array, scale: float | np.float32 | F32Array, low: int, high: int) -> NDArray[np.int32]:
    """int32 of the shape of x; `scale` is a float32 number or an array of them that broadcasts."""
    with np.errstate(over="ignore", invalid="ignore"):
        wide = np.asarray(x, dtype=np.float32) * np.asarray(scale, dtype=np.float32)
        held = np.where(wide > np.float32(low), np.minimum(wide, np.float32(high)), np.float32(low))
    return np.rint(held).astype(np.int32)


def int8_rows(weights: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Rows of weights as int8 and the number each row's integers are to be multiplied by; for fitting, in float64."""
    wide = np.asarray(weights, dtype=np.float64)
    step = np.maximum(np.abs(wide).max(axis=-1), 1e-30) / INT8
    return np.rint(wide / step[..., None]).astype(np.int8), step
