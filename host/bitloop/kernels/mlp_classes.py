"""Multilayer perceptron for classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from bitloop.kernels import checks
from bitloop.kernels.base import Features
from bitloop.kernels.mlp import Mlp
from bitloop.kernels.softmax import last_scaled, softmax


@dataclass(frozen=True, slots=True, eq=False)
class MlpClasses(Mlp):
    """Softmax of the last layer's scores."""

    kernel: ClassVar[str] = "mlp_classes"
    kind: ClassVar[str] = "classes"

    def __post_init__(self) -> None:
        Mlp.__post_init__(self)
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of mlp_classes")

    def sharpened(self, factor: float) -> Self:
        weights = last_scaled(self.weights, self.outputs * self.widths[-2], factor)
        return replace(self, weights=weights, bias=last_scaled(self.bias, self.outputs, factor))

    def reference(self, x: Features) -> Features:
        return softmax(self.scores(x))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{self.inputs}, {self.widths[1]}, {self.second}, {self.outputs}"
        return f"bl_mlp_classes({sizes}, {self._arguments(names, x)}, {out});"
