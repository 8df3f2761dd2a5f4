"""Linear regression and radial basis functions over int8: a quarter of the flash, and distances in integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels import checks, distance_int8
from bitloop.kernels.base import WORK, Constant, Features, StaticModel
from bitloop.kernels.record import F32, I8
from bitloop.kernels.softmax import EXPONENTIAL


@dataclass(frozen=True, slots=True, eq=False)
class RbfValuesInt8(StaticModel):
    """bias + step * (slopes . q) + sum over the centres of weights[p] * exp(-gamma * |q - centres[p]|^2).

    q are the features times `scale`, as integers within 127.
    """

    kernel: ClassVar[str] = "rbf_values_int8"
    kind: ClassVar[str] = "extrapolation"

    centres: I8
    weights: F32
    slopes: I8
    step: float
    bias: float
    scale: float
    gamma: float

    def __post_init__(self) -> None:
        distance_int8.check(self.centres, self.slopes, 1, self.scale, self.gamma, "rbf_values_int8")
        checks.floats(self.weights, 1, "rbf_values_int8.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.weights.shape, self.centres.shape[:1], "rbf_values_int8.weights")
        checks.real(self.step, 0.0, checks.WEIGHT, "rbf_values_int8.step")
        checks.real(self.bias, -checks.WEIGHT, checks.WEIGHT, "rbf_values_int8.bias")

    @property
    def inputs(self) -> int:
        return int(self.centres.shape[1])

    @property
    def outputs(self) -> int:
        return 1

    def workspace(self) -> int:
        return distance_int8.words(self.inputs)

    def effort(self) -> float:
        return len(self.centres) * (self.inputs + 1 + EXPONENTIAL) + 3 * self.inputs

    def params(self) -> tuple[int, ...]:
        return (len(self.centres),)

    def constants(self) -> tuple[Constant, ...]:
        numbers = np.array([self.step, self.bias, self.scale, self.gamma], dtype=np.float32)
        return (
            Constant("centres", self.centres, fitted=True),
            Constant("weights", self.weights, fitted=True),
            Constant("slopes", self.slopes, fitted=True),
            Constant("numbers", numbers, fitted=True),
        )

    def reference(self, x: Features) -> Features:
        q = distance_int8.whole_features(x, self.scale)
        near = distance_int8.nearness(q, self.centres, self.gamma)
        straight = distance_int8.products(q, self.slopes[None, :])[:, 0]
        total: Features = np.float32(self.bias) + np.float32(self.step) * straight
        for p in range(len(self.centres)):
            total += self.weights[p] * near[:, p]
        return total[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{len(self.centres)}, {self.inputs}"
        fitted = f"{names['centres']}, {names['weights']}, {names['slopes']}"
        numbers = ", ".join(f"{names['numbers']}[{i}]" for i in range(4))
        return f"{out}[0] = bl_rbf_values_int8({sizes}, {fitted}, {numbers}, {x}, {names[WORK]});"
