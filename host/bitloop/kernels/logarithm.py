"""Natural logarithm of sizes, kept above a floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.literal import float_literal
from bitloop.kernels.logf import logf
from bitloop.kernels.order import larger


@dataclass(frozen=True, slots=True)
class Logarithm(Stage):
    """ln of the larger of |x| and `floor`, element by element: (axes, length) stays."""

    kernel: ClassVar[str] = "logarithm"
    pointwise: ClassVar[bool] = True

    floor: float

    def __post_init__(self) -> None:
        if not float(np.finfo(np.float32).tiny) <= self.floor <= float(np.finfo(np.float32).max):
            raise LibraryError(f"the floor of a logarithm lies between 1.2e-38 and 3.4e38, and is not {self.floor}")

    def shape(self, given: Shape) -> Shape:
        return given

    def params(self, given: Shape) -> tuple[int, ...]:
        return (int(np.float32(self.floor).view(np.uint32)),)

    def reference(self, x: Signals) -> Signals:
        return logf(larger(np.float32(self.floor), np.abs(x)))

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_logarithm({given.axes}, {given.length}, {float_literal(self.floor)}, x);"
