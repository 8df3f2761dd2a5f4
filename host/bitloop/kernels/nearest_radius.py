"""Distance to the k-th nearest prototype, for outliers."""

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

MAX = 8
"""Most neighbours; the C keeps so many distances on the stack."""


@dataclass(frozen=True, slots=True, eq=False)
class NearestRadius(StaticModel):
    """Ratio: distance to the k-th nearest prototype over `limit`. Above 1 is an outlier."""

    kernel: ClassVar[str] = "nearest_radius"
    kind: ClassVar[str] = "outlier"

    prototypes: F32
    k: int
    limit: float

    def __post_init__(self) -> None:
        checks.floats(self.prototypes, 2, "nearest_radius.prototypes", -checks.PLACE, checks.PLACE)
        checks.whole(len(self.prototypes), 1, 65535, "the number of prototypes of nearest_radius")
        checks.whole(self.inputs, 1, checks.FEATURES, "the number of features of nearest_radius")
        checks.whole(self.k, 1, min(MAX, len(self.prototypes)), "nearest_radius.k")
        checks.real(self.limit, 1e-12, checks.WEIGHT, "nearest_radius.limit")

    @property
    def inputs(self) -> int:
        return int(self.prototypes.shape[1])

    @property
    def outputs(self) -> int:
        return 1

    def effort(self) -> float:
        """Differences squared."""
        return float(self.prototypes.size)

    def params(self) -> tuple[int, ...]:
        return (len(self.prototypes), self.k)

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("prototypes", self.prototypes, fitted=True),
            Constant("limit", np.array([self.limit], dtype=np.float32), fitted=True),
        )

    def with_limit(self, limit: float) -> Self:
        """The same with the decision elsewhere."""
        return replace(self, limit=float(np.float32(max(limit, SMALLEST_LIMIT))))

    def reference(self, x: Features) -> Features:
        distances = np.sort(squared_distances(x, self.prototypes), axis=1)[:, self.k - 1]
        return ratio(np.sqrt(distances), np.float32(self.limit))[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{len(self.prototypes)}, {self.inputs}, {self.k}"
        return f"{out}[0] = bl_nearest_radius({sizes}, {names['prototypes']}, {names['limit']}[0], {x});"
