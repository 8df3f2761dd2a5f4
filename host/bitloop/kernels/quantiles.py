"""Quantiles of each axis, of which the median and the spread between quartiles are the best known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import WORK, Constant, Shape, Signals, Stage
from bitloop.kernels.checks import real
from bitloop.kernels.restrict import used_of_each


@dataclass(frozen=True, slots=True)
class Quantiles(Stage):
    """The values below which a share `level` of the samples lies: (axes, length) to (axes, levels).

    Linear between sorted samples, level 0 being the smallest and 1 the largest. -0 stands before 0; a NaN among the
    samples makes all quantiles of its axis NaN.
    """

    kernel: ClassVar[str] = "quantiles"

    levels: tuple[float, ...]

    def __post_init__(self) -> None:
        for level in self.levels:
            real(level, 0.0, 1.0, "the level of a quantile")
        if not self.levels or any(low >= high for low, high in pairwise(self.levels)):
            raise LibraryError("the levels of quantiles have to rise, and be at least one")

    def shape(self, given: Shape) -> Shape:
        if not len(self.levels) <= given.length <= 1 << 16:
            raise LibraryError(f"{len(self.levels)} quantiles cannot be had of {given.length} samples per axis")
        return Shape(given.axes, len(self.levels))

    def workspace(self, given: Shape) -> int:
        return len(self.levels)

    def effort(self, given: Shape) -> float:
        """Comparisons of a sort, about."""
        return given.size * log2(max(2, given.length))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (len(self.levels),)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        place, part = self._places(given.length)
        return (Constant("place", place, fitted=False), Constant("part", part, fitted=False))

    def reference(self, x: Signals) -> Signals:
        place, part = self._places(x.shape[2])
        ordered = _from_keys(np.sort(_keys(x), axis=2))
        low, high = ordered[:, :, place], ordered[:, :, np.minimum(place + 1, x.shape[2] - 1)]
        between = np.where(part == 0, low, low + part * (high - low))
        return np.where(np.isnan(x).any(axis=2, keepdims=True), np.float32(np.nan), between)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        tables = f"{len(self.levels)}, {names['place']}, {names['part']}"
        return f"bl_quantiles({given.axes}, {given.length}, {tables}, x, {names[WORK]});"

    def _places(self, length: int) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
        """The sorted sample below each level, and how far the level lies on the way to the next: 0 at the last."""
        exact = np.array(self.levels, dtype=np.float64) * (length - 1)
        place = np.minimum(np.floor(exact), length - 1)
        part = np.where(place < length - 1, exact - place, 0.0)
        return place.astype(np.uint16), part.astype(np.float32)

    def restricted(self, given: Shape, indices: Sequence[int]) -> tuple[Stage, tuple[int, ...]] | None:
        """Without the levels that no axis needs."""
        used, places = used_of_each(len(self.levels), indices)
        return None if len(used) == len(self.levels) else (Quantiles(tuple(self.levels[i] for i in used)), places)


def _keys(x: Signals) -> NDArray[np.uint32]:
    """`bl_sortable`: integers in the order of the floats."""
    bits = np.ascontiguousarray(x).view(np.uint32)
    return np.where(bits >> 31, ~bits, bits | np.uint32(0x80000000))


def _from_keys(keys: NDArray[np.uint32]) -> Signals:
    bits = np.where(keys >> 31, keys & np.uint32(0x7FFFFFFF), ~keys)
    return np.ascontiguousarray(bits.astype(np.uint32)).view(np.float32)
