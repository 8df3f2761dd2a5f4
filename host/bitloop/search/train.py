"""The fit of each model by its name: (features, labels or targets, hyper-parameters, seed) to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features, Model, StaticModel
from bitloop.kernels.gauge import GaugedModel
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.growing_prototypes import GrowingPrototypes
from bitloop.kernels.hyperspheres import Hyperspheres
from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.search.train_classes import (
    fit_forest_classes,
    fit_linear,
    fit_naive_bayes,
    fit_nearest_classes,
    fit_sefr,
)
from bitloop.search.train_regular import (
    SMALLEST_LIMIT,
    fit_gaussian,
    fit_hyperspheres,
    growing_prototypes,
    mahalanobis,
    running_gaussian,
    single,
)
from bitloop.search.train_values import fit_forest_values, fit_nearest_values, fit_ridge

Hypers = Mapping[str, float]

CLASSES: Mapping[str, Callable[[Features, NDArray[np.int64], Hypers, int], StaticModel]] = {
    "linear": fit_linear,
    "sefr": fit_sefr,
    "naive_bayes": fit_naive_bayes,
    "nearest_classes": fit_nearest_classes,
    "forest_classes": fit_forest_classes,
}
VALUES: Mapping[str, Callable[[Features, NDArray[np.float32], Hypers, int], StaticModel]] = {
    "ridge": fit_ridge,
    "nearest_values": fit_nearest_values,
    "forest_values": fit_forest_values,
}
OUTLIER: Mapping[str, Callable[[Features, Hypers, float, int], StaticModel]] = {
    "gaussian": fit_gaussian,
    "hyperspheres": fit_hyperspheres,
}
LEARNING: Mapping[str, Callable[[int, Hypers, float], GaugedModel]] = {
    "running_gaussian": running_gaussian,
    "mahalanobis": mahalanobis,
    "growing_prototypes": growing_prototypes,
}
FITTED = frozenset((*CLASSES, *VALUES, *OUTLIER, *LEARNING))
"""Names of all models a search can fit."""


def with_limit(model: Model, limit: float) -> Model:
    """The same model, fitted or learning, with the decision elsewhere."""
    if isinstance(model, RunningGaussian | Mahalanobis | GrowingPrototypes):
        return replace(model, factor=single(limit))
    if isinstance(model, Gaussian):
        return replace(model, limit=single(max(limit, SMALLEST_LIMIT)))
    if isinstance(model, Hyperspheres):
        return replace(model, radii=(model.radii * np.float64(max(limit, SMALLEST_LIMIT))).astype(np.float32))
    raise TypeError(f"{model.kernel} has no limit")
