"""Small convolutional network for classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Features
from bitloop.kernels.cnn import Cnn, windows
from bitloop.kernels.dense import dense, growth, relu
from bitloop.kernels.mlp import LARGEST
from bitloop.kernels.order import larger, upwards
from bitloop.kernels.record import F32
from bitloop.kernels.softmax import last_scaled, softmax


@dataclass(frozen=True, slots=True, eq=False)
class CnnClasses(Cnn):
    """Two convolutions over time with rectifiers, each filter's largest value or mean, a dense layer, softmax.

    Features are axis after axis. `first` and `second` are filters (multiples of 4), taps and stride. A filter of the
    first convolution has its taps axis after axis, one of the second has the first's filters time after time.
    """

    kernel: ClassVar[str] = "cnn_classes"

    axes: int
    length: int
    first: tuple[int, ...]
    second: tuple[int, ...]
    mean: bool
    weights: F32
    bias: F32

    def __post_init__(self) -> None:
        checks.floats(self.weights, 1, "cnn_classes.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.bias, 1, "cnn_classes.bias", -checks.WEIGHT, checks.WEIGHT)
        plan = self.checked()
        largest = checks.PLACE
        for weights, bias in zip(plan.cut(self.weights), plan.split(self.bias), strict=True):
            largest = growth(weights, bias, largest)
        if largest * plan.places[1] > LARGEST:
            raise LibraryError("cnn_classes has weights so large that its scores may overflow")

    def workspace(self) -> int:
        return self.plan.places[0] * self.first[0] + 2 * self.second[0]

    def effort(self) -> float:
        """Multiplications."""
        return self.plan.products

    def constants(self) -> tuple[Constant, ...]:
        return (Constant("weights", self.weights, fitted=True), Constant("bias", self.bias, fitted=True))

    def sharpened(self, factor: float) -> Self:
        weights = last_scaled(self.weights, self.plan.cut(self.weights)[-1].size, factor)
        return replace(self, weights=weights, bias=last_scaled(self.bias, self.outputs, factor))

    def reference(self, x: Features) -> Features:
        plan = self.plan
        (one, two, last), (shift1, shift2, shift) = plan.cut(self.weights), plan.split(self.bias)
        planar = x.reshape(len(x), self.axes, self.length)
        hidden = []
        for t in range(plan.places[0]):
            at = t * self.first[2]
            seen = planar[:, :, at : at + self.first[1]].reshape(len(x), -1)
            hidden.append(relu(dense(one, shift1, seen)))
        looks = windows(np.stack(hidden, axis=1), self.second[1], self.second[2])
        found = np.stack([relu(dense(two, shift2, looks[:, t])) for t in range(plan.places[1])], axis=-1)
        if self.mean:
            pooled = upwards(found) / np.float32(plan.places[1])
        else:
            pooled = np.zeros(found.shape[:2], dtype=np.float32)
            for t in range(plan.places[1]):
                pooled = larger(pooled, found[..., t])
        return softmax(dense(last, shift, pooled))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        fitted = f"{names['weights']}, {names['bias']}"
        return f"bl_cnn_classes({self.plan.emitted()}, {fitted}, {x}, {names[WORK]}, {out});"
