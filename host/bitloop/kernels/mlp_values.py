"""Multilayer perceptron for a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bitloop.kernels import checks
from bitloop.kernels.base import Features
from bitloop.kernels.mlp import Mlp


@dataclass(frozen=True, slots=True, eq=False)
class MlpValues(Mlp):
    """The last layer's one score."""

    kernel: ClassVar[str] = "mlp_values"
    kind: ClassVar[str] = "extrapolation"

    def __post_init__(self) -> None:
        Mlp.__post_init__(self)
        checks.whole(self.outputs, 1, 1, "the number of outputs of mlp_values")

    def reference(self, x: Features) -> Features:
        return self.scores(x)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{self.inputs}, {self.widths[1]}, {self.second}"
        return f"{out}[0] = bl_mlp_values({sizes}, {self._arguments(names, x)});"
