"""Fast models: a guess at what a search would reach, in a millisecond. Everything is fitted on `train` alone.

Both are least squares with a covariance drawn towards its diagonal, as there may be more features than signals. They
are written here because scikit-learn's take many times as long to check their arguments as to do this little work.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bitloop.sampling.features import Described, Features

Rows = NDArray[np.int64]
Labels = NDArray[np.int64]

Use = Literal["all", "swing", "level"]
"""What may tell signals apart: everything, all but the mean of each axis, or nothing but that."""
CHOSEN = 16
"""Lines of the spectrum that join the other features."""
SHRINKAGE = 0.2
NEIGHBOURS = 5


def classify(x: Described, label: Labels, train: Rows, test: Rows, use: Use) -> Labels:
    """Labels of the `test` rows: the mean of a linear discriminant's and nearest neighbours' probabilities.

    Every class counts alike however many signals it has.
    """
    known, classes = label[train], int(label.max()) + 1
    lines = _telling(x.lines[train], known, classes)
    a, b = (_gathered(x, rows, lines, use) for rows in (train, test))
    return np.asarray((_discriminant(a, known, b, classes) + _neighbours(a, known, b, classes)).argmax(axis=1))


def strangeness(x: Described, train: Rows, test: Rows, use: Use) -> NDArray[np.float64]:
    """How far each of the `test` rows is from what is regular: `train` rows, all of them regular."""
    lines = np.argsort(-x.lines[train].mean(axis=0), kind="stable")[:CHOSEN]
    a, b = _standard(*(_gathered(x, rows, lines, use) for rows in (train, test)))
    factor = np.linalg.cholesky(_shrunk(a.T @ a / len(a)))
    near = _nearest(np.linalg.solve(factor, a.T).T, np.linalg.solve(factor, b.T).T)[0]
    return np.asarray(near.mean(axis=1))


def _gathered(x: Described, rows: Rows, lines: Rows, use: Use) -> Features:
    if use == "level":
        return x.level[rows]
    parts = [x.whole[rows], x.lines[rows][:, lines]]
    return np.hstack([*parts, x.level[rows]] if use == "all" else parts)


def _telling(lines: Features, label: Labels, classes: int) -> Rows:
    """The lines whose means differ most between classes, measured by how much they differ within (F statistic)."""
    means = np.stack([lines[label == c].mean(axis=0) for c in range(classes)])
    within = (lines - means[label]).var(axis=0) + 1e-9
    return np.argsort(-means.var(axis=0) / within, kind="stable")[:CHOSEN]


def _discriminant(a: Features, label: Labels, b: Features, classes: int) -> NDArray[np.float64]:
    means = np.stack([a[label == c].mean(axis=0, dtype=np.float64) for c in range(classes)])
    inner = a - means[label]
    scale = _scale(inner, means)
    inner, means, others = inner / scale, means / scale, b / scale
    weight = 1.0 / (classes * np.bincount(label, minlength=classes))
    factor = np.linalg.cholesky(_shrunk(inner.T @ (inner * weight[label, None])))
    means, others = np.linalg.solve(factor, means.T).T, np.linalg.solve(factor, others.T).T
    far = 0.5 * ((others[:, None] - means) ** 2).sum(axis=2)
    likely = np.exp(far.min(axis=1, keepdims=True) - far)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def _neighbours(a: Features, label: Labels, b: Features, classes: int) -> NDArray[np.float64]:
    found = _nearest(*_standard(a, b))[1]
    weight = 1.0 / np.bincount(label, minlength=classes)
    votes = np.zeros((len(b), classes))
    np.add.at(votes, (np.arange(len(b))[:, None], label[found]), weight[label[found]])
    return np.asarray(votes / votes.sum(axis=1, keepdims=True))


def _nearest(a: NDArray[np.floating], b: NDArray[np.floating]) -> tuple[NDArray[np.float64], Rows]:
    """Squared distances to, and rows of, the nearest of `a` for each of `b`."""
    from scipy.spatial.distance import cdist

    far = cdist(b, a, "sqeuclidean")
    found = np.argpartition(far, min(NEIGHBOURS, len(a)) - 1, axis=1)[:, :NEIGHBOURS]
    return np.take_along_axis(far, found, axis=1), found


def _standard(a: Features, b: Features) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean = a.mean(axis=0, dtype=np.float64)
    scale = _scale(a, mean[None])
    return (a - mean) / scale, (b - mean) / scale


def _scale(x: NDArray[np.floating], means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spread of each feature, but no less than a thousandth of its size: what never moved must not decide alone."""
    return np.asarray(np.maximum(x.std(axis=0, dtype=np.float64), 1e-3 * np.abs(means).max(axis=0)) + 1e-9)


def _shrunk(covariance: NDArray[np.floating]) -> NDArray[np.float64]:
    """Drawn towards the unit matrix (the features were standardised)."""
    return np.asarray((1.0 - SHRINKAGE) * covariance + SHRINKAGE * np.eye(len(covariance)))
