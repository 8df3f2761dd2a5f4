"""How values go along a signal, or along a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POINTS = 1000
"""Points of a course at most: more than a picture has pixels to tell apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """`mean`, `low` and `high` (the extremes) and `spread` (standard deviation) are (points, axes).

    `at` is where each point stands, in samples from the beginning. Of signals, a point is a column of the file, and
    the figures are over all signals; of a log it is a block of consecutive samples. `lines` counts either;
    `seams` are rows of a log.
    """

    at: Array
    mean: Array
    low: Array
    high: Array
    spread: Array
    lines: int
    log: bool
    seams: tuple[int, ...] = ()


def course(x: NDArray[np.float32], seams: Sequence[int] = ()) -> Course:
    """The course of signals (signals, length, axes) or of a log (samples, axes), neither of them empty."""
    if x.ndim == 3:
        figures = (x.mean(axis=0, dtype=np.float64), x.min(axis=0), x.max(axis=0), x.std(axis=0, dtype=np.float64))
        return _course(np.arange(x.shape[1]), figures, len(x), log=False)
    edges = np.unique(np.linspace(0, len(x), min(POINTS, len(x)) + 1).round().astype(np.int64))
    starts, counts = edges[:-1], np.diff(edges)[:, None]
    mean = np.add.reduceat(x, starts, axis=0, dtype=np.float64) / counts
    off = x - np.repeat(mean, counts[:, 0], axis=0)
    spread = np.sqrt(np.add.reduceat(off * off, starts, axis=0) / counts)
    low, high = np.minimum.reduceat(x, starts, axis=0), np.maximum.reduceat(x, starts, axis=0)
    made = _course((edges[:-1] + edges[1:] - 1) / 2, (mean, low, high, spread), len(x), log=True)
    return replace(made, seams=tuple(seams))


def _course(at: NDArray[np.generic], figures: tuple[NDArray[np.generic], ...], lines: int, log: bool) -> Course:
    mean, low, high, spread = (np.asarray(f, dtype=np.float64) for f in figures)
    return Course(np.asarray(at, dtype=np.float64), mean, low, high, spread, lines, log)
