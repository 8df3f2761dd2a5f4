"""Cheap evidence about signals: a handful of features per axis and a linear discriminant, in milliseconds.

Nothing here is ever shipped or shown as a score. It answers questions about the signals themselves: would longer
buffers tell more, does an axis carry anything, is one part of a recording unlike another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.search.metrics import balanced_accuracy, r2
from bitloop.search.table import Rows, Table

MOST = 1600
"""Signals looked at; of more, pairs of neighbours are picked evenly."""
BANDS = 8
BLOCKS = 4
"""Contiguous parts of a recording, each judged by what was learned from the others."""
SHORTEST = 16
"""Samples from which a spectrum says something."""
SHRINKAGE = 0.1

Numbers = NDArray[np.float64]
Targets = NDArray[Any]
"""Labels (int64) or targets (float64)."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Signals as cheap features: `x` float64 (signals, axes, features per axis), `y` the label or the target.

    `recording` is the number of each signal's recording, `block` the contiguous part of it, 0 to BLOCKS - 1.
    """

    kind: str
    x: Numbers
    y: Targets
    recording: Rows
    block: Rows

    @property
    def compares(self) -> bool:
        """Whether there is anything to tell apart."""
        return len(np.unique(self.y)) > 1

    def take(self, rows: Rows) -> Evidence:
        """Some of the signals."""
        return replace(self, x=self.x[rows], y=self.y[rows], recording=self.recording[rows], block=self.block[rows])

    def quality(self, held: Rows | None = None, x: Numbers | None = None) -> float:
        """Balanced accuracy or R2 over folds `held` (else the blocks), of other features `x` if given."""
        flat = self.x if x is None else x
        return judge(self.kind, flat.reshape(len(flat), -1), self.y, self.block if held is None else held)


def gather(table: Table) -> Evidence:
    """Evidence of a table's signals."""
    rows = thin(table)
    y = table.targets[rows].astype(np.float64) if table.kind == "extrapolation" else table.label[rows]
    recording = table.recording[rows]
    return Evidence(table.kind, features(seen(table, rows), table.axes), y, recording, blocks(recording))


def seen(table: Table, rows: Rows) -> NDArray[np.float32]:
    """(rows, samples * axes): signals as a project's filter leaves them for the libraries."""
    return table.seen(table.x[rows]).transpose(0, 2, 1).reshape(len(rows), -1)


def thin(table: Table) -> Rows:
    """At most about MOST rows; neighbours stay side by side."""
    count = len(table.x)
    if count <= MOST:
        return np.arange(count)
    pairs = np.unique(np.linspace(0, count // 2 - 1, MOST // 2).astype(np.int64))
    return np.stack([2 * pairs, 2 * pairs + 1], axis=1).reshape(-1)


def blocks(recording: Rows) -> Rows:
    """Number of the contiguous part of its recording each row is in."""
    found = np.empty(len(recording), dtype=np.int64)
    for number in np.unique(recording):
        rows = np.flatnonzero(recording == number)
        found[rows] = np.arange(len(rows)) * BLOCKS // len(rows)
    return found


def features(x: NDArray[np.float32], axes: int) -> Numbers:
    """(signals, axes, features): mean, logarithms of spread, roughness and peak, and of the energies in bands."""
    planar = x.reshape(len(x), -1, axes).transpose(0, 2, 1).astype(np.float64)
    if planar.shape[2] < SHORTEST:
        return planar
    mean = planar.mean(axis=2, keepdims=True)
    moving = planar - mean
    floor = 1e-4 * max(float(moving.std()), 1e-12)
    parts = [mean[:, :, 0]]
    for size in (moving.std(axis=2), np.diff(moving, axis=2).std(axis=2), np.abs(moving).max(axis=2)):
        parts.append(np.log(size + floor))
    power = np.abs(np.fft.rfft(moving * np.hanning(planar.shape[2]), axis=2)) ** 2
    edges = np.unique(np.geomspace(1, power.shape[2], BANDS + 1).round().astype(np.int64))
    energy = np.add.reduceat(power[:, :, : edges[-1]], edges[:-1], axis=2) / np.diff(edges)
    parts += list(np.moveaxis(0.5 * np.log(energy + floor**2 * planar.shape[2]), 2, 0))
    return np.stack(parts, axis=2)


def judge(kind: str, x: Numbers, y: Targets, held: Rows) -> float:
    """Balanced accuracy of a linear discriminant, or R2 of ridge regression (at least 0), over held-out folds."""
    said = np.zeros(len(y), dtype=np.float64)
    for fold in np.unique(held):
        train, test = held != fold, held == fold
        if len(np.unique(y[train])) < 2:
            return 0.0
        mean, spread = x[train].mean(axis=0), x[train].std(axis=0) + 1e-9
        known, asked = (x[train] - mean) / spread, np.clip((x[test] - mean) / spread, -20, 20)
        said[test] = (_ridge if kind == "extrapolation" else _discriminant)(known, y[train], asked)
    if kind == "extrapolation":
        return max(0.0, r2(y.astype(np.float64), said))
    names, numbers = np.unique(y, return_inverse=True)
    return balanced_accuracy(numbers, np.searchsorted(names, said.astype(np.int64)), len(names))


def _discriminant(x: Numbers, y: Targets, asked: Numbers) -> Numbers:
    """The label of the nearest mean, measured by the shared covariance; every label weighs the same."""
    labels, member = np.unique(y, return_inverse=True)
    means = np.stack([x[member == n].mean(axis=0) for n in range(len(labels))])
    inner = x - means[member]
    covariance = inner.T @ inner / max(1, len(x) - len(labels))
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * np.eye(x.shape[1]) * max(
        np.trace(covariance), 1e-9
    ) / len(covariance)
    weights = np.linalg.solve(covariance, means.T)
    scores = asked @ weights - 0.5 * np.einsum("cf,fc->c", means, weights)
    said: Numbers = labels[np.argmax(scores, axis=1)].astype(np.float64)
    return said


def _ridge(x: Numbers, y: Targets, asked: Numbers) -> Numbers:
    wide, more = np.hstack([x, x * x]), np.hstack([asked, asked * asked])
    middle, shift = wide.mean(axis=0), float(y.mean())
    wide, more = wide - middle, more - middle
    weights = np.linalg.solve(wide.T @ wide + 0.01 * len(x) * np.eye(wide.shape[1]), wide.T @ (y - shift))
    said: Numbers = more @ weights + shift
    return np.clip(said, y.min(), y.max())
