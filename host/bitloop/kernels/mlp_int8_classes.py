"""Multilayer perceptron in int8 for classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Features
from bitloop.kernels.mlp_int8 import MlpInt8
from bitloop.kernels.softmax import last_scaled, softmax


@dataclass(frozen=True, slots=True, eq=False)
class MlpInt8Classes(MlpInt8):
    """Softmax of the last layer's scores."""

    kernel: ClassVar[str] = "mlp_int8_classes"
    kind: ClassVar[str] = "classes"

    def __post_init__(self) -> None:
        MlpInt8.__post_init__(self)
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of mlp_int8_classes")

    def sharpened(self, factor: float) -> Self:
        return replace(self, scale=last_scaled(self.scale, self.outputs, factor))

    def reference(self, x: Features) -> Features:
        return softmax(self.scores(x))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{self._sizes()}, {self.outputs}"
        return f"bl_mlp_int8_classes({sizes}, {self._arguments(names)}, {x}, {names[WORK]}, {out});"
