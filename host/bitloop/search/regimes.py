"""Where a recording jumps from one way of running to another: speeds tried in turn, load cycles, restarts.

What a recording holds of each way of running is cut on its own, so that no fold holds back all there is of one: what
was never learned cannot be told from a fault. Ways of running that resemble each other (the same machine started
again) are left together, and held back as the blocks of a recording fall: that is the harder test.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.search.cluster import squares
from bitloop.search.table import Table

WIDTH = 3
"""Signals on either side of a jump that are compared."""
JUMP = 12.0
"""A jump: the mean square of what changed, in units of what noise would change, or what usually changes (a drift)."""
USUAL = 0.3
"""Quantile of all changes that is usual."""
ALIKE = 1.3
"""Without abnormal signals: stretches are alike that lie at most so many times as far apart as signals do."""
TELLING = 0.75
"""Share of signals that have to be nearer to their own stretch than to other classes for figures to tell anything."""
SHORTEST = 5
"""Signals between two jumps, at least."""
LOOKED_AT = 500
"""Signals of a kind that are compared with all others."""

Figures = NDArray[np.float64]
"""(signals, figures): what a signal is like, at a glance."""


def stretches(table: Table) -> NDArray[np.int64] | None:
    """(signals,): the number of each signal's stretch within its recording; None where all are alike.

    Where they are, recordings may be held back whole, or cut into blocks as they fall.
    """
    figures = described(table.x, table.axes)
    number = _numbered(table, figures)
    if table.kind == "classes":
        return number if _unlike(table, figures, number) else None
    return None if _alike(table, figures, number) else number


def visits(table: Table) -> NDArray[np.int64]:
    """(signals,): a number for every stretch between jumps, different from that of any other recording's."""
    number = _numbered(table, described(table.x, table.axes))
    return table.recording * (1 + int(number.max())) + number


def _numbered(table: Table, figures: Figures) -> NDArray[np.int64]:
    number = np.zeros(len(table.x), dtype=np.int64)
    for recording in np.unique(table.recording):
        rows = np.flatnonzero(table.recording == recording)
        number[rows] = regimes(figures[rows])
    return number


def regimes(figures: Figures) -> NDArray[np.int64]:
    """(signals,): number of the stretch between two jumps that each signal of a recording belongs to, from 0."""
    height = _heights(figures)
    least = JUMP * max(1.0, float(np.quantile(height, USUAL)))
    jumps = [0, len(figures)]
    for at in np.argsort(-height, kind="stable"):
        if height[at] < least:
            break
        if min(abs(at - jump) for jump in jumps) >= SHORTEST:
            jumps.append(int(at))
    return np.searchsorted(np.sort(jumps), np.arange(len(figures)), side="right") - 1


def described(x: NDArray[np.float32], axes: int) -> Figures:
    """Of each axis the mean, how much it moves and how fast; a state is its own description."""
    z = x.reshape(len(x), -1, axes).astype(np.float64)
    if z.shape[1] < 3:
        return z.reshape(len(x), -1)
    least = 1e-9 * max(float(np.abs(z).max()), 1e-30)
    moves, fast = z.std(axis=1), np.diff(z, axis=1).std(axis=1)
    return np.concatenate([z.mean(axis=1), np.log(moves + least), np.log(fast + least)], axis=1)


def _heights(figures: Figures) -> NDArray[np.float64]:
    """(signals,): how high the jump just before each signal is; 0 where there is none to compare."""
    height = np.zeros(len(figures))
    if len(figures) < 2 * SHORTEST:
        return height
    step = np.abs(np.diff(figures, axis=0))
    noise = np.maximum(np.median(step, axis=0) / 0.954, 0.02 * figures.std(axis=0))
    moves = noise > 0
    if not moves.any():
        return height
    total = np.cumsum(np.concatenate([np.zeros((1, int(moves.sum()))), figures[:, moves] / noise[moves]]), axis=0)
    mean = (total[WIDTH:] - total[:-WIDTH]) / WIDTH
    height[WIDTH : len(figures) - WIDTH + 1] = WIDTH / 2 * np.mean((mean[WIDTH:] - mean[:-WIDTH]) ** 2, axis=1)
    return height


def _alike(table: Table, figures: Figures, number: NDArray[np.int64]) -> bool:
    """Whether regular stretches are nearer to other regular ones than abnormal signals are to any of them."""
    regular, abnormal = _some(table.rows(0)), _some(table.rows(1) if table.compares else table.rows(0)[:0])
    spread = figures[regular].std(axis=0)
    scaled = figures / np.where(spread > 0, spread, 1.0)
    apart = squares(scaled[regular], scaled[regular])
    own = 1 + table.recording[regular] * (1 + int(number.max())) + number[regular]
    if len(np.unique(own)) < 2:
        return True
    np.fill_diagonal(apart, np.inf)
    most = ALIKE**2 * float(np.median(apart.min(axis=1)))
    apart[own[:, None] == own] = np.inf
    if len(abnormal):
        most = float(np.median(squares(scaled[abnormal], scaled[regular]).min(axis=1)))
    return float(np.median(apart.min(axis=1))) <= most


def _unlike(table: Table, figures: Figures, number: NDArray[np.int64]) -> bool:
    """Whether other stretches of a class are farther away than other classes are, as far as figures tell at all.

    Then a way of running that is held back whole says nothing of its class. Figures tell where most signals are
    nearer to their own stretch than to any other class.
    """
    rows = _some(np.arange(len(table.x)))
    spread = figures[rows].std(axis=0)
    scaled = figures[rows] / np.where(spread > 0, spread, 1.0)
    apart = squares(scaled, scaled)
    np.fill_diagonal(apart, np.inf)
    stretch = table.recording[rows] * (1 + int(number.max())) + number[rows]
    together = stretch[:, None] == stretch
    same = table.label[rows][:, None] == table.label[rows]
    own, elsewhere, others = (
        np.where(which, apart, np.inf).min(axis=1) for which in (together, same & ~together, ~same)
    )
    compared = np.isfinite(elsewhere)
    if not compared.any():
        return False
    return bool(np.mean(own < others) >= TELLING and np.mean(others[compared] < elsewhere[compared]) > 0.5)


def _some(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[:: 1 + len(rows) // LOOKED_AT]
