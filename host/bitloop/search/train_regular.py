"""Fitting what only knows regular signals: outlier models, and the constants of models that learn on the board.

`limit` places the decision; the search sets it from held-out signals (limits.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bitloop.kernels.base import Features
from bitloop.kernels.checks import WEIGHT
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.hyperspheres import Hyperspheres
from bitloop.kernels.ratio import SMALLEST_LIMIT
from bitloop.search.cluster import centres

Hypers = Mapping[str, float]
FACTORS = (1e-3, 1e5)
"""Limits of learning models, in standard deviations of the distances seen while learning."""


def single(value: float) -> float:
    """The float32 nearest to a number, as a float: what the C will see."""
    return float(np.float32(value))


def fit_gaussian(x: Features, hyper: Hypers, limit: float, seed: int) -> Gaussian:
    """Mean and variance of each feature; `smoothing` times the greatest variance is added to all."""
    wide = x.astype(np.float64)
    variance = wide.var(axis=0)
    variance = variance + hyper["smoothing"] * max(float(variance.max()), 1e-20)
    mean = wide.mean(axis=0).astype(np.float32)
    inverse = np.minimum(1.0 / variance, WEIGHT / 2)
    return Gaussian(mean, inverse.astype(np.float32), single(max(limit, SMALLEST_LIMIT)))


def fit_hyperspheres(x: Features, hyper: Hypers, limit: float, seed: int) -> Hyperspheres:
    """Cluster centres; a radius is the RMS distance of the members, at least half that of all, times `limit`."""
    wide = x.astype(np.float64)
    middles, member = centres(wide, int(hyper["spheres"]), seed)
    squared = ((wide - middles[member]) ** 2).sum(axis=1)
    own = np.sqrt(np.bincount(member, weights=squared) / np.bincount(member))
    radii = np.maximum(own, max(0.5 * float(np.sqrt(squared.mean())), 1e-6))
    return Hyperspheres(middles.astype(np.float32), (radii * limit).astype(np.float32))
