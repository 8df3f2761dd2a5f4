"""Linear regression and radial basis functions: what bends, without letting go of the straight line beyond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels import checks, rbf
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.record import F32
from bitloop.kernels.softmax import EXPONENTIAL


@dataclass(frozen=True, slots=True, eq=False)
class RbfValues(StaticModel):
    """bias + slopes . x + sum over the centres of weights[p] * exp(-gamma * |x - centres[p]|^2)."""

    kernel: ClassVar[str] = "rbf_values"
    kind: ClassVar[str] = "extrapolation"

    centres: F32
    weights: F32
    slopes: F32
    bias: float
    gamma: float

    def __post_init__(self) -> None:
        rbf.check(self.centres, self.gamma, "rbf_values")
        checks.floats(self.weights, 1, "rbf_values.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.weights.shape, self.centres.shape[:1], "rbf_values.weights")
        checks.floats(self.slopes, 1, "rbf_values.slopes", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.slopes.shape, (self.inputs,), "rbf_values.slopes")
        checks.real(self.bias, -checks.WEIGHT, checks.WEIGHT, "rbf_values.bias")

    @property
    def inputs(self) -> int:
        return int(self.centres.shape[1])

    @property
    def outputs(self) -> int:
        return 1

    def effort(self) -> float:
        return len(self.centres) * (self.inputs + 1 + EXPONENTIAL) + self.inputs

    def params(self) -> tuple[int, ...]:
        return (len(self.centres),)

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("centres", self.centres, fitted=True),
            Constant("weights", self.weights, fitted=True),
            Constant("slopes", self.slopes, fitted=True),
            Constant("numbers", np.array([self.bias, self.gamma], dtype=np.float32), fitted=True),
        )

    def reference(self, x: Features) -> Features:
        near = rbf.nearness(x, self.centres, self.gamma)
        total = np.full(len(x), self.bias, dtype=np.float32)
        for i in range(self.inputs):
            total += self.slopes[i] * x[:, i]
        for p in range(len(self.centres)):
            total += self.weights[p] * near[:, p]
        return total[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{len(self.centres)}, {self.inputs}"
        fitted = f"{names['centres']}, {names['weights']}, {names['slopes']}"
        numbers = f"{names['numbers']}[0], {names['numbers']}[1]"
        return f"{out}[0] = bl_rbf_values({sizes}, {fitted}, {numbers}, {x});"
