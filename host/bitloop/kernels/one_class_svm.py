"""One-class support vectors, for outliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Features, StaticModel
from bitloop.kernels.expf import expf
from bitloop.kernels.logf import logf
from bitloop.kernels.order import larger
from bitloop.kernels.ratio import SMALLEST_LIMIT, ratio
from bitloop.kernels.record import F32
from bitloop.kernels.squared_distance import squared_distances


@dataclass(frozen=True, slots=True, eq=False)
class OneClassSvm(StaticModel):
    """Ratio: -log(sum of weights[v] * exp(-gamma * |x - vectors[v]|^2)) over `limit`. Above 1 is an outlier.

    The support vectors' decision is whether that sum is below a threshold; its logarithm goes on rising where the sum
    itself would vanish. It is computed from the nearest vector on, so that far away nothing vanishes.
    """

    kernel: ClassVar[str] = "one_class_svm"
    kind: ClassVar[str] = "outlier"

    vectors: F32
    weights: F32
    gamma: float
    limit: float

    def __post_init__(self) -> None:
        checks.floats(self.vectors, 2, "one_class_svm.vectors", -checks.PLACE, checks.PLACE)
        checks.floats(self.weights, 1, "one_class_svm.weights", 1e-9, 1.0)
        checks.alike(self.weights.shape, self.vectors.shape[:1], "one_class_svm.weights")
        checks.whole(len(self.weights), 1, 4096, "the number of vectors of one_class_svm")
        checks.whole(self.inputs, 1, checks.FEATURES, "the number of features of one_class_svm")
        checks.real(self.gamma, 1e-20, 1e4, "one_class_svm.gamma")
        checks.real(self.limit, 1e-12, checks.WEIGHT, "one_class_svm.limit")

    @property
    def inputs(self) -> int:
        return int(self.vectors.shape[1])

    @property
    def outputs(self) -> int:
        return 1

    def workspace(self) -> int:
        return len(self.vectors)

    def effort(self) -> float:
        """Differences squared, and twenty times the exponentials."""
        return float(len(self.vectors) * (self.inputs + 20))

    def params(self) -> tuple[int, ...]:
        return (len(self.vectors),)

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("vectors", self.vectors, fitted=True),
            Constant("weights", self.weights, fitted=True),
            Constant("gamma", np.array([self.gamma], dtype=np.float32), fitted=True),
            Constant("limit", np.array([self.limit], dtype=np.float32), fitted=True),
        )

    def with_limit(self, limit: float) -> Self:
        """The same with the decision elsewhere."""
        return replace(self, limit=float(np.float32(max(limit, SMALLEST_LIMIT))))

    def reference(self, x: Features) -> Features:
        distances, gamma = squared_distances(x, self.vectors), np.float32(self.gamma)
        least = distances.min(axis=1)
        total = np.zeros(len(x), dtype=np.float32)
        for v in range(len(self.vectors)):
            total += self.weights[v] * expf((least - distances[:, v]) * gamma)
        thin = larger(np.float32(0.0), least * gamma - logf(total))
        return ratio(thin, np.float32(self.limit))[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        fitted = f"{names['vectors']}, {names['weights']}, {names['gamma']}[0], {names['limit']}[0]"
        sizes = f"{len(self.vectors)}, {self.inputs}"
        return f"{out}[0] = bl_one_class_svm({sizes}, {fitted}, {x}, {names[WORK]});"
