"""What a result is worth: from decisions to the numbers a report shows, as plain Python floats."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]
Labels = NDArray[np.int64]


def confusion(truth: Labels, said: Labels, classes: int) -> NDArray[np.int64]:
    """(classes, classes): row the truth, column the answer. Answers below 0 (refused) count in no column."""
    table = np.zeros((classes, classes), dtype=np.int64)
    answered = said >= 0
    np.add.at(table, (truth[answered], said[answered]), 1)
    return table


def recalls(truth: Labels, said: Labels, classes: int) -> NDArray[np.float64]:
    """(classes,): share of each class that was recognised; NaN for a class without signals."""
    count = np.bincount(truth, minlength=classes)
    right = np.bincount(truth[truth == said], minlength=classes)
    with np.errstate(invalid="ignore"):
        shares: NDArray[np.float64] = right / count
    return shares


def balanced_accuracy(truth: Labels, said: Labels, classes: int) -> float:
    """Mean recall of the classes that have signals."""
    return float(np.nanmean(recalls(truth, said, classes)))


def interval(p: float, n: int) -> tuple[float, float]:
    """95 % interval of a proportion p seen in n trials: q +- 1.96 sqrt(q (1 - q) / n), q = (n p + 1) / (n + 2)."""
    q = (n * p + 1) / (n + 2)
    half = 1.96 * math.sqrt(q * (1 - q) / n)
    return max(0.0, q - half), min(1.0, q + half)


def r2(truth: Numbers, said: Numbers) -> float:
    """1 - residual / total sum of squares. Where the truth never varies: 1 if met exactly, else 0."""
    residual = float(np.sum((np.float64(truth) - said) ** 2))
    total = float(np.sum((np.float64(truth) - np.mean(truth, dtype=np.float64)) ** 2))
    if total == 0.0:
        return 1.0 if residual == 0.0 else 0.0
    return 1.0 - residual / total


def skill(truth: Numbers, said: Numbers, variance: float) -> float:
    """R2 of a few signals, measured against the `variance` of all: their own may be of hardly any size, or none."""
    return 1.0 - float(np.mean((np.float64(truth) - said) ** 2)) / max(variance, 1e-30)


def mae(truth: Numbers, said: Numbers) -> float:
    """Mean absolute error, in units of the target."""
    return float(np.mean(np.abs(np.float64(truth) - said)))


def smape(truth: Numbers, said: Numbers) -> float:
    """Symmetric mean absolute percentage error, 0 to 200; a pair of zeros counts as no error."""
    wide, error = np.abs(np.float64(truth)) + np.abs(np.float64(said)), np.abs(np.float64(truth) - said)
    parts = np.divide(2 * error, wide, out=np.zeros_like(wide), where=wide > 0)
    return float(100 * np.mean(parts))
