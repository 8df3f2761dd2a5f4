"""Linear scores and radial basis functions for classes: curved borders where straight ones do not serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.kernels import checks, rbf
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.linear import scores
from bitloop.kernels.record import F32
from bitloop.kernels.softmax import EXPONENTIAL, softmax


@dataclass(frozen=True, slots=True, eq=False)
class RbfClasses(StaticModel):
    """Softmax of bias[c] + slopes[c] . x + sum of weights[p, c] * exp(-gamma * |x - centres[p]|^2)."""

    kernel: ClassVar[str] = "rbf_classes"
    kind: ClassVar[str] = "classes"

    centres: F32
    weights: F32
    slopes: F32
    bias: F32
    gamma: float

    def __post_init__(self) -> None:
        rbf.check(self.centres, self.gamma, "rbf_classes")
        checks.floats(self.weights, 2, "rbf_classes.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.slopes, 2, "rbf_classes.slopes", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.bias, 1, "rbf_classes.bias", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.weights.shape, (len(self.centres), len(self.bias)), "rbf_classes.weights")
        checks.alike(self.slopes.shape, (len(self.bias), self.inputs), "rbf_classes.slopes")
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of rbf_classes")

    @property
    def inputs(self) -> int:
        return int(self.centres.shape[1])

    @property
    def outputs(self) -> int:
        return len(self.bias)

    def effort(self) -> float:
        of_one = self.inputs + self.outputs + EXPONENTIAL
        return len(self.centres) * of_one + self.outputs * (self.inputs + EXPONENTIAL)

    def params(self) -> tuple[int, ...]:
        return (self.outputs, len(self.centres))

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("centres", self.centres, fitted=True),
            Constant("weights", self.weights, fitted=True),
            Constant("slopes", self.slopes, fitted=True),
            Constant("bias", self.bias, fitted=True),
            Constant("gamma", np.array([self.gamma], dtype=np.float32), fitted=True),
        )

    def sharpened(self, factor: float) -> Self:
        by = np.float32(factor)
        return replace(self, weights=self.weights * by, slopes=self.slopes * by, bias=self.bias * by)

    def reference(self, x: Features) -> Features:
        near = rbf.nearness(x, self.centres, self.gamma)
        total = scores(self.slopes, self.bias, x)
        for p in range(len(self.centres)):
            total += self.weights[p] * near[:, p, None]
        return softmax(total)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{self.outputs}, {len(self.centres)}, {self.inputs}"
        fitted = f"{names['centres']}, {names['weights']}, {names['slopes']}, {names['bias']}"
        return f"bl_rbf_classes({sizes}, {fitted}, {names['gamma']}[0], {x}, {out});"
