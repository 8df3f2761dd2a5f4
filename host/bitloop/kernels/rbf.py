"""Radial basis functions: what those for classes and for values share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks
from bitloop.kernels.base import Features
from bitloop.kernels.expf import expf
from bitloop.kernels.squared_distance import squared_distances


def nearness(x: Features, centres: Features, gamma: float) -> Features:
    """(signals, centres): exp(-gamma * squared distance)."""
    with np.errstate(over="ignore"):
        return expf(-(np.float32(gamma) * squared_distances(x, centres))).astype(np.float32)


def check(centres: NDArray[Any], gamma: float, name: str) -> None:
    """LibraryError unless the C can go through these centres."""
    checks.floats(centres, 2, f"{name}.centres", -checks.PLACE, checks.PLACE)
    checks.whole(len(centres), 1, 65535, f"the number of centres of {name}")
    checks.whole(centres.shape[1], 1, checks.FEATURES, f"the number of features of {name}")
    checks.real(gamma, 0.0, checks.WEIGHT, f"{name}.gamma")
