"""Linear scores and radial basis functions over int8: a quarter of the flash, and distances in integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.kernels import checks, distance_int8
from bitloop.kernels.base import WORK, Constant, Features, StaticModel
from bitloop.kernels.record import F32, I8
from bitloop.kernels.softmax import EXPONENTIAL, softmax


@dataclass(frozen=True, slots=True, eq=False)
class RbfClassesInt8(StaticModel):
    """Softmax of bias[c] + steps[c] * (slopes[c] . q) + sum of weights[p, c] * exp(-gamma * |q - centres[p]|^2).

    q are the features times `scale`, as integers within 127.
    """

    kernel: ClassVar[str] = "rbf_classes_int8"
    kind: ClassVar[str] = "classes"

    centres: I8
    weights: F32
    slopes: I8
    steps: F32
    bias: F32
    scale: float
    gamma: float

    def __post_init__(self) -> None:
        name = "rbf_classes_int8"
        distance_int8.check(self.centres, self.slopes, 2, self.scale, self.gamma, name)
        checks.floats(self.weights, 2, f"{name}.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.steps, 1, f"{name}.steps", 0.0, checks.WEIGHT)
        checks.floats(self.bias, 1, f"{name}.bias", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.weights.shape, (len(self.centres), len(self.bias)), f"{name}.weights")
        checks.alike(self.slopes.shape, (len(self.bias), self.inputs), f"{name}.slopes")
        checks.alike(self.steps.shape, self.bias.shape, f"{name}.steps")
        checks.whole(self.outputs, 2, checks.CLASSES, f"the number of classes of {name}")

    @property
    def inputs(self) -> int:
        return int(self.centres.shape[1])

    @property
    def outputs(self) -> int:
        return len(self.bias)

    def workspace(self) -> int:
        return distance_int8.words(self.inputs)

    def effort(self) -> float:
        of_one = self.inputs + self.outputs + EXPONENTIAL
        return len(self.centres) * of_one + 2 * self.inputs + self.outputs * (self.inputs + EXPONENTIAL)

    def params(self) -> tuple[int, ...]:
        return (self.outputs, len(self.centres))

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("centres", self.centres, fitted=True),
            Constant("weights", self.weights, fitted=True),
            Constant("slopes", self.slopes, fitted=True),
            Constant("steps", self.steps, fitted=True),
            Constant("bias", self.bias, fitted=True),
            Constant("numbers", np.array([self.scale, self.gamma], dtype=np.float32), fitted=True),
        )

    def sharpened(self, factor: float) -> Self:
        by = np.float32(factor)
        return replace(self, weights=self.weights * by, steps=self.steps * by, bias=self.bias * by)

    def reference(self, x: Features) -> Features:
        q = distance_int8.whole_features(x, self.scale)
        near = distance_int8.nearness(q, self.centres, self.gamma)
        total = self.bias + self.steps * distance_int8.products(q, self.slopes)
        for p in range(len(self.centres)):
            total += self.weights[p] * near[:, p, None]
        return softmax(total)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{self.outputs}, {len(self.centres)}, {self.inputs}"
        fitted = f"{names['centres']}, {names['weights']}, {names['slopes']}, {names['steps']}, {names['bias']}"
        numbers = f"{names['numbers']}[0], {names['numbers']}[1]"
        return f"bl_rbf_classes_int8({sizes}, {fitted}, {numbers}, {x}, {out}, {names[WORK]});"
