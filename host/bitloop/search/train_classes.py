"""Fitting classifiers. Labels count from 0; every class weighs the same, however many signals it has."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.linear import Linear

Labels = NDArray[np.int64]
Hypers = Mapping[str, float]
Wide = NDArray[np.float64]


def fit_linear(x: Features, y: Labels, hyper: Hypers, seed: int) -> Linear:
    """Logistic regression (`logistic` 1) or linear discriminants; `strength` is that of the regularisation."""
    fit = _logistic if hyper.get("logistic") else discriminants
    weights, bias = fit(x.astype(np.float64), y, hyper["strength"])
    return Linear(weights.astype(np.float32), bias.astype(np.float32))


def discriminants(x: Wide, y: Labels, shrinkage: float) -> tuple[Wide, Wide]:
    """Closed form: class means and one covariance, mixed with `shrinkage` of a multiple of the identity."""
    classes = int(y.max()) + 1
    means = np.stack([x[y == c].mean(axis=0) for c in range(classes)])
    scatter = np.zeros((x.shape[1], x.shape[1]))
    for c in range(classes):
        off = x[y == c] - means[c]
        scatter += off.T @ off / (len(off) * classes)
    level = np.trace(scatter) / len(scatter)
    scatter *= 1.0 - shrinkage
    scatter[np.diag_indices_from(scatter)] += shrinkage * level + 1e-12
    weights = np.linalg.solve(scatter, means.T).T
    return weights, -0.5 * np.einsum("cd,cd->c", means, weights)


def _logistic(x: Wide, y: Labels, strength: float) -> tuple[Wide, Wide]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=0.01 / strength, class_weight="balanced", max_iter=60, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # where it stopped is as good a start as any; folds judge
        model.fit(x, y)
    weights, bias = model.coef_, model.intercept_
    if len(weights) == 1:  # two classes share one row: half of it for, half against
        weights, bias = np.concatenate([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return weights, bias
