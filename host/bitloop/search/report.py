"""The numbers a user sees, over all held-out signals together, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bitloop.search.answers import FoldAnswers
from bitloop.search.metrics import balanced_accuracy, confusion, interval, mae, r2, recalls, smape
from bitloop.search.table import Table


def measures(table: Table, folds: Sequence[FoldAnswers]) -> dict[str, Any]:
    """Every signal was held back once: what the folds said of them, put together."""
    truth = np.concatenate([fold.truth for fold in folds])
    said = np.concatenate([fold.said for fold in folds])
    if table.kind == "extrapolation":
        return {"r2": r2(truth, said), "mae": mae(truth, said), "smape": smape(truth, said), "signals": len(truth)}
    names, count = table.labels, len(table.labels)
    whole, answers = truth.astype(np.int64), said.astype(np.int64)
    accuracy = balanced_accuracy(whole, answers, count)
    low, high = interval(accuracy, len(whole))
    shares = recalls(whole, answers, count)
    return {
        "balanced_accuracy": accuracy,
        "interval": [low, high],
        "recall": {name: float(share) for name, share in zip(names, shares, strict=True) if share == share},
        "confusion": confusion(whole, answers, count).tolist(),
        "labels": list(names),
        "signals": len(whole),
    }
