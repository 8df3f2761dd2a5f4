"""Small convolutional network in int8 for classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Features
from bitloop.kernels.cnn import Cnn, windows
from bitloop.kernels.dense_int8 import TABLES, check_tables, dense_int8, inputs, scores_int8, tables, words
from bitloop.kernels.quantise import INT8, quantise
from bitloop.kernels.record import F32, I8, I32
from bitloop.kernels.softmax import last_scaled, softmax


@dataclass(frozen=True, slots=True, eq=False)
class CnnInt8Classes(Cnn):
    """The same as cnn_classes on inputs (x - offset) * step per axis, with int8 values and weights and int32 sums.

    stride times axes of the first convolution is a multiple of 4. A filter of the first convolution has all axes time
    after time. `weights`, `bias` and `scale` hold one layer after the other.
    """

    kernel: ClassVar[str] = "cnn_int8_classes"

    axes: int
    length: int
    first: tuple[int, ...]
    second: tuple[int, ...]
    mean: bool
    offset: F32
    step: F32
    weights: I8
    bias: I32
    scale: F32

    def __post_init__(self) -> None:
        name = self.kernel
        check_tables(self)
        self.checked()
        checks.whole(self.first[2] * self.axes % 4, 0, 0, f"the rest of stride times axes of {name} over 4")
        checks.whole(self.axes * self.first[1], 1, checks.FEATURES, f"the weights of a filter of {name}")
        checks.alike(self.offset.shape, (self.axes,), f"{name}.offset")

    def workspace(self) -> int:
        return 2 * words(self.inputs) + self.plan.places[0] * self.first[0] // 2 + self.second[0]

    def effort(self) -> float:
        """Words of four weights, and eight times the numbers that are rounded."""
        plan = self.plan
        (a, b), (c, d), (e, f) = plan.rows
        rows = a * words(b) * plan.places[0] + c * words(d) * plan.places[1] + e * words(f)
        return float(rows + 8 * (self.inputs + a * plan.places[0] + c * plan.places[1]))

    def constants(self) -> tuple[Constant, ...]:
        return tables(self, self.plan.cut(self.weights))

    def sharpened(self, factor: float) -> Self:
        return replace(self, scale=last_scaled(self.scale, self.outputs, factor))

    def reference(self, x: Features) -> Features:
        plan = self.plan
        weights, bias, scale = plan.cut(self.weights), plan.split(self.bias), plan.split(self.scale)
        planar = x.reshape(len(x), self.axes, self.length).swapaxes(1, 2)
        q = windows(inputs(self.offset, self.step, planar), self.first[1], self.first[2])
        q = windows(dense_int8(weights[0], bias[0], scale[0], q), self.second[1], self.second[2])
        found = dense_int8(weights[1], bias[1], scale[1], q)
        # sums of whole numbers below 2^24: exact in any order
        pooled = (found.sum(axis=1) if self.mean else found.max(axis=1)).astype(np.float32)
        share = np.float32(1.0) / np.float32(plan.places[1]) if self.mean else np.float32(1.0)
        return softmax(scores_int8(weights[2], bias[2], scale[2], quantise(pooled, share, 0, INT8)))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        fitted = ", ".join(names[name] for name in TABLES)
        return f"bl_cnn_int8_classes({self.plan.emitted()}, {fitted}, {x}, {names[WORK]}, {out});"
