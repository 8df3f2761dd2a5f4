"""Linear classifier with int8 weights: a quarter of the flash, and integer products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.kernels import checks, dot_int8
from bitloop.kernels.base import WORK, Constant, Features, StaticModel
from bitloop.kernels.record import F32, I8
from bitloop.kernels.softmax import EXPONENTIAL, softmax


@dataclass(frozen=True, slots=True, eq=False)
class LinearInt8(StaticModel):
    """Softmax of bias[c] + steps[c] * (weights[c] . q), where q are the features times `scale`, as integers."""

    kernel: ClassVar[str] = "linear_int8"
    kind: ClassVar[str] = "classes"

    weights: I8
    steps: F32
    bias: F32
    scale: float

    def __post_init__(self) -> None:
        dot_int8.check(self.weights, 2, self.scale, "linear_int8")
        checks.floats(self.steps, 1, "linear_int8.steps", 0.0, checks.WEIGHT)
        checks.floats(self.bias, 1, "linear_int8.bias", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.steps.shape, self.weights.shape[:1], "linear_int8.steps")
        checks.alike(self.bias.shape, self.weights.shape[:1], "linear_int8.bias")
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of linear_int8")

    @property
    def inputs(self) -> int:
        return int(self.weights.shape[1])

    @property
    def outputs(self) -> int:
        return int(self.weights.shape[0])

    def workspace(self) -> int:
        return dot_int8.words(self.inputs)

    def effort(self) -> float:
        return self.inputs * (self.outputs + 2) + self.outputs * EXPONENTIAL

    def params(self) -> tuple[int, ...]:
        return (self.outputs,)

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("weights", self.weights, fitted=True),
            Constant("steps", self.steps, fitted=True),
            Constant("bias", self.bias, fitted=True),
            Constant("scale", np.array([self.scale], dtype=np.float32), fitted=True),
        )

    def sharpened(self, factor: float) -> Self:
        return replace(self, steps=self.steps * np.float32(factor), bias=self.bias * np.float32(factor))

    def reference(self, x: Features) -> Features:
        return softmax(self.bias + self.steps * dot_int8.dots(self.weights, self.scale, x))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        fitted = f"{names['weights']}, {names['steps']}, {names['bias']}, {names['scale']}[0]"
        return f"bl_linear_int8({self.outputs}, {self.inputs}, {fitted}, {x}, {out}, {names[WORK]});"
