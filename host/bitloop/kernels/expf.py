"""Exponential by float32 operations alone; the twin of firmware/kernels/expf.h."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32Array = NDArray[np.float32]

_POLYNOMIAL = tuple(map(np.float32, (0.00138198247, 0.00836868677, 0.0416682772, 0.166665211, 0.49999994)))


def expf(x: F32Array) -> F32Array:
    """e^x, element by element: 0 below -103.97, infinity above 88.72, NaN for NaN. Error: docs/float-contract.md."""
    nan = np.isnan(x)
    x = np.where(nan, np.float32(0), x)
    x = np.where(x < np.float32(-104), np.float32(-104), np.where(x > np.float32(89), np.float32(89), x))
    k = (x * np.float32(1.44269502) + np.where(x < 0, np.float32(-0.5), np.float32(0.5))).astype(np.int32)
    n = k.astype(np.float32)
    r = (x - n * np.float32(0.693145752)) - n * np.float32(1.42860677e-6)
    p = np.full_like(r, _POLYNOMIAL[0])
    for coefficient in _POLYNOMIAL[1:]:
        p = p * r + coefficient
    y = np.float32(1) + (r + r * r * p)
    half = np.where(k < 0, -(-k // 2), k // 2)  # towards 0, as C divides
    return np.where(nan, np.float32(np.nan), y * _power_of_two(half) * _power_of_two(k - half))


def _power_of_two(k: NDArray[np.int32]) -> F32Array:
    bits: NDArray[np.uint32] = (k + 127).astype(np.uint32) << np.uint32(23)
    return bits.view(np.float32)
