"""Every axis shifted and divided by fitted constants; in the head, where each feature is an axis, every feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant, Shape, Signals, Stage
from bitloop.kernels.record import F32

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True, eq=False)
class Scale(Stage):
    """(x - offset) / spread per axis: (axes, length) stays. `offset` and `spread` have one value per axis."""

    kernel: ClassVar[str] = "scale"

    offset: F32
    spread: F32

    def __post_init__(self) -> None:
        if self.offset.ndim != 1 or self.offset.shape != self.spread.shape or not len(self.offset):
            raise LibraryError("scaling needs as many offsets as spreads, one of each per axis")
        finite = np.isfinite(self.offset).all() and np.isfinite(self.spread).all()
        if not (finite and (self.spread > 0).all()):
            raise LibraryError("scaling needs finite offsets and finite spreads above 0")

    @classmethod
    def zscore(cls, x: Signals) -> Scale:
        """Mean 0 and standard deviation 1 of all samples of an axis; constant axes are only shifted."""
        wide = _samples(x)
        return cls._of(wide, wide.mean(axis=0), wide.std(axis=0))

    @classmethod
    def minmax(cls, x: Signals) -> Scale:
        """0 to 1 from the smallest to the largest sample of an axis; constant axes are only shifted."""
        wide = _samples(x)
        low = wide.min(axis=0)
        return cls._of(wide, low, wide.max(axis=0) - low)

    @classmethod
    def robust(cls, x: Signals) -> Scale:
        """Median 0 and interquartile range 1 of an axis; axes whose middle half is constant are only shifted."""
        wide = _samples(x)
        first, median, third = np.percentile(wide, (25, 50, 75), axis=0)
        return cls._of(wide, median, third - first)

    @classmethod
    def _of(cls, wide: NDArray[np.float64], offset: NDArray[np.float64], spread: NDArray[np.float64]) -> Scale:
        constant = wide.min(axis=0) == wide.max(axis=0)  # a mean is rounded: its deviations need not be 0
        offset = np.where(constant, wide[0], offset)
        narrow = np.where(constant, 1.0, np.minimum(spread, _LARGEST)).astype(np.float32)
        return cls(offset.astype(np.float32), np.where(narrow > 0, narrow, np.float32(1)))

    def shape(self, given: Shape) -> Shape:
        if given.axes != len(self.offset):
            raise LibraryError(f"scaling was fitted on {len(self.offset)} axes and gets {given.axes}; fit it again")
        return given

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("offset", self.offset, fitted=True), Constant("spread", self.spread, fitted=True))

    def reference(self, x: Signals) -> Signals:
        return (x - self.offset[:, None]) / self.spread[:, None]

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_scale({given.axes}, {given.length}, {names['offset']}, {names['spread']}, x);"


def _samples(x: Signals) -> NDArray[np.float64]:
    """(signals, axes, length) as (signals * length, axes), float64."""
    if x.ndim != 3 or not x.size:
        raise LibraryError("scaling is fitted on at least one signal of shape (axes, length)")
    if not np.isfinite(x).all():
        raise LibraryError("scaling cannot be fitted on values that are not finite")
    return x.transpose(0, 2, 1).reshape(-1, x.shape[1]).astype(np.float64)
