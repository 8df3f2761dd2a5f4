"""Linear classifier: logistic regression, linear discriminant or support vectors, however its weights were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.record import F32
from bitloop.kernels.softmax import softmax


def scores(weights: F32, bias: F32, x: Features) -> Features:
    """(signals, classes): bias first, then weights times features upwards."""
    total = np.repeat(bias[None, :], len(x), axis=0)
    for i in range(weights.shape[1]):
        total += weights[:, i] * x[:, i, None]
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Linear(StaticModel):
    """Softmax of bias[c] + weights[c] . x; one row of weights per class."""

    kernel: ClassVar[str] = "linear"
    kind: ClassVar[str] = "classes"

    weights: F32
    bias: F32

    def __post_init__(self) -> None:
        checks.floats(self.weights, 2, "linear.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.bias, 1, "linear.bias", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.bias.shape, self.weights.shape[:1], "linear.bias")
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of linear")
        checks.whole(self.inputs, 1, checks.FEATURES, "the number of features of linear")

    @property
    def inputs(self) -> int:
        return int(self.weights.shape[1])

    @property
    def outputs(self) -> int:
        return int(self.weights.shape[0])

    def params(self) -> tuple[int, ...]:
        return (self.outputs,)

    def constants(self) -> tuple[Constant, ...]:
        return (Constant("weights", self.weights, fitted=True), Constant("bias", self.bias, fitted=True))

    def reference(self, x: Features) -> Features:
        return softmax(scores(self.weights, self.bias, x))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        return f"bl_linear({self.outputs}, {self.inputs}, {names['weights']}, {names['bias']}, {x}, {out});"
