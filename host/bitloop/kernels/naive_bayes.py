"""Gaussian naive Bayes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.order import smaller
from bitloop.kernels.record import F32
from bitloop.kernels.softmax import EXPONENTIAL, softmax

_FAR = np.array(1e30, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class NaiveBayes(StaticModel):
    """Softmax of constant[c] - 0.5 * sum of (x - mean[c])^2 * inverse_variance[c], the sum ending at 1e30."""

    kernel: ClassVar[str] = "naive_bayes"
    kind: ClassVar[str] = "classes"

    mean: F32
    inverse_variance: F32
    constant: F32

    def __post_init__(self) -> None:
        checks.floats(self.mean, 2, "naive_bayes.mean", -checks.PLACE, checks.PLACE)
        checks.floats(self.inverse_variance, 2, "naive_bayes.inverse_variance", 0.0, checks.WEIGHT)
        checks.floats(self.constant, 1, "naive_bayes.constant", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.inverse_variance.shape, self.mean.shape, "naive_bayes.inverse_variance")
        checks.alike(self.constant.shape, self.mean.shape[:1], "naive_bayes.constant")
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of naive_bayes")
        checks.whole(self.inputs, 1, checks.FEATURES, "the number of features of naive_bayes")

    @classmethod
    def from_moments(cls, mean: NDArray[Any], variance: NDArray[Any], prior: NDArray[Any]) -> NaiveBayes:
        """From (classes, features) means and variances above 0, and (classes,) prior probabilities."""
        wide = variance.astype(np.float64)
        constant = np.log(prior.astype(np.float64)) - 0.5 * np.log(wide).sum(axis=1)
        constant -= constant.max()
        return cls(mean.astype(np.float32), (1.0 / wide).astype(np.float32), constant.astype(np.float32))

    @property
    def inputs(self) -> int:
        return int(self.mean.shape[1])

    @property
    def outputs(self) -> int:
        return int(self.mean.shape[0])

    def params(self) -> tuple[int, ...]:
        return (self.outputs,)

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("mean", self.mean, fitted=True),
            Constant("inverse_variance", self.inverse_variance, fitted=True),
            Constant("constant", self.constant, fitted=True),
        )

    def effort(self) -> float:
        return self.outputs * (2 * self.inputs + EXPONENTIAL)

    def sharpened(self, factor: float) -> Self:
        wide = np.float32(factor)
        return replace(self, inverse_variance=self.inverse_variance * wide, constant=self.constant * wide)

    def reference(self, x: Features) -> Features:
        total = np.zeros((len(x), self.outputs), dtype=np.float32)
        with np.errstate(over="ignore"):
            for i in range(self.inputs):
                off = x[:, i, None] - self.mean[:, i]
                total += off * off * self.inverse_variance[:, i]
        scores: Features = self.constant - np.float32(0.5) * smaller(total, _FAR)
        return softmax(scores)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        fitted = f"{names['mean']}, {names['inverse_variance']}, {names['constant']}"
        return f"bl_naive_bayes({self.outputs}, {self.inputs}, {fitted}, {x}, {out});"
