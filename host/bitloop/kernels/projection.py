"""Linear projection of the features, however its directions were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Shape, Signals, Stage
from bitloop.kernels.record import F32


@dataclass(frozen=True, slots=True, eq=False)
class Projection(Stage):
    """weights[o] . (x - mean), summed upwards: (features, 1) to (outputs, 1). For the head."""

    kernel: ClassVar[str] = "projection"

    mean: F32
    weights: F32

    def __post_init__(self) -> None:
        checks.floats(self.mean, 1, "projection.mean", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.weights, 2, "projection.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.weights.shape[1:], self.mean.shape, "a row of projection.weights")
        checks.whole(len(self.mean), 1, checks.FEATURES, "the number of features of projection")
        checks.whole(len(self.weights), 1, len(self.mean), "the number of outputs of projection")

    def shape(self, given: Shape) -> Shape:
        if given.length != 1 or given.axes != len(self.mean):
            raise LibraryError(f"the projection was fitted on {len(self.mean)} features, each an axis of one sample")
        return Shape(len(self.weights), 1)

    def workspace(self, given: Shape) -> int:
        return len(self.weights)

    def effort(self, given: Shape) -> float:
        return float(self.weights.size)

    def params(self, given: Shape) -> tuple[int, ...]:
        return (len(self.weights),)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("mean", self.mean, fitted=True), Constant("weights", self.weights, fitted=True))

    def reference(self, x: Signals) -> Signals:
        d = x[:, :, 0] - self.mean
        total = self.weights[:, 0] * d[:, :1]
        for i in range(1, len(self.mean)):
            total += self.weights[:, i] * d[:, i, None]
        return total[:, :, None]

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        sizes = f"{given.axes}, {len(self.weights)}"
        return f"bl_projection({sizes}, {names['mean']}, {names['weights']}, x, {names[WORK]});"
