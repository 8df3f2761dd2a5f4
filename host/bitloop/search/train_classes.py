"""Fitting classifiers. Labels count from 0; every class weighs the same, however many signals it has."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.linear import Linear
from bitloop.kernels.naive_bayes import NaiveBayes
from bitloop.kernels.sefr import Sefr

Labels = NDArray[np.int64]
Hypers = Mapping[str, float]
Wide = NDArray[np.float64]


def fit_discriminants(x: Features, y: Labels, hyper: Hypers, seed: int) -> Linear:
    """Linear discriminants; `strength` is the share of the identity in the covariance."""
    weights, bias = discriminants(x.astype(np.float64), y, hyper["strength"])
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


def fit_sefr(x: Features, y: Labels, hyper: Hypers, seed: int) -> Sefr:
    """One class against the rest, from class means."""
    return Sefr.fit(x, y, int(y.max()) + 1)


def fit_naive_bayes(x: Features, y: Labels, hyper: Hypers, seed: int) -> NaiveBayes:
    """Mean and variance per class and feature; `smoothing` times the greatest variance is added to all."""
    wide, classes = x.astype(np.float64), int(y.max()) + 1
    mean = np.stack([wide[y == c].mean(axis=0) for c in range(classes)])
    variance = np.stack([wide[y == c].var(axis=0) for c in range(classes)])
    variance += hyper["smoothing"] * max(float(wide.var(axis=0).max()), 1e-18)
    return NaiveBayes.from_moments(mean, variance, np.full(classes, 1.0 / classes))
