"""Linear regression with int8 weights: a quarter of the flash, and integer products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels import checks, dot_int8
from bitloop.kernels.base import WORK, Constant, Features, StaticModel
from bitloop.kernels.record import I8


@dataclass(frozen=True, slots=True, eq=False)
class RidgeInt8(StaticModel):
    """bias + step * (weights . q), where q are the features times `scale`, as integers."""

    kernel: ClassVar[str] = "ridge_int8"
    kind: ClassVar[str] = "extrapolation"

    weights: I8
    step: float
    bias: float
    scale: float

    def __post_init__(self) -> None:
        dot_int8.check(self.weights, 1, self.scale, "ridge_int8")
        checks.real(self.step, 0.0, checks.WEIGHT, "ridge_int8.step")
        checks.real(self.bias, -checks.WEIGHT, checks.WEIGHT, "ridge_int8.bias")

    @property
    def inputs(self) -> int:
        return len(self.weights)

    @property
    def outputs(self) -> int:
        return 1

    def workspace(self) -> int:
        return dot_int8.words(self.inputs)

    def effort(self) -> float:
        return float(3 * self.inputs)

    def constants(self) -> tuple[Constant, ...]:
        numbers = np.array([self.step, self.bias, self.scale], dtype=np.float32)
        return (Constant("weights", self.weights, fitted=True), Constant("numbers", numbers, fitted=True))

    def reference(self, x: Features) -> Features:
        dot = dot_int8.dots(self.weights[None, :], self.scale, x)
        return np.float32(self.bias) + np.float32(self.step) * dot

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        fitted = f"{names['weights']}, {names['numbers']}[0], {names['numbers']}[1], {names['numbers']}[2]"
        return f"{out}[0] = bl_ridge_int8({self.inputs}, {fitted}, {x}, {names[WORK]});"
