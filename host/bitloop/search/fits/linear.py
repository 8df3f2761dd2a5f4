"""Linear classifiers by descent, and with int8 weights. Every class weighs the same, however many signals it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.dot_int8 import HIGH
from bitloop.kernels.linear import Linear
from bitloop.kernels.linear_int8 import LinearInt8
from bitloop.kernels.quantise import int8_rows
from bitloop.search.balance import balanced
from bitloop.search.descent import Matrix, descend
from bitloop.search.fits.entry import ALL_SCALES, Entry
from bitloop.search.fits.ridge_classifier import fit_ridge_classifier
from bitloop.search.train_classes import discriminants

Labels = NDArray[np.int64]
Wide = NDArray[np.float64]
Fitted = tuple[Wide, Wide]
"""Weights (classes, features) and biases (classes,)."""
Hypers = Mapping[str, float]

ROUNDS, ENOUGH = 15, 3e-3
"""Stopping early regularises as well as a penalty does, and the search has many more candidates to see."""
CLEAR = 2.0
"""Margins are this much steeper as scores, so that one signal at +1 and the rest at -1 is as good as certain."""
BEYOND = 2.0
"""Features are held at so many times the largest that was seen."""
DISCRIMINANTS, LOGISTIC, SVM, RIDGE = range(4)


def logistic(x: Features, y: Labels, penalty: float, rounds: int = ROUNDS, enough: float = ENOUGH) -> Fitted:
    """Multinomial logistic regression with `penalty` / 2 times the squared weights."""
    classes = int(y.max()) + 1
    share, rows = balanced(y).astype(np.float32), np.arange(len(y))

    def loss(scores: Matrix) -> tuple[float, Matrix]:
        below = scores - scores.max(axis=1, keepdims=True)
        own = below[rows, y]
        powers = np.exp(below)
        total = powers.sum(axis=1, keepdims=True)
        value = float(share @ (np.log(total[:, 0]) - own))
        powers /= total
        powers[rows, y] -= 1.0
        return value, powers * share[:, None]

    return descend(x, share, loss, classes, 0.25, penalty, rounds, enough)


def svm(x: Features, y: Labels, penalty: float, rounds: int = ROUNDS, enough: float = ENOUGH) -> Fitted:
    """Support vector machines, each class against the rest, with squared hinge loss: margins, not yet scores."""
    classes = int(y.max()) + 1
    share = balanced(y).astype(np.float32)
    side = np.where(np.arange(classes) == y[:, None], np.float32(1), np.float32(-1))
    pull = -2.0 * side * share[:, None]

    def loss(scores: Matrix) -> tuple[float, Matrix]:
        short = np.maximum(1.0 - side * scores, 0.0)
        return float(share @ np.einsum("nc,nc->n", short, short)), pull * short

    return descend(x, share, loss, classes, 2.0, penalty, rounds, enough)


def fit_logistic(x: Features, y: Labels, hyper: Hypers, seed: int) -> Linear:
    """Logistic regression; `strength` is that of the regularisation."""
    return _single(*logistic(x, y, hyper["strength"]))


def fit_svm(x: Features, y: Labels, hyper: Hypers, seed: int) -> Linear:
    """Linear support vector machine; `strength` is that of the regularisation."""
    weights, bias = svm(x, y, hyper["strength"])
    return _single(CLEAR * weights, CLEAR * bias)


def fit_int8(x: Features, y: Labels, hyper: Hypers, seed: int) -> LinearInt8:
    """The same models, and discriminants, with weights of 8 bits; `teacher` says which."""
    strength, teacher = hyper["strength"], int(hyper["teacher"])
    if teacher == DISCRIMINANTS:
        weights, bias = discriminants(x.astype(np.float64), y, strength)
    elif teacher == LOGISTIC:
        weights, bias = logistic(x, y, 100.0 * strength)
    elif teacher == RIDGE:  # it finds its strength by itself
        ridge = fit_ridge_classifier(x, y, {"firmer": 1.0 + 10.0 * strength}, seed)
        weights, bias = ridge.weights.astype(np.float64), ridge.bias.astype(np.float64)
    else:
        weights, bias = svm(x, y, 100.0 * strength)
        weights, bias = CLEAR * weights, CLEAR * bias
    return quantised(weights, bias, x)


def quantised(weights: Wide, bias: Wide, x: Features) -> LinearInt8:
    """Weights without what all classes share, which no decision needs, rounded to 8 bits a row."""
    whole, steps = int8_rows(weights - weights.mean(axis=0))
    scale = feature_scale(x)
    return LinearInt8(whole, (steps / scale).astype(np.float32), (bias - bias.mean()).astype(np.float32), scale)


def feature_scale(x: Features) -> float:
    """What features are multiplied by to become integers of 15 bits, as float32."""
    return float(np.float32(HIGH / (BEYOND * max(float(np.abs(x).max()), 1e-9))))


def _single(weights: Wide, bias: Wide) -> Linear:
    return Linear(np.ascontiguousarray(weights, dtype=np.float32), bias.astype(np.float32))


_INT8: dict[str, Any] = {"teacher": (0, 1, 2, 3), "strength": (1e-3, 1e-2, 0.03, 0.1, 0.3, 0.7)}

ENTRIES = (
    Entry("logistic", Linear, fit_logistic, {"strength": (0.1, 1.0, 10.0, 30.0, 100.0)}, ALL_SCALES, rounds=2),
    Entry("linear_svm", Linear, fit_svm, {"strength": (0.1, 1.0, 10.0, 100.0, 300.0)}, ALL_SCALES, rounds=2),
    Entry("linear_int8", LinearInt8, fit_int8, _INT8, ALL_SCALES, 1024, rounds=2),
)
