"""The fit of each model by its name: (features, labels or targets, hyper-parameters, seed) to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features, LearningModel, Model, StaticModel
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.search.train_classes import fit_linear
from bitloop.search.train_regular import SMALLEST_LIMIT, fit_gaussian, running_gaussian, single
from bitloop.search.train_values import fit_ridge

Hypers = Mapping[str, float]

CLASSES: Mapping[str, Callable[[Features, NDArray[np.int64], Hypers, int], StaticModel]] = {
    "linear": fit_linear,
}
VALUES: Mapping[str, Callable[[Features, NDArray[np.float32], Hypers, int], StaticModel]] = {
    "ridge": fit_ridge,
}
OUTLIER: Mapping[str, Callable[[Features, Hypers, float, int], StaticModel]] = {
    "gaussian": fit_gaussian,
}
LEARNING: Mapping[str, Callable[[int, Hypers, float], LearningModel]] = {
    "running_gaussian": running_gaussian,
}
FITTED = frozenset((*CLASSES, *VALUES, *OUTLIER, *LEARNING))
"""Names of all models a search can fit."""


def with_limit(model: Model, limit: float) -> Model:
    """The same model, fitted or learning, with the decision elsewhere."""
    if isinstance(model, RunningGaussian):
        return replace(model, factor=single(limit))
    if isinstance(model, Gaussian):
        return replace(model, limit=single(max(limit, SMALLEST_LIMIT)))
    raise TypeError(f"{model.kernel} has no limit")
