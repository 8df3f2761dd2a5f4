"""Fewer samples per second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.order import upwards


@dataclass(frozen=True, slots=True)
class Decimate(Stage):
    """The mean of every `factor` consecutive samples: (axes, length) to (axes, length // factor).

    Averaging damps what plain picking would fold back. Samples left over at the end are dropped.
    """

    kernel: ClassVar[str] = "decimate"

    factor: int

    def __post_init__(self) -> None:
        if self.factor < 2:
            raise LibraryError(f"decimation needs a factor of 2 or more, not {self.factor}")

    def shape(self, given: Shape) -> Shape:
        if given.length < self.factor:
            raise LibraryError(f"{given.length} samples per axis cannot be decimated by {self.factor}")
        return Shape(given.axes, given.length // self.factor)

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.factor,)

    def reference(self, x: Signals) -> Signals:
        after = x.shape[2] // self.factor
        blocks = x[:, :, : after * self.factor].reshape(*x.shape[:2], after, self.factor)
        return upwards(blocks) / np.float32(self.factor)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_decimate({given.axes}, {given.length}, {self.factor}, x);"
