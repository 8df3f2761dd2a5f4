"""The numbers a user sees: every held-out signal together, class by class and fold by fold, as plain data.

`measures` gives, for labels (classes, or regular and abnormal):

    balanced_accuracy, interval, accuracy, precision, f1, mcc, roc_auc   over all held-out signals
    recall       {label: share}
    per_class    {label: {recall, interval, precision, f1, roc_auc, signals}}
    per_fold     {metric: {mean, worst, folds}}, recalls as {recall: {label: {mean, worst, folds}}}
    confusion    rows the truth, columns the answer, in the order of `labels`; `refused` signals are in no column
    figures      what plots need beyond that: counts of signals by similarity

`roc_auc` is of the probabilities (each class against the rest, the mean of all), for anomaly of the similarity as the
device answers it, for outlier of the ratio. For extrapolation there are r2, mae, smape, per_fold likewise, and the
pairs of truth and estimate. A metric that cannot be computed (area under ROC without abnormal signals) is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.similarity import similarity
from bitloop.search.metrics import (
    balanced_accuracy,
    confusion,
    f1_scores,
    interval,
    macro_auc,
    mae,
    mcc,
    precisions,
    r2,
    recalls,
    roc_auc,
    smape,
)
from bitloop.search.table import Table

PAIRS = 400
"""Pairs of truth and estimate kept for a plot."""
DIGITS = 6
"""Decimals of what is kept for every class and fold."""

Scores = dict[str, float]


class Answered(Protocol):
    """One fold's held-out signals: what was true, what was said, the model's outputs, and the fold's quality."""

    @property
    def truth(self) -> NDArray[Any]: ...
    @property
    def said(self) -> NDArray[Any]: ...
    @property
    def outputs(self) -> NDArray[Any]: ...
    @property
    def quality(self) -> float: ...


def measures(table: Table, folds: Sequence[Answered]) -> dict[str, Any]:
    """Every signal was held back once: what the folds said of them."""
    if table.kind == "extrapolation":
        return _values(folds)
    return _labelled(table, folds)


def spread(values: Sequence[float], worst: str = "least") -> dict[str, Any]:
    """Mean, worst (`least` or `most`) and each fold's value, without those that are not numbers."""
    known = [round(value, DIGITS) for value in values if not math.isnan(value)]
    if not known:
        return {}
    last = min(known) if worst == "least" else max(known)
    return {"mean": round(math.fsum(known) / len(known), DIGITS), "worst": last, "folds": known}


def _labelled(table: Table, folds: Sequence[Answered]) -> dict[str, Any]:
    names = table.labels
    ranked = _unlike if table.kind == "anomaly" else np.asarray
    parts = [(fold.truth.astype(np.int64), fold.said.astype(np.int64), ranked(fold.outputs)) for fold in folds]
    truth, said, outputs = (np.concatenate([part[n] for part in parts]) for n in (0, 1, 2))
    whole = _scores(truth, said, outputs, len(names))
    shares = recalls(truth, said, len(names))
    each = [_scores(*part, len(names)) for part in parts]
    per_fold = {name: spread([scores[name] for scores in each if name in scores]) for name in whole}
    by_class = np.array([recalls(part[0], part[1], len(names)) for part in parts])
    measured: dict[str, Any] = {
        "balanced_accuracy": whole.pop("balanced_accuracy"),
        "interval": list(interval(balanced_accuracy(truth, said, len(names)), len(truth))),
        **whole,
        "recall": {name: float(share) for name, share in zip(names, shares, strict=True) if share == share},
        "per_class": _per_class(names, truth, said, outputs),
        "per_fold": {name: row for name, row in per_fold.items() if row},
        "confusion": confusion(truth, said, len(names)).tolist(),
        "refused": int((said < 0).sum()),
        "labels": list(names),
        "signals": len(truth),
    }
    rows = {name: spread(by_class[:, n].tolist()) for n, name in enumerate(names)}
    measured["per_fold"]["recall"] = {name: row for name, row in rows.items() if row}
    if table.kind != "classes":
        ratio = np.concatenate([fold.outputs[:, 0] for fold in folds])
        measured["figures"] = {"similarity": _similarities(names, truth, ratio)}
    return measured


def _unlike(ratio: NDArray[Any]) -> NDArray[Any]:
    """What an anomaly library's user can rank by: the similarity in whole numbers, the least alike highest."""
    return 100.0 - similarity(ratio).astype(np.float64)


def _scores(truth: NDArray[np.int64], said: NDArray[np.int64], outputs: NDArray[Any], count: int) -> Scores:
    """What can be said in one number; averages are over the classes that have signals."""
    table, support = confusion(truth, said, count), np.bincount(truth, minlength=count)
    there = support > 0
    found = {
        "balanced_accuracy": balanced_accuracy(truth, said, count),
        "accuracy": float((truth == said).mean()),
        "precision": float(precisions(table)[there].mean()),
        "f1": float(f1_scores(table, support)[there].mean()),
        "mcc": mcc(table, support),
    }
    area = roc_auc(truth == 1, outputs[:, 0]) if outputs.shape[1] == 1 else macro_auc(truth, outputs)
    if not math.isnan(area):
        found["roc_auc"] = area
    return found


def _per_class(
    names: Sequence[str], truth: NDArray[np.int64], said: NDArray[np.int64], outputs: NDArray[Any]
) -> dict[str, Mapping[str, Any]]:
    table, support = confusion(truth, said, len(names)), np.bincount(truth, minlength=len(names))
    shares, precision, f1 = recalls(truth, said, len(names)), precisions(table), f1_scores(table, support)
    found: dict[str, Mapping[str, Any]] = {}
    for n, name in enumerate(names):
        if not support[n]:
            continue
        numbers = {"recall": shares[n], "precision": precision[n], "f1": f1[n]}
        if outputs.shape[1] == len(names):
            numbers["roc_auc"] = roc_auc(truth == n, outputs[:, n])
        row: dict[str, Any] = {key: round(float(value), DIGITS) for key, value in numbers.items() if value == value}
        row["interval"] = [round(end, DIGITS) for end in interval(float(shares[n]), int(support[n]))]
        found[name] = {**row, "signals": int(support[n])}
    return found


def _similarities(names: Sequence[str], truth: NDArray[np.int64], ratio: NDArray[Any]) -> dict[str, list[int]]:
    """How many signals of each label have similarity 0, 1, ... 100."""
    alike = similarity(ratio)
    return {name: np.bincount(alike[truth == n], minlength=101).tolist() for n, name in enumerate(names)}


def _values(folds: Sequence[Answered]) -> dict[str, Any]:
    truth = np.concatenate([fold.truth for fold in folds])
    said = np.concatenate([fold.said for fold in folds])
    kept = np.unique(np.linspace(0, len(truth) - 1, min(PAIRS, len(truth))).round().astype(np.int64))
    pairs = [[float(f"{value:.6g}") for value in pair] for pair in zip(truth[kept], said[kept], strict=True)]
    return {
        "r2": r2(truth, said),
        "mae": mae(truth, said),
        "smape": smape(truth, said),
        "per_fold": {
            "r2": spread([float(fold.quality) for fold in folds]),
            "mae": spread([mae(fold.truth, fold.said) for fold in folds], "most"),
            "smape": spread([smape(fold.truth, fold.said) for fold in folds], "most"),
        },
        "signals": len(truth),
        "figures": {"pairs": pairs},
    }
