"""Probabilities that mean what they say: how sharp they have to be, found on signals nobody was fitted to.

Temperature scaling (Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks, 2017): one number for the
whole model, so that no decision changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]

SHARPEST, BLUNTEST = 20.0, 0.05
"""Bounds of the factor."""
LEAST = 1e-6
"""A probability counts as at least this, so that one that was taken for impossible does not decide alone."""
BINS = 15
ROUNDS = 40
"""Golden sections: they leave a millionth of the interval of logarithms."""


def temperature(probabilities: Probabilities, labels: Labels) -> float:
    """The factor f for which p^f, made to sum to 1, has the least log loss; for `StaticModel.sharpened`.

    `probabilities` are (signals, classes), held out, `labels` (signals,) the truth. Every class weighs the same. The
    loss is convex in f, so that sections of the interval find its least.
    """
    logs = np.log(np.maximum(probabilities.astype(np.float64), LEAST))
    ratio = (np.sqrt(5.0) - 1.0) / 2.0
    low, high = np.log(BLUNTEST), np.log(SHARPEST)
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = _loss(logs, labels, left), _loss(logs, labels, right)
    for _ in range(ROUNDS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = _loss(logs, labels, left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = _loss(logs, labels, right)
    return float(np.exp((low + high) / 2.0))


def sharpened(probabilities: Probabilities, factor: float) -> NDArray[np.float64]:
    """p^factor, made to sum to 1 row by row."""
    return np.exp(_log_softmax(factor * np.log(np.maximum(probabilities.astype(np.float64), LEAST))))


def log_loss(probabilities: Probabilities, labels: Labels) -> float:
    """Mean over the classes of the mean of -log p of the truth."""
    return _loss(np.log(np.maximum(probabilities.astype(np.float64), LEAST)), labels, 0.0)


def calibration_error(probabilities: Probabilities, labels: Labels, bins: int = BINS) -> float:
    """Expected calibration error, 0 to 1: how far, on average, certainty is from being right.

    Signals are put in `bins` by the probability of the class that was said.
    """
    sure, right = probabilities.max(axis=1).astype(np.float64), np.argmax(probabilities, axis=1) == labels
    place = np.minimum((sure * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    off = np.abs(np.bincount(place, weights=sure - right, minlength=bins))
    return float(off.sum() / max(int(count.sum()), 1))


def _loss(logs: NDArray[np.float64], labels: Labels, exponent: float) -> float:
    """Log loss of the probabilities to the power e^exponent, every class weighing the same."""
    own = _log_softmax(np.exp(exponent) * logs)[np.arange(len(labels)), labels]
    count = np.bincount(labels)
    return float(-np.mean((np.bincount(labels, weights=own) / np.maximum(count, 1))[count > 0]))


def _log_softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    below = scores - scores.max(axis=1, keepdims=True)
    logs: NDArray[np.float64] = below - np.log(np.exp(below).sum(axis=1, keepdims=True))
    return logs
