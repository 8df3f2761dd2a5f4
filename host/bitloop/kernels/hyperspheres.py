"""Spheres around what is regular, for outliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.ratio import SMALLEST_LIMIT, ratio
from bitloop.kernels.record import F32
from bitloop.kernels.squared_distance import squared_distances


@dataclass(frozen=True, slots=True, eq=False)
class Hyperspheres(StaticModel):
    """Ratio: the least distance from a centre over its radius. Above 1 is outside all spheres, an outlier."""

    kernel: ClassVar[str] = "hyperspheres"
    kind: ClassVar[str] = "outlier"

    centres: F32
    radii: F32

    def __post_init__(self) -> None:
        checks.floats(self.centres, 2, "hyperspheres.centres", -checks.PLACE, checks.PLACE)
        checks.floats(self.radii, 1, "hyperspheres.radii", 1e-12, checks.WEIGHT)
        checks.alike(self.radii.shape, self.centres.shape[:1], "hyperspheres.radii")
        checks.whole(len(self.radii), 1, 65535, "the number of spheres of hyperspheres")
        checks.whole(self.inputs, 1, checks.FEATURES, "the number of features of hyperspheres")

    @property
    def inputs(self) -> int:
        return int(self.centres.shape[1])

    @property
    def outputs(self) -> int:
        return 1

    def params(self) -> tuple[int, ...]:
        return (len(self.radii),)

    def effort(self) -> float:
        return float(len(self.radii) * (self.inputs + 1))

    def constants(self) -> tuple[Constant, ...]:
        return (Constant("centres", self.centres, fitted=True), Constant("radii", self.radii, fitted=True))

    def with_limit(self, limit: float) -> Self:
        return replace(self, radii=(self.radii * np.float64(max(limit, SMALLEST_LIMIT))).astype(np.float32))

    def reference(self, x: Features) -> Features:
        distances = np.sqrt(squared_distances(x, self.centres))
        least: Features = ratio(distances, self.radii).min(axis=1, keepdims=True)
        return least

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{len(self.radii)}, {self.inputs}"
        return f"{out}[0] = bl_hyperspheres({sizes}, {names['centres']}, {names['radii']}, {x});"
