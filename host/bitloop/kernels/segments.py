"""Sub-windows: later kernels work on each part of a signal apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.checks import whole


@dataclass(frozen=True, slots=True)
class Segments(Stage):
    """Cuts each axis into equal parts, which become axes: (axes, length) to (axes * parts, length // parts).

    Parts of one axis stand next to each other, in order; samples left over at the end are dropped.
    """

    kernel: ClassVar[str] = "segments"

    parts: int

    def __post_init__(self) -> None:
        whole(self.parts, 2, 1024, "the number of segments")

    def shape(self, given: Shape) -> Shape:
        if given.length < self.parts:
            raise LibraryError(f"{given.length} samples per axis cannot be cut into {self.parts} segments")
        return Shape(given.axes * self.parts, given.length // self.parts)

    def effort(self, given: Shape) -> float:
        """Values moved: none where no samples are left over."""
        return float(given.size) if given.length % self.parts else 0.0

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.parts,)

    def reference(self, x: Signals) -> Signals:
        after = x.shape[2] // self.parts
        kept = np.ascontiguousarray(x[:, :, : after * self.parts])
        return kept.reshape(len(x), x.shape[1] * self.parts, after)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_cut_segments({given.axes}, {given.length}, {self.parts}, x);"
