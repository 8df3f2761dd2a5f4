"""Features as int8, their squared distances from places and their products with weights: exact, so in any order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import Features
from bitloop.kernels.expf import expf
from bitloop.kernels.quantise import INT8, quantise

Whole = NDArray[np.float64]
"""Whole numbers, below 2^53 and so exact in every sum."""


def whole_features(x: Features, scale: float) -> Whole:
    """(signals, features): the features times `scale`, as integers within 127."""
    return quantise(x, scale, -INT8, INT8).astype(np.float64)


def nearness(q: Whole, centres: NDArray[np.int8], gamma: float) -> Features:
    """(signals, centres): exp(-gamma * squared distance), gamma in units of the integers."""
    places = centres.astype(np.float64)
    squares = (q**2).sum(axis=1)[:, None] - 2.0 * (q @ places.T) + (places**2).sum(axis=1)
    with np.errstate(over="ignore"):
        return expf(-(np.float32(gamma) * squares.astype(np.float32))).astype(np.float32)


def products(q: Whole, slopes: NDArray[np.int8]) -> Features:
    """(signals, features) and (rows, features) to (signals, rows)."""
    sums: Whole = q @ slopes.T.astype(np.float64)
    return sums.astype(np.float32)


def check(centres: NDArray[Any], slopes: NDArray[Any], axes: int, scale: float, gamma: float, name: str) -> None:
    """LibraryError unless the C can go through these centres and slopes."""
    checks.table(centres, np.int8, 2, f"{name}.centres")
    checks.table(slopes, np.int8, axes, f"{name}.slopes")
    checks.whole(len(centres), 1, 65535, f"the number of centres of {name}")
    checks.whole(centres.shape[1], 1, checks.FEATURES, f"the number of features of {name}")
    if slopes.shape[-1] != centres.shape[1]:
        raise LibraryError(f"{name}.slopes has to have as many features as {name}.centres")
    for what, values in (("centres", centres), ("slopes", slopes)):
        checks.whole(int(values.min()), -INT8, INT8, f"the least of {name}.{what}")
    checks.real(scale, 1e-15, checks.WEIGHT, f"{name}.scale")
    checks.real(gamma, 0.0, checks.WEIGHT, f"{name}.gamma")


def words(features: int) -> int:
    """Floats of workspace that so many features take, a byte each."""
    return (features + 3) // 4
