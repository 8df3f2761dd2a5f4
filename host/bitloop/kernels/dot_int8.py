"""Sums of int8 weights times features held as integers of 15 bits; exact, so in any order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks
from bitloop.kernels.base import Features
from bitloop.kernels.quantise import quantise

HIGH = 16383
"""Features are held within +- this: 1024 of them times 127 stay below 2^31."""


def dots(weights: NDArray[np.int8], scale: float, x: Features) -> NDArray[np.float32]:
    """(rows, features) weights and (signals, features) to (signals, rows): the sums, rounded once to float32."""
    whole = quantise(x, scale, -HIGH, HIGH).astype(np.float64)  # below 2^53, so exact in any order too
    sums: NDArray[np.float64] = whole @ weights.T.astype(np.float64)
    return sums.astype(np.float32)


def check(weights: NDArray[Any], axes: int, scale: float, name: str) -> None:
    """LibraryError unless the C can multiply by these weights without an overflow."""
    checks.table(weights, np.int8, axes, f"{name}.weights")
    checks.whole(weights.shape[-1], 1, checks.FEATURES, f"the number of features of {name}")
    checks.whole(int(weights.min()), -127, 127, f"the least of {name}.weights")
    checks.real(scale, 1e-15, checks.WEIGHT, f"{name}.scale")


def words(features: int) -> int:
    """Floats of workspace that so many features take, two bytes each."""
    return (features + 1) // 2
