"""Energies of a signal's octaves, by the decimated wavelet transform."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import WORK, Constant, Shape, Signals, Stage
from bitloop.kernels.checks import whole
from bitloop.kernels.order import upwards

_R2, _R3 = math.sqrt(2.0), math.sqrt(3.0)
FILTERS: Mapping[str, tuple[float, ...]] = {
    "haar": (1 / _R2, 1 / _R2),
    "db2": ((1 + _R3) / (4 * _R2), (3 + _R3) / (4 * _R2), (3 - _R3) / (4 * _R2), (1 - _R3) / (4 * _R2)),
}
"""Scaling filters; db2 is Daubechies' with two vanishing moments and four taps."""


@dataclass(frozen=True, slots=True)
class Wavelet(Stage):
    """Mean squares of the details of level 1, 2, .. and of what is left: (axes, length) to (axes, levels + 1).

    Each level halves the samples, rounding up, and mirrors what would lie behind the end (x[n] is x[n - 1]), so that
    any length will do. The filters have norm 1: white noise has the same mean square on every level.
    """

    kernel: ClassVar[str] = "wavelet"

    wavelet: str
    levels: int

    def __post_init__(self) -> None:
        if self.wavelet not in FILTERS:
            raise LibraryError(f"no wavelet is called {self.wavelet!r}; choose from {', '.join(FILTERS)}")
        whole(self.levels, 1, 16, "the number of wavelet levels")

    @property
    def filter(self) -> NDArray[np.float32]:
        """The scaling filter in float32."""
        return np.array(FILTERS[self.wavelet], dtype=np.float32)

    def shape(self, given: Shape) -> Shape:
        least = len(FILTERS[self.wavelet])
        if self._lengths(given)[-2] < least or given.length < self.levels + 1:
            raise LibraryError(
                f"{self.levels} levels of {self.wavelet} wavelets leave too little of {given.length} samples per axis"
            )
        return Shape(given.axes, self.levels + 1)

    def workspace(self, given: Shape) -> int:
        return self.levels + 1

    def effort(self, given: Shape) -> float:
        """Taps applied on all levels, and the squares of what is left."""
        lengths = self._lengths(given)
        return float(given.axes * (len(FILTERS[self.wavelet]) * sum(lengths[1:]) + lengths[-1]))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.levels, len(FILTERS[self.wavelet]))

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant(self.wavelet, self.filter, fitted=False),)

    def reference(self, x: Signals) -> Signals:
        energies = []
        for _ in range(self.levels):
            x, detail = _level(x, self.filter)
            energies.append(_power(detail))
        return np.stack([*energies, _power(x)], axis=2)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        taps = len(FILTERS[self.wavelet])
        arguments = f"{given.axes}, {given.length}, {self.levels}, {taps}, {names[self.wavelet]}"
        return f"bl_wavelet({arguments}, x, {names[WORK]});"

    def _lengths(self, given: Shape) -> list[int]:
        """Samples per axis before the first level, after it, after the second, .."""
        lengths = [given.length]
        for _ in range(self.levels):
            lengths.append((lengths[-1] + 1) // 2)
        return lengths


def _level(x: Signals, low: NDArray[np.float32]) -> tuple[Signals, Signals]:
    """Approximation and detail, each half as long."""
    n, taps = x.shape[2], len(low)
    first = 2 * np.arange((n + 1) // 2)
    smooth = detail = np.zeros((*x.shape[:2], len(first)), dtype=np.float32)
    for j in range(taps):
        at = np.where(first + j < n, first + j, 2 * n - 1 - first - j)
        high = low[taps - 1 - j] if j % 2 == 0 else -low[taps - 1 - j]
        smooth = smooth + low[j] * x[:, :, at]
        detail = detail + high * x[:, :, at]
    return smooth, detail


def _power(x: Signals) -> Signals:
    return (np.float32(0) + upwards(x * x)) / np.float32(x.shape[2])
