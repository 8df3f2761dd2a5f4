"""How the samples of an axis are distributed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import WORK, Constant, Shape, Signals, Stage
from bitloop.kernels.checks import alike, floats, whole
from bitloop.kernels.mean import mean_of
from bitloop.kernels.order import larger, smaller, upwards
from bitloop.kernels.record import F32

KINDS = ("fixed", "range", "sigma")
"""In the order of the C's numbers."""
NARROW = np.float32(1e-30)
"""A width up to this counts as none: the quotient could be infinite."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram(Stage):
    """Share of the samples in equal bins from `low` to `low + width`: (axes, length) to (axes, bins).

    kind `fixed`: one fitted `low` and `width` per axis, in the rows of `limits`, (2, axes). `range`: each axis' own
    smallest to largest sample. `sigma`: its mean -+ 3 standard deviations. The last two need no `limits`: (2, 0).
    What lies beyond counts in the outermost bins; without width everything counts in the first.
    """

    kernel: ClassVar[str] = "histogram"

    bins: int
    kind: str
    limits: F32

    def __post_init__(self) -> None:
        whole(self.bins, 2, 256, "the number of bins")
        if self.kind not in KINDS:
            raise LibraryError(f"the limits of a histogram are one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.kind != "fixed":
            alike(self.limits.shape, (2, 0), "the limits of a histogram relative to each signal")
            return
        floats(self.limits, 2, "the limits of a histogram", -1e30, 1e30)
        alike(self.limits.shape, (2, self.limits.shape[1]), "the limits of a histogram")
        if not np.all(self.limits[1] > NARROW):
            raise LibraryError("the limits of a histogram have to lie apart")

    @classmethod
    def relative(cls, bins: int, kind: str) -> Histogram:
        """With limits that follow each signal."""
        return cls(bins, kind, np.zeros((2, 0), dtype=np.float32))

    @classmethod
    def fitted(cls, bins: int, x: Signals, cut: float = 0.005) -> Histogram:
        """With limits that leave a share `cut` of all samples of an axis on either side."""
        wide = x.transpose(1, 0, 2).reshape(x.shape[1], -1).astype(np.float64)
        low, high = np.quantile(wide, (cut, 1 - cut), axis=1)
        width = np.maximum(high - low, 1e-6 * np.maximum(np.abs(low), 1.0))
        return cls(bins, "fixed", np.stack([low, width]).astype(np.float32))

    def shape(self, given: Shape) -> Shape:
        if given.length < self.bins:
            raise LibraryError(f"a histogram of {self.bins} bins needs as many samples, not {given.length}")
        if self.kind == "fixed" and self.limits.shape[1] != given.axes:
            raise LibraryError(f"the histogram was fitted on {self.limits.shape[1]} axes and gets {given.axes}")
        return Shape(given.axes, self.bins)

    def workspace(self, given: Shape) -> int:
        return self.bins

    def effort(self, given: Shape) -> float:
        """Three steps per sample for its bin, two for finding a range, four for a deviation."""
        return float(given.size * (3 + 2 * KINDS.index(self.kind)))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.bins, KINDS.index(self.kind))

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("limits", self.limits, fitted=True),) if self.kind == "fixed" else ()

    def reference(self, x: Signals) -> Signals:
        low, width = self._limits(x)
        narrow = width <= NARROW
        scale = np.where(narrow, np.float32(0), np.float32(self.bins) / np.where(narrow, np.float32(1), width))
        place = (x - low[:, :, None]) * scale[:, :, None]
        lost = np.where(np.isnan(place).any(axis=2), np.float32(np.nan), np.float32(0))
        bin_of = np.clip(np.nan_to_num(place), 0, self.bins - 1).astype(np.int64)
        counts = [np.count_nonzero(bin_of == b, axis=2).astype(np.float32) for b in range(self.bins)]
        return np.stack([count / np.float32(x.shape[2]) + lost for count in counts], axis=2)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        limits = names["limits"] if self.kind == "fixed" else "NULL"
        sizes = f"{given.axes}, {given.length}, {self.bins}, BL_{self.kind.upper()}"
        return f"bl_histogram({sizes}, {limits}, x, {names[WORK]});"

    def _limits(self, x: Signals) -> tuple[Signals, Signals]:
        if self.kind == "fixed":
            shape = x.shape[:2]
            return np.broadcast_to(self.limits[0], shape), np.broadcast_to(self.limits[1], shape)
        if self.kind == "range":
            low = high = x[:, :, 0]
            for i in range(1, x.shape[2]):
                low, high = smaller(low, x[:, :, i]), larger(high, x[:, :, i])
            return low, high - low
        mean = mean_of(x)
        d = x - mean[:, :, None]
        deviation = np.sqrt((np.float32(0) + upwards(d * d)) / np.float32(x.shape[2]))
        return mean - np.float32(3) * deviation, np.float32(6) * deviation
