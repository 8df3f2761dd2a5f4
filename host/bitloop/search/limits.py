"""Where the line between regular and abnormal is drawn, from held-out signals of every fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
PASSED = 0.97
"""Without abnormal signals: share of the held-out regular signals that the limit lies beyond, before the margin."""
MARGIN = 0.1
"""And the room beyond, as a share of the way from their middle."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """How far the held-out signals of one fold are; `abnormal` is empty where there are none to place a limit by."""

    regular: Numbers
    abnormal: Numbers


def place(folds: Sequence[Held]) -> float:
    """The limit of the best worst fold, amid the gap; beyond nearly all regular signals where there are no others."""
    if not any(len(fold.abnormal) for fold in folds):
        return _beyond(np.concatenate([fold.regular for fold in folds]))
    tried = _candidates(folds)
    worst, mean = _accuracies(folds, tried)
    best = np.flatnonzero(worst >= worst.max() - 1e-9)
    best = best[mean[best] >= mean[best].max() - 1e-9]
    return float(tried[best[len(best) // 2]])


def _beyond(regular: Numbers) -> float:
    top = float(np.quantile(regular, PASSED))
    return top + MARGIN * (top - float(np.median(regular)))


def _candidates(folds: Sequence[Held], most: int = 64) -> Numbers:
    """Limits worth trying: between neighbouring distances, and a fine scale across the gap between the two kinds."""
    regular = np.concatenate([fold.regular for fold in folds])
    abnormal = np.concatenate([fold.abnormal for fold in folds])
    everything = np.unique(np.concatenate([regular, abnormal]))
    between = (everything[1:] + everything[:-1]) / 2 if len(everything) > 1 else everything
    if len(between) > 4 * most:
        between = np.quantile(between, np.linspace(0, 1, 4 * most))
    low, high = float(regular.max()), float(abnormal.min())
    gap = _ladder(low, high, float(regular.min()), most) if high > low else np.empty(0)
    return np.unique(np.concatenate([between, gap]))


def _ladder(low: float, high: float, origin: float, rungs: int) -> Numbers:
    """Rungs between two distances in equal ratios, as distances grow by factors."""
    step = max(low - origin, 1e-9 * max(abs(low), 1.0))
    return origin + np.geomspace(step, max(high - origin, 2 * step), rungs + 2)[1:-1]


def _accuracies(folds: Sequence[Held], tried: Numbers) -> tuple[Numbers, Numbers]:
    """Balanced accuracy at each limit: of the worst fold, and on average."""
    found = []
    for fold in folds:
        passed = np.searchsorted(np.sort(fold.regular), tried, side="right") / len(fold.regular)
        caught = 1.0 - np.searchsorted(np.sort(fold.abnormal), tried, side="right") / max(1, len(fold.abnormal))
        found.append((passed + caught) / 2 if len(fold.abnormal) else passed)
    return np.min(found, axis=0), np.mean(found, axis=0)
