"""What a result is worth: from decisions to the numbers a report shows, as plain Python floats."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]
Labels = NDArray[np.int64]
Counts = NDArray[np.int64]


def confusion(truth: Labels, said: Labels, classes: int) -> Counts:
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


def precisions(table: Counts) -> NDArray[np.float64]:
    """(classes,): of the signals answered as a class, the share that is of it; 0 where none was. From `confusion`."""
    said = table.sum(axis=0)
    shares: NDArray[np.float64] = np.divide(np.diag(table), said, out=np.zeros(len(table)), where=said > 0)
    return shares


def f1_scores(table: Counts, support: Counts) -> NDArray[np.float64]:
    """(classes,): harmonic mean of precision and recall. `support` counts the signals, the refused ones included."""
    wide = table.sum(axis=0) + support
    shares: NDArray[np.float64] = np.divide(2.0 * np.diag(table), wide, out=np.zeros(len(table)), where=wide > 0)
    return shares


def mcc(table: Counts, support: Counts) -> float:
    """Matthews correlation of any number of classes, -1 to 1; 0 where truth or answers never vary.

    Refused signals are answers of a kind of their own. Gorodkin 2004, R_K of the confusion matrix.
    """
    said = table.sum(axis=0).astype(np.float64)
    true, total = support.astype(np.float64), float(support.sum())
    refused = total - said.sum()
    covariance = float(np.trace(table)) * total - float(true @ said)
    wide = (total**2 - float(true @ true)) * (total**2 - float(said @ said) - refused**2)
    return covariance / math.sqrt(wide) if wide > 0 else 0.0


def roc_auc(positive: NDArray[np.bool_], scores: Numbers) -> float:
    """Chance that a positive signal scores above a negative one, ties counting half; NaN without one of the two."""
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return math.nan
    _, place, ties = np.unique(np.float64(scores), return_inverse=True, return_counts=True)
    rank = np.cumsum(ties) - (ties - 1) / 2
    return float((rank[place][positive].sum() - count * (count + 1) / 2) / (count * others))


def macro_auc(truth: Labels, probabilities: Numbers) -> float:
    """Mean area under ROC of each class against the rest, (signals, classes); NaN if only one class is there."""
    areas = [roc_auc(truth == label, probabilities[:, label]) for label in range(probabilities.shape[1])]
    known = [area for area in areas if not math.isnan(area)]
    return math.fsum(known) / len(known) if known else math.nan


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
