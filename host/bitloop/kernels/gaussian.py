"""Fitted Gaussian with one variance per feature, for outliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.order import upwards
from bitloop.kernels.ratio import SMALLEST_LIMIT, ratio
from bitloop.kernels.record import F32


@dataclass(frozen=True, slots=True, eq=False)
class Gaussian(StaticModel):
    """Ratio: mean over features of (x - mean)^2 * inverse_variance, over `limit`. Above 1 is an outlier."""

    kernel: ClassVar[str] = "gaussian"
    kind: ClassVar[str] = "outlier"

    mean: F32
    inverse_variance: F32
    limit: float

    def __post_init__(self) -> None:
        checks.floats(self.mean, 1, "gaussian.mean", -checks.PLACE, checks.PLACE)
        checks.floats(self.inverse_variance, 1, "gaussian.inverse_variance", 0.0, checks.WEIGHT)
        checks.alike(self.inverse_variance.shape, self.mean.shape, "gaussian.inverse_variance")
        checks.whole(self.inputs, 1, checks.FEATURES, "the number of features of gaussian")
        checks.real(self.limit, 1e-12, checks.WEIGHT, "gaussian.limit")

    @property
    def inputs(self) -> int:
        return len(self.mean)

    @property
    def outputs(self) -> int:
        return 1

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("mean", self.mean, fitted=True),
            Constant("inverse_variance", self.inverse_variance, fitted=True),
            Constant("limit", np.array([self.limit], dtype=np.float32), fitted=True),
        )

    def with_limit(self, limit: float) -> Self:
        return replace(self, limit=float(np.float32(max(limit, SMALLEST_LIMIT))))

    def reference(self, x: Features) -> Features:
        with np.errstate(over="ignore"):
            off = x - self.mean
            terms = off * off * self.inverse_variance
            return ratio(upwards(terms) / np.float32(self.inputs), np.float32(self.limit))[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        fitted = f"{names['mean']}, {names['inverse_variance']}, {names['limit']}[0]"
        return f"{out}[0] = bl_gaussian({self.inputs}, {fitted}, {x});"
