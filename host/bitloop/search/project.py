"""Fitting projections of the features: principal components and discriminants."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.projection import Projection

Wide = NDArray[np.float64]
SHRINKAGE = 0.1
"""Share of the identity in the scatter within classes."""


def fit_pca(x: Features, width: int) -> Projection:
    """The `width` directions of (signals, features) with the most variance, or as many as there are."""
    wide = x.astype(np.float64)
    mean = wide.mean(axis=0)
    off = wide - mean
    if len(off) >= off.shape[1]:
        vectors = np.linalg.eigh(off.T @ off)[1][:, ::-1].T
    else:  # fewer signals than features: the same from the other side
        vectors = np.linalg.svd(off, full_matrices=False)[2]
    return _projection(mean, vectors[: min(width, len(off) - 1 or 1)])


def fit_lda(x: Features, y: NDArray[Any], width: int) -> Projection:
    """At most classes - 1 directions that tell the classes apart, each scaled to spread 1 within a class."""
    wide = x.astype(np.float64)
    present = np.unique(y)
    means = np.stack([wide[y == c].mean(axis=0) for c in present])
    off = [wide[y == c] - mean for c, mean in zip(present, means, strict=True)]
    scatter = np.mean([own.T @ own / len(own) for own in off], axis=0)
    level = max(float(np.trace(scatter)) / len(scatter), 1e-20)
    scatter = (1.0 - SHRINKAGE) * scatter + SHRINKAGE * level * np.eye(len(scatter))
    whiten = np.linalg.inv(np.linalg.cholesky(scatter))
    between = np.linalg.svd((means - means.mean(axis=0)) @ whiten.T, full_matrices=False)[2]
    return _projection(wide.mean(axis=0), between[: max(1, min(width, len(present) - 1))] @ whiten)


def _projection(mean: Wide, directions: Wide) -> Projection:
    """Each direction's largest weight is positive, so that its sign is no accident."""
    largest = np.abs(directions).argmax(axis=1)
    signs = np.where(directions[np.arange(len(directions)), largest] < 0, -1.0, 1.0)
    return Projection(mean.astype(np.float32), (signs[:, None] * directions).astype(np.float32))
