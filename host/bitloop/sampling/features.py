"""Fast features of signals: what the views of a search look at, at a thousandth of the price.

Nothing is fitted here, so features of a signal depend on nothing but the signal. Axes come in units of their spread.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]

LINES = 256
"""Lines of a spectrum at most; of longer ones, each is the largest of its neighbourhood."""
_PARTS = 8
_SMALL = np.float32(1e-10)
"""Power that counts as none: a hundred thousandth of the spread of the axis."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """`whole` (signals, features) of everything, `level` (signals, axes), `lines` (signals, axes * lines)."""

    whole: Features
    level: Features
    lines: Features

    @staticmethod
    def of(cut: NDArray[np.float32]) -> Described:
        """Signals (signals, axes, samples)."""
        level = cut.mean(axis=2, dtype=np.float64).astype(np.float32)
        swing = cut - level[:, :, None]
        bands, lines = _spectrum(swing)
        whole = np.hstack([_shape(swing), _course(swing), _together(swing), bands])
        return Described(whole, level, lines)

    @staticmethod
    def joined(parts: list[Described]) -> Described:
        """The signals of all parts, one after the other."""
        return Described(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("whole", "level", "lines")))


def _log(x: Features) -> Features:
    return np.asarray(np.log(x + _SMALL))


def _shape(x: Features) -> Features:
    """Of the values whatever their order: size, skewness, tails, largest and smallest."""
    size = np.sqrt(np.mean(x * x, axis=2) + _SMALL)
    unit = x / size[:, :, None]
    square = unit * unit
    skewness, tails = np.mean(square * unit, axis=2), np.mean(square * square, axis=2)
    return np.hstack([_log(size), np.arcsinh(skewness), _log(tails), _log(unit.max(axis=2)), _log(-unit.min(axis=2))])


def _course(x: Features) -> Features:
    """Of the values in their order: roughness, turning points, and how the size comes and goes."""
    step = np.diff(x, axis=2)
    roughness = np.mean(step * step, axis=2) / (np.mean(x * x, axis=2) + _SMALL)
    turns = np.mean(step[:, :, 1:] * step[:, :, :-1] < 0, axis=2, dtype=np.float32)
    sizes = _log(np.mean(x.reshape(*x.shape[:2], _PARTS, -1) ** 2, axis=3))
    return np.hstack([_log(roughness), turns, sizes.std(axis=2), np.abs(np.diff(sizes, axis=2)).mean(axis=2)])


def _together(x: Features) -> Features:
    """Correlation of every pair of axes."""
    size = np.sqrt(np.mean(x * x, axis=2) + _SMALL)
    pairs = [
        np.mean(x[:, a] * x[:, b], axis=1) / (size[:, a] * size[:, b]) for a, b in combinations(range(x.shape[1]), 2)
    ]
    return np.stack(pairs, axis=1) if pairs else np.empty((len(x), 0), dtype=np.float32)


def _spectrum(x: Features) -> tuple[Features, Features]:
    """Power in half-octave bands, and line by line, both as logarithms; every axis on its own."""
    from scipy import fft, signal

    length = x.shape[2]
    window = signal.get_window("hann", length).astype(np.float32)
    spectrum = fft.rfft(x * window, axis=2)[:, :, 1:]
    power = (spectrum.real**2 + spectrum.imag**2) / np.float32(length * length)
    edges = np.unique(np.geomspace(1, length // 2 + 1, 2 * int(np.log2(length)) - 1).round().astype(np.int64)) - 1
    bands = np.add.reduceat(power, edges[:-1], axis=2)
    lines = power.reshape(*power.shape[:2], -1, max(1, length // 2 // LINES)).max(axis=3)
    return _log(bands).reshape(len(x), -1), _log(lines).reshape(len(x), -1)
