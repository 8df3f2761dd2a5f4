"""Which features matter: rankings, best first. Features may have any scale; constant ones come last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import SearchError
from bitloop.kernels.base import Features
from bitloop.search.fits.ridge_classifier import ridge_path

Wide = NDArray[np.float64]
Narrow = NDArray[np.float32]
Order = NDArray[np.int64]
Goal = NDArray[Any]
"""Labels from 0 or, for extrapolation, targets."""

BINS = 8
"""Values of a feature, or of a target, are cut into so many equally frequent ones to count their information."""
SAMPLED = 400
"""Signals that the strength of a ridge ranking is chosen on."""
BLOCKS = 8
"""Stretches of training signals in which a feature of regular signals should look alike."""


def rank_features(x: Features, y: Goal, method: str, kind: str) -> Order:
    """All features of (signals, features), best first.

    `anova` (F of the classes, R2 of a target), `information` (mutual, after binning), `ridge` (weights of a ridge
    classifier or regression, halving the features again and again), `spread_out` (greedy: F over the mean correlation
    with what was taken). Where there is nothing to tell apart, as among regular signals, all of them rank by
    `stable`: how little a feature's mean moves between stretches of the recording.
    """
    if method not in METHODS:
        raise SearchError(f"features cannot be ranked by {method!r}; choose one of {', '.join(METHODS)}")
    wide = standardised(x)
    labels = kind != "extrapolation"
    if labels and len(np.unique(y)) < 2:
        return _order(_stable(wide))
    return METHODS[method](wide, y, labels)


def standardised(x: Features) -> Wide:
    """Mean 0 and deviation 1; constant features are 0."""
    wide = x.astype(np.float64)
    wide -= wide.mean(axis=0)
    spread = wide.std(axis=0)
    flat = spread <= 1e-12 * np.maximum(np.abs(x).max(axis=0), 1e-30)
    scaled: Wide = np.where(flat, 0.0, wide / np.where(flat, 1.0, spread))
    return scaled


def relevance(wide: Wide, y: Goal, labels: bool) -> Wide:
    """F of the classes, each weighing the same, or R2 / (1 - R2) of a target."""
    if not labels:
        goal = y.astype(np.float64) - y.mean()
        r2 = (goal @ wide) ** 2 / max(float(goal @ goal) * len(goal), 1e-30)
        odds: Wide = r2 / np.maximum(1.0 - r2, 1e-9)
        return odds
    present = np.unique(y)
    means = np.stack([wide[y == c].mean(axis=0) for c in present])
    within = np.stack([wide[y == c].var(axis=0) for c in present]).mean(axis=0)
    ratio: Wide = means.var(axis=0) / np.maximum(within, 1e-9)
    return ratio


def _anova(wide: Wide, y: Goal, labels: bool) -> Order:
    return _order(relevance(wide, y, labels))


def _information(wide: Wide, y: Goal, labels: bool) -> Order:
    """Bits that the bin of a feature tells of the label, or of the bin of the target."""
    goal = np.unique(y if labels else _binned(y.astype(np.float64)[:, None])[:, 0], return_inverse=True)[1]
    kinds = int(goal.max()) + 1
    bins = _binned(wide)
    counts = np.stack([np.stack([(bins[goal == c] == b).sum(axis=0) for b in range(BINS)]) for c in range(kinds)])
    joint = counts / counts.sum(axis=1, keepdims=True) / kinds  # every class weighs the same
    apart = joint.sum(axis=0) * joint.sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        terms = np.where(joint > 0, joint * np.log2(joint / apart), 0.0)
    return _order(terms.sum(axis=(0, 1)))


def _binned(wide: Wide) -> NDArray[np.int64]:
    edges = np.quantile(wide, np.arange(1, BINS) / BINS, axis=0)
    bins: NDArray[np.int64] = (wide[None] > edges[:, None]).sum(axis=0)
    return bins


def _ridge(wide: Wide, y: Goal, labels: bool) -> Order:
    """The lesser half goes, by the size of its weights; the rest is fitted again, down to a handful."""
    goal = 2.0 * (y[:, None] == np.unique(y)) - 1.0 if labels else y.astype(np.float64)[:, None]
    weight = np.sqrt(len(y) / np.bincount(y)[y] if labels else np.ones(len(y)))[:, None]
    few = slice(None, None, -(-len(y) // SAMPLED))  # the strength need not be exact
    strength = ridge_path(wide[few], goal[few], weight[few, 0] ** 2).strength
    a, b = ((weight * part).astype(np.float32) for part in (wide, goal - goal.mean(axis=0)))
    left, gone = np.arange(wide.shape[1]), np.empty(0, dtype=np.int64)
    while True:
        weights = _solved(a[:, left], b, strength)
        order = left[_order((weights * weights).sum(axis=1))]
        half = (len(order) + 1) // 2
        if half < 4:
            return np.concatenate([order, gone])
        left, gone = np.sort(order[:half]), np.concatenate([order[half:], gone])


def _solved(a: Narrow, b: Narrow, strength: float) -> Narrow:
    """Ridge weights (features, outputs) by the smaller Gram matrix, roughly; strength as in `ridge_path`."""
    unit = float(np.einsum("ij,ij->", a, a)) / a.shape[1]
    penalty = np.float32(max(strength, 1e-3) * max(unit, 1e-30) + 1e-9)
    tall = len(a) >= a.shape[1]
    gram = a.T @ a if tall else a @ a.T
    gram[np.diag_indices_from(gram)] += penalty
    found = np.linalg.solve(gram, a.T @ b if tall else b)
    return np.asarray(found if tall else a.T @ found, dtype=np.float32)


def _spread_out(wide: Wide, y: Goal, labels: bool) -> Order:
    score = relevance(wide, y, labels)
    alike = np.abs(wide.T @ wide) / len(wide)
    taken = [int(np.argmax(score))]
    shared = np.zeros(len(score))
    open_ = np.ones(len(score), dtype=bool)
    for count in range(1, len(score)):
        open_[taken[-1]] = False
        shared += alike[taken[-1]]
        merit = np.where(open_, score / (shared / count + 0.01), -1.0)
        taken.append(int(np.argmax(merit)))
    return np.array(taken, dtype=np.int64)


def _stable(wide: Wide) -> Wide:
    """Variance over that of the stretches' means, for signals in the order they were recorded."""
    if len(wide) < 2 * BLOCKS:
        return np.asarray(wide.var(axis=0))
    means = np.stack([block.mean(axis=0) for block in np.array_split(wide, BLOCKS)])
    ratio: Wide = wide.var(axis=0) / (means.var(axis=0) + 1.0 / len(wide))
    return ratio


def _order(score: Wide | Narrow) -> Order:
    """Best first; among equals the first comes first."""
    return np.argsort(-score, kind="stable")


METHODS: Mapping[str, Callable[[Wide, Goal, bool], Order]] = {
    "anova": _anova,
    "information": _information,
    "ridge": _ridge,
    "spread_out": _spread_out,
}
