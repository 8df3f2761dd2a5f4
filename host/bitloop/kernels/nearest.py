"""The k nearest of many prototypes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks
from bitloop.kernels.base import Features
from bitloop.kernels.squared_distance import squared_distances

MAX = 16
"""Most neighbours; the C keeps so many on the stack."""


def nearest(x: Features, prototypes: Features, k: int) -> NDArray[np.intp]:
    """(signals, k): indices of the nearest prototypes, nearest first; of equally far ones the lower index first."""
    return np.argsort(squared_distances(x, prototypes), axis=1, kind="stable")[:, :k]


def check(prototypes: Features, k: int, name: str) -> None:
    """LibraryError unless the C can search these prototypes for `k` neighbours."""
    checks.floats(prototypes, 2, f"{name}.prototypes", -checks.PLACE, checks.PLACE)
    checks.whole(len(prototypes), 1, 65535, f"the number of prototypes of {name}")
    checks.whole(prototypes.shape[1], 1, checks.FEATURES, f"the number of features of {name}")
    checks.whole(k, 1, min(MAX, len(prototypes)), f"{name}.k")
