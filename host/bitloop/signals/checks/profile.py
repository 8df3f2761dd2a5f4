"""A few figures of every signal, measured once for all checks, a few signals at a time: memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PIECE = 1 << 20
"""Numbers looked at together."""
_SAMPLE = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Of one recording, each (signals, axes).

    Mean, standard deviation (`spread`), smallest and largest value; largest distance from the mean (`peak`); how many
    samples equal the one before (`repeats`); the longest run of equal samples, counted in samples, and its value; the
    sum of all steps from sample to sample. `quantum` (axes) is the smallest step there is.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    peak: NDArray[np.float64]
    repeats: NDArray[np.int64]
    run: NDArray[np.int64]
    run_value: NDArray[np.float32]
    travel: NDArray[np.float64]
    quantum: NDArray[np.float64]

    @property
    def still(self) -> NDArray[np.bool_]:
        """Where an axis does not move in a signal."""
        result: NDArray[np.bool_] = self.low == self.high
        return result


def pieces(planar: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Some signals after the other, each with the number of the first."""
    count = max(1, PIECE // max(1, planar[:1].size))
    for first in range(0, len(planar), count):
        yield first, planar[first : first + count]


def profile(planar: NDArray[np.float32]) -> Profile:
    """Of (signals, samples, axes)."""
    columns: Iterable[tuple[NDArray[Any], ...]] = zip(*(_figures(piece) for _, piece in pieces(planar)), strict=True)
    mean, spread, low, high, peak, repeats, run, run_value, travel = map(np.concatenate, columns)
    return Profile(mean, spread, low, high, peak, repeats, run, run_value, travel, _quantum(planar))


def _figures(x: NDArray[np.float32]) -> tuple[NDArray[Any], ...]:
    wide = x.astype(np.float64)
    mean, low, high = wide.mean(axis=1), x.min(axis=1), x.max(axis=1)
    peak = np.maximum(high - mean, mean - low)
    steps = np.abs(np.diff(wide, axis=1))
    equal = steps == 0
    run, value = _longest_run(x, equal)
    return mean, wide.std(axis=1), low, high, peak, equal.sum(axis=1), run, value, steps.sum(axis=1)


def _longest_run(x: NDArray[np.float32], equal: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The longest run of equal samples, in samples, and its value; `equal` says which equal the one before."""
    at = np.arange(1, x.shape[1])[:, None]
    begins = np.maximum.accumulate(np.where(equal, 0, at), axis=1)
    lengths = np.concatenate([np.zeros_like(x[:, :1], dtype=np.int64), at - begins], axis=1)
    last = lengths.argmax(axis=1)[:, None, :]
    run = np.take_along_axis(lengths, last, axis=1)[:, 0] + 1
    return run, np.take_along_axis(x, last, axis=1)[:, 0]


def _quantum(planar: NDArray[np.float32]) -> NDArray[np.float64]:
    """The smallest step between samples of each axis, rare ones left aside; 0 where nothing moves."""
    stride = max(1, planar[:, :, 0].size // _SAMPLE)
    steps = np.abs(np.diff(planar[::stride].astype(np.float64), axis=1))
    moving = (axis[axis > 0] for axis in np.moveaxis(steps, 2, 0))
    return np.array([np.quantile(axis, 0.001) if axis.size else 0.0 for axis in moving])
