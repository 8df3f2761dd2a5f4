"""Multilayer perceptron in int8 for a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Features
from bitloop.kernels.mlp_int8 import MlpInt8


@dataclass(frozen=True, slots=True, eq=False)
class MlpInt8Values(MlpInt8):
    """The last layer's one score, plus `level`: so that a number far from 0 keeps its digits."""

    kernel: ClassVar[str] = "mlp_int8_values"
    kind: ClassVar[str] = "extrapolation"

    level: float

    def __post_init__(self) -> None:
        MlpInt8.__post_init__(self)
        checks.whole(self.outputs, 1, 1, "the number of outputs of mlp_int8_values")
        checks.real(self.level, -checks.WEIGHT, checks.WEIGHT, "mlp_int8_values.level")

    def constants(self) -> tuple[Constant, ...]:
        level = Constant("level", np.array([self.level], dtype=np.float32), fitted=True)
        return (*MlpInt8.constants(self), level)

    def reference(self, x: Features) -> Features:
        return self.scores(x) + np.float32(self.level)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        fitted = f"{self._arguments(names)}, {names['level']}[0]"
        return f"{out}[0] = bl_mlp_int8_values({self._sizes()}, {fitted}, {x}, {names[WORK]});"
