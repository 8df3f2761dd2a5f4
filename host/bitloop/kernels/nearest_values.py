"""Nearest prototypes give a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels import nearest as neighbours
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.order import upwards
from bitloop.kernels.record import F32


@dataclass(frozen=True, slots=True, eq=False)
class NearestValues(StaticModel):
    """Mean of the values of the k nearest prototypes, summed from the nearest on."""

    kernel: ClassVar[str] = "nearest_values"
    kind: ClassVar[str] = "extrapolation"

    prototypes: F32
    values: F32
    k: int

    def __post_init__(self) -> None:
        neighbours.check(self.prototypes, self.k, "nearest_values")
        checks.floats(self.values, 1, "nearest_values.values", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.values.shape, self.prototypes.shape[:1], "nearest_values.values")

    @property
    def inputs(self) -> int:
        return int(self.prototypes.shape[1])

    @property
    def outputs(self) -> int:
        return 1

    def params(self) -> tuple[int, ...]:
        return (len(self.prototypes), self.k)

    def effort(self) -> float:
        return float(len(self.prototypes) * (self.inputs + 1))

    def constants(self) -> tuple[Constant, ...]:
        return (Constant("prototypes", self.prototypes, fitted=True), Constant("values", self.values, fitted=True))

    def reference(self, x: Features) -> Features:
        values = self.values[neighbours.nearest(x, self.prototypes, self.k)]
        total: Features = upwards(values) + np.float32(0.0)  # the C starts from 0, which turns -0 into 0
        return (total / np.float32(self.k))[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{len(self.prototypes)}, {self.inputs}, {self.k}"
        return f"{out}[0] = bl_nearest_values({sizes}, {names['prototypes']}, {names['values']}, {x});"
