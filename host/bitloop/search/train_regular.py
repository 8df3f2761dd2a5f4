"""Fitting what only knows regular signals: outlier models, and the constants of models that learn on the board.

`limit` places the decision; the search sets it from held-out signals (limits.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bitloop.kernels.base import Features, LearningModel
from bitloop.kernels.checks import WEIGHT
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.running_gaussian import RunningGaussian

Hypers = Mapping[str, float]
FACTORS = (1e-3, 1e5)
"""Limits of learning models, in standard deviations of the distances seen while learning."""
SMALLEST_LIMIT = 1e-9


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


def running_gaussian(features: int, hyper: Hypers, factor: float) -> LearningModel:
    """The model before it has learned anything."""
    return RunningGaussian(features, single(factor), single(hyper["floor"]))
