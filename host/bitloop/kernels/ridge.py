"""Linear regression, however its weights were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.record import F32


@dataclass(frozen=True, slots=True, eq=False)
class Ridge(StaticModel):
    """bias + weights . x, summed in this order."""

    kernel: ClassVar[str] = "ridge"
    kind: ClassVar[str] = "extrapolation"

    weights: F32
    bias: float

    def __post_init__(self) -> None:
        checks.floats(self.weights, 1, "ridge.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.whole(self.inputs, 1, checks.FEATURES, "the number of features of ridge")
        checks.real(self.bias, -checks.WEIGHT, checks.WEIGHT, "ridge.bias")

    @property
    def inputs(self) -> int:
        return len(self.weights)

    @property
    def outputs(self) -> int:
        return 1

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("weights", self.weights, fitted=True),
            Constant("bias", np.array([self.bias], dtype=np.float32), fitted=True),
        )

    def reference(self, x: Features) -> Features:
        total = np.full(len(x), self.bias, dtype=np.float32)
        for i in range(self.inputs):
            total += self.weights[i] * x[:, i]
        return total[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        return f"{out}[0] = bl_ridge({self.inputs}, {names['weights']}, {names['bias']}[0], {x});"
