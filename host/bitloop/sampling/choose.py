"""Which cell to take, and what that choice is worth.

The best of hundreds of scores is flattered by luck, and so is whatever is chosen by looking at them. Two things are
done about it. A cell that is cheaper takes the place of the best unless it is distinguishably worse, so that luck of
a few signals decides nothing. And what is promised does not come from the scores the choice was made by: each block
in turn is put aside, the whole choice is made again by the same rule from models that never saw that block, and the
cell chosen then is scored on it (nested cross-validation).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.sampling.result import Scored, standard_error
from bitloop.search.metrics import interval

LOSS = 0.02
"""The most that a recommendation may give away of the best score."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Places in the list of cells, the expected score with its 95 % interval, and how many folds agree."""

    taken: int
    best: int
    expected: float
    low: float
    high: float
    agreed: int


def choose(found: Sequence[Scored]) -> Choice:
    """The cell to take, and its promise."""
    costs = np.array([s.cell.cost for s in found])
    held, signals = np.stack([s.held for s in found]), np.stack([s.signals for s in found])
    taken, best = _cheapest(held, signals.sum(axis=1), costs)
    picked = [_nested(found, signals, costs, fold) for fold in range(held.shape[1])]
    promised = np.array([held[cell, fold] for fold, cell in enumerate(picked)])
    judged = sum(int(signals[cell, fold]) for fold, cell in enumerate(picked))
    low, high = _between(promised, judged)
    return Choice(taken, best, float(promised.mean()), low, high, picked.count(taken))


def _nested(found: Sequence[Scored], signals: NDArray[np.int64], costs: NDArray[np.float64], fold: int) -> int:
    others = np.arange(signals.shape[1]) != fold
    inner = np.stack([s.inner[fold, others] for s in found])
    return _cheapest(inner, signals[:, others].sum(axis=1), costs)[0]


def _cheapest(scores: NDArray[np.float64], signals: NDArray[np.int64], costs: NDArray[np.float64]) -> tuple[int, int]:
    """The cheapest cell hardly worse than the best, and the best: the surest to be good. `scores` (cells, folds)."""
    means = scores.mean(axis=1)
    errors = np.array([standard_error(row, int(n)) for row, n in zip(scores, signals, strict=True)])
    sure = means - errors
    best = int(np.lexsort((costs, -sure))[0])
    behind = scores[best] - scores
    spread = behind.std(axis=1, ddof=1) / math.sqrt(scores.shape[1])
    grain = standard_error(np.full(2, means[best]), int(signals[best]))
    alike = (behind.mean(axis=1) <= np.maximum(spread, grain)) & (sure >= sure[best] - LOSS)
    alike &= means >= means[best] - LOSS
    return int(min(np.flatnonzero(alike), key=lambda cell: (costs[cell], -means[cell]))), best


def _between(scores: NDArray[np.float64], signals: int) -> tuple[float, float]:
    """95 % interval from the spread over blocks (Student's t), or of so few signals, whichever is wider."""
    from scipy.special import stdtrit

    folds = len(scores)
    half = float(stdtrit(folds - 1, 0.975)) * float(scores.std(ddof=1)) / math.sqrt(folds)
    mean = float(scores.mean())
    low, high = interval(mean, signals)
    return max(0.0, min(low, mean - half)), min(1.0, max(high, mean + half))
