"""Fitting models that give a number: extrapolation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.nearest_values import NearestValues
from bitloop.kernels.ridge import Ridge
from bitloop.search.cluster import centres

Targets = NDArray[np.float32]
Hypers = Mapping[str, float]


def fit_ridge(x: Features, y: Targets, hyper: Hypers, seed: int) -> Ridge:
    """Least squares with `strength` times the squared weights; the bias is free. Closed form in float64."""
    wide, goal = x.astype(np.float64), y.astype(np.float64)
    middle, level = wide.mean(axis=0), goal.mean()
    off = wide - middle
    strength = hyper["strength"]
    if off.shape[1] <= len(off):
        gram = off.T @ off
        gram[np.diag_indices_from(gram)] += strength
        weights = np.linalg.solve(gram, off.T @ (goal - level))
    else:  # fewer signals than features: the same in the other space
        gram = off @ off.T
        gram[np.diag_indices_from(gram)] += strength
        weights = off.T @ np.linalg.solve(gram, goal - level)
    return Ridge(weights.astype(np.float32), float(np.float32(level - middle @ weights)))


def fit_nearest_values(x: Features, y: Targets, hyper: Hypers, seed: int) -> NearestValues:
    """Cluster centres with the mean target of their members; targets take part, so that clusters do not mix them."""
    wide, goal = x.astype(np.float64), y.astype(np.float64)
    spread = max(float(goal.std()), 1e-12)
    weight = float(np.sqrt(np.maximum(wide.var(axis=0).sum(), 1e-12))) / spread
    joint, _ = centres(np.column_stack([wide, weight * goal]), int(hyper["prototypes"]), seed)
    k = min(int(hyper["k"]), len(joint))
    return NearestValues(joint[:, :-1].astype(np.float32), (joint[:, -1] / weight).astype(np.float32), k)
