"""Natural logarithm of sizes relative to the signal's largest: what loudness, distance and gain do not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.literal import float_literal
from bitloop.kernels.logf import logf
from bitloop.kernels.order import larger


@dataclass(frozen=True, slots=True)
class RelativeLogarithm(Stage):
    """ln of the larger of |x| / (largest |x| of all axes) and `floor`: (axes, length) stays.

    Amplitudes 40 dB below the largest have a share of 0.01. A signal of zeros is ln floor throughout.
    """

    kernel: ClassVar[str] = "relative_logarithm"

    floor: float

    def __post_init__(self) -> None:
        checks.real(self.floor, 1e-30, 0.5, "relative_logarithm.floor")

    def shape(self, given: Shape) -> Shape:
        return given

    def params(self, given: Shape) -> tuple[int, ...]:
        return (int(np.float32(self.floor).view(np.uint32)),)

    def reference(self, x: Signals) -> Signals:
        sizes = np.abs(x).reshape(len(x), -1)
        most = sizes[:, 0]
        for i in range(1, sizes.shape[1]):
            most = larger(most, sizes[:, i])
        divisor: Signals = np.where(most == 0, np.float32(1), most)
        shares: Signals = np.divide(np.abs(x), divisor[:, None, None])
        return logf(larger(np.float32(self.floor), shares))

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_relative_logarithm({given.axes}, {given.length}, {float_literal(self.floor)}, x);"
