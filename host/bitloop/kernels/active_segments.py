"""The active part of a signal, from first to last loud frame, as means of equal parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Shape, Signals, Stage
from bitloop.kernels.literal import float_literal
from bitloop.kernels.order import larger, smaller, upwards

F32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ActiveSegments(Stage):
    """Means of `segments` equal parts of the frames between the first and the last active one.

    (axes * frames, values) to (axes * rows, values): `frames` per axis go in; out come `segments` rows, with `steps`
    followed by the segments - 1 differences of neighbours. The level of a frame is the sum of its values, which are
    logarithms; active is what reaches quietest + share * (loudest - quietest), everything for a share of 0. Each
    value loses `centering` times its mean over the segments (1: cepstral mean normalisation).
    """

    kernel: ClassVar[str] = "active_segments"

    frames: int
    segments: int
    share: float
    centering: float
    steps: bool

    def __post_init__(self) -> None:
        checks.whole(self.frames, 1, 65536, "active_segments.frames")
        checks.whole(self.segments, 1, 1024, "active_segments.segments")
        checks.real(self.share, 0.0, 1.0, "active_segments.share")
        checks.real(self.centering, 0.0, 1.0, "active_segments.centering")
        if self.rows > self.frames:
            raise LibraryError(f"{self.frames} frames do not make {self.rows} rows of segments")

    @property
    def rows(self) -> int:
        """Rows per axis."""
        return 2 * self.segments - 1 if self.steps else self.segments

    def shape(self, given: Shape) -> Shape:
        if given.axes % self.frames:
            raise LibraryError(f"{given.axes} rows are not a multiple of {self.frames} frames per axis")
        return Shape(given.axes // self.frames * self.rows, given.length)

    def workspace(self, given: Shape) -> int:
        return self.frames + self.rows * given.length

    def effort(self, given: Shape) -> float:
        """Levels and means, and a division and copies per value that comes out."""
        return float(2 * given.size + 10 * self.shape(given).size)

    def params(self, given: Shape) -> tuple[int, ...]:
        share, centering = (int(np.float32(value).view(np.uint32)) for value in (self.share, self.centering))
        return (self.frames, self.segments, share, centering, int(self.steps))

    def reference(self, x: Signals) -> Signals:
        planes = x.reshape(-1, self.frames, x.shape[2])
        rows = self._means(planes, *self._active(planes))
        if np.float32(self.centering) > 0:
            mean = upwards(rows.transpose(0, 2, 1)) / np.float32(self.segments)
            rows = rows - (np.float32(self.centering) * mean)[:, None, :]
        if self.steps:
            rows = np.concatenate([rows, rows[:, 1:] - rows[:, :-1]], axis=1)
        return rows.reshape(len(x), -1, x.shape[2])

    def _active(self, x: F32Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """First frame of the active part of each plane, and how many frames it has."""
        level = upwards(x)
        low = high = level[:, 0]
        for f in range(1, self.frames):
            low, high = smaller(low, level[:, f]), larger(high, level[:, f])
        active = level >= (low + np.float32(self.share) * (high - low))[:, None]
        none = ~active.any(axis=1)
        first = np.where(none, self.frames - 1, active.argmax(axis=1))
        last = self.frames - 1 - np.where(none, 0, active[:, ::-1].argmax(axis=1))
        return first, last - first + 1

    def _means(self, x: F32Array, first: NDArray[np.intp], count: NDArray[np.intp]) -> F32Array:
        means = []
        for s in range(self.segments):
            begin, end = first + s * count // self.segments, first + (s + 1) * count // self.segments
            end = np.maximum(end, begin + 1)
            total = x[np.arange(len(x)), begin]
            for more in range(1, int((end - begin).max())):
                at = begin + more
                total = np.where((at < end)[:, None], total + x[np.arange(len(x)), np.minimum(at, end - 1)], total)
            means.append(total / (end - begin).astype(np.float32)[:, None])
        return np.stack(means, axis=1)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        axes, options = given.axes // self.frames, f"{float_literal(self.centering)}, {int(self.steps)}"
        sizes = f"{axes}, {self.frames}, {given.length}, {self.segments}, {float_literal(self.share)}"
        return f"bl_active_segments({sizes}, {options}, {names[WORK]}, x);"
