"""Float32 in a stated order: what `np.sum` and friends do not promise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32Array = NDArray[np.float32]


def upwards(x: F32Array) -> F32Array:
    """Sum over the last axis, one value after the other as the C adds them; shape loses that axis."""
    total = x[..., 0].copy()
    for i in range(1, x.shape[-1]):
        total += x[..., i]
    return total


def larger(a: F32Array | np.float32, b: F32Array) -> F32Array:
    """`bl_max`: `a` where both are equal, and a NaN never gets lost."""
    return np.where((a < b) | np.isnan(b), b, a)


def smaller(a: F32Array | np.float32, b: F32Array) -> F32Array:
    """`bl_min`: `a` where both are equal, and a NaN never gets lost."""
    return np.where((b < a) | np.isnan(b), b, a)
