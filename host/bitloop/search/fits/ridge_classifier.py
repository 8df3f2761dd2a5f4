"""Ridge regression at many strengths at once, for targets of -1 and 1 as well as for values.

One eigendecomposition of the smaller Gram matrix gives every strength's weights and, in closed form, every signal's
prediction by the model fitted without it; the strength with the least squared error of these is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.linear import Linear
from bitloop.kernels.ridge import Ridge
from bitloop.search.balance import balanced
from bitloop.search.fits.entry import Entry

Wide = NDArray[np.float64]
Narrow = NDArray[np.float32]
Hypers = Mapping[str, float]

STRENGTHS = 10.0 ** np.linspace(-5.0, 1.0, 9)
"""In units of the mean square of a feature over all signals."""
_SHARPNESS = 2.0 ** np.arange(-4.0, 3.0)
_SHRINKAGE = 0.05
"""Share of the identity in the scatter of predictions within a class."""
_FIRMER = {"firmer": (1.0, 1.0, 3.0, 10.0, 0.3)}
"""Neighbouring signals resemble each other, so that leaving out one at a time favours weak regularisation."""


@dataclass(frozen=True, slots=True)
class Path:
    """`weights` (features, outputs) and `bias` (outputs,) at `strength`.

    `held` (signals, outputs) are the predictions of each signal by the model fitted without it, at the strength that
    errs least.
    """

    weights: Wide
    bias: Wide
    strength: float
    held: Wide


def ridge_path(x: Wide, goal: Wide, weight: Wide, firmer: float = 1.0, strengths: Wide = STRENGTHS) -> Path:
    """Ridge regression of (signals, features) on (signals, outputs) with a weight per signal and a free bias.

    The strength that errs least on signals left out is multiplied by `firmer`.
    """
    share = weight / weight.sum()
    middle, level = share @ x, share @ goal
    root = np.sqrt(weight)[:, None]
    a, b = root * (x - middle), root * (goal - level)
    unit = max(float(np.einsum("ij,ij->", a, a)) / a.shape[1], 1e-30)
    basis, values, back = _decomposed(a, unit)
    inner, square = basis.T @ b.astype(basis.dtype), basis * basis
    left = (strengths * unit / (values[:, None] + strengths * unit)).astype(basis.dtype)  # 1 - what is shrunk to
    slack = np.maximum(1.0 - share - square.sum(axis=1), 0.0)[:, None] + square @ left
    fits = basis @ (left[:, :, None] * inner[:, None, :]).reshape(len(inner), len(strengths) * b.shape[1])
    rest = (b - basis @ inner)[:, None, :] + fits.reshape(len(b), len(strengths), -1)
    rest /= np.maximum(slack, 1e-9)[:, :, None]
    best = int(np.argmin(np.einsum("nso,nso->s", rest, rest)))
    strength = float(strengths[best]) * firmer * unit
    weights = back @ (inner / (values + strength)[:, None])
    return Path(weights, level - middle @ weights, strength / unit, goal - rest[:, best] / root)


def _decomposed(a: Wide, unit: float) -> tuple[Wide | Narrow, Wide, Wide]:
    """U (signals, r), the squared singular values (r,), and V diag(singular values) (features, r) of `a`.

    With more features than signals, what is left of a signal is next to nothing and needs double precision.
    """
    tall = len(a) >= a.shape[1]
    values, vectors = np.linalg.eigh(a.T @ a if tall else a @ a.T)
    kept = values > 1e-6 * unit
    values, vectors = values[kept], vectors[:, kept]
    if tall:
        return (
            a.astype(np.float32) @ (vectors / np.sqrt(values)).astype(np.float32),
            values,
            vectors * np.sqrt(values),
        )
    return vectors, values, a.T @ vectors


def fit_ridge_classifier(x: Features, y: NDArray[np.int64], hyper: Hypers, seed: int) -> Linear:
    """One class against the rest by targets of 1 and -1, every class weighing the same.

    Linear discriminants of the predictions, as they are for signals left out, make scores of them: a class that lies
    between others would never have the largest prediction (Hastie, Tibshirani, Buja: Flexible Discriminant Analysis,
    1994). Scores are stretched so that, on signals left out, their softmax has the greatest likelihood.
    """
    classes = int(y.max()) + 1
    weight = balanced(y)
    path = ridge_path(x.astype(np.float64), 2.0 * np.eye(classes)[y] - 1.0, weight, hyper["firmer"])
    turn, shift = _discriminants(path.held, y, classes)
    sharp = _sharpness(path.held @ turn + shift, y, weight)
    weights, bias = sharp * path.weights @ turn, sharp * (path.bias @ turn + shift)
    return Linear(np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32))


def _discriminants(held: Wide, y: NDArray[np.int64], classes: int) -> tuple[Wide, Wide]:
    """(outputs, classes) and (classes,): linear discriminants of (signals, outputs), all classes as likely."""
    means = np.stack(
        [held[y == c].mean(axis=0) if np.any(y == c) else np.full(classes, -1.0) for c in range(classes)]
    )
    off = held - means[y]
    counts = np.maximum(np.bincount(y, minlength=classes), 1)
    scatter = off.T @ (off / (classes * counts[y, None]))
    scatter *= 1.0 - _SHRINKAGE
    scatter[np.diag_indices(classes)] += _SHRINKAGE * np.trace(scatter) / classes + 1e-6
    turn = np.linalg.solve(scatter, means.T)
    return turn, -0.5 * np.einsum("co,oc->c", means, turn)


def fit_ridge_values(x: Features, y: NDArray[np.float32], hyper: Hypers, seed: int) -> Ridge:
    """Linear regression with the strength that errs least on signals left out."""
    path = ridge_path(x.astype(np.float64), y.astype(np.float64)[:, None], np.ones(len(y)), hyper["firmer"])
    return Ridge(path.weights[:, 0].astype(np.float32), float(np.float32(path.bias[0])))


def _sharpness(scores: Wide, y: NDArray[np.int64], weight: Wide) -> float:
    """The factor that makes the labels likeliest under a softmax of the scores."""
    losses = []
    for factor in _SHARPNESS:
        z = factor * scores
        top = z.max(axis=1)
        logs = np.log(np.exp(z - top[:, None]).sum(axis=1)) + top - z[np.arange(len(y)), y]
        losses.append(float(weight @ logs))
    return float(_SHARPNESS[int(np.argmin(losses))])


ENTRIES = (
    Entry("ridge_classifier", Linear, fit_ridge_classifier, _FIRMER, most=1024),
    Entry("ridge_loo", Ridge, fit_ridge_values, _FIRMER, most=1024),
)
