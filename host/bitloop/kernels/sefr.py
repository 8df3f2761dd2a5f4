"""SEFR: a linear classifier fitted in one pass, without an optimiser, and applied without an exponential.

Keshavarz, Abadeh, Rawassizadeh: SEFR, a fast linear-time classifier for ultra-low power devices, 2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.order import upwards
from bitloop.kernels.record import F32


@dataclass(frozen=True, slots=True, eq=False)
class Sefr(StaticModel):
    """A linear score per class over the most it could have been with these features: a margin from -1 to 1.

    The score is bias[c] + weights[c] . x; the most it could have been is the sum of the sizes of its terms.
    Probabilities are the margins above -1 over their sum; where all are -1, every class is as likely.
    """

    kernel: ClassVar[str] = "sefr"
    kind: ClassVar[str] = "classes"

    weights: F32
    bias: F32

    def __post_init__(self) -> None:
        checks.floats(self.weights, 2, "sefr.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.bias, 1, "sefr.bias", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.bias.shape, self.weights.shape[:1], "sefr.bias")
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of sefr")
        checks.whole(self.inputs, 1, checks.FEATURES, "the number of features of sefr")

    @classmethod
    def fit(cls, x: Features, labels: NDArray[np.integer], classes: int) -> Sefr:
        """One against the rest, from class means. Features should not be negative (scaled to 0 to 1, say)."""
        weights = np.zeros((classes, x.shape[1]))
        bias = np.zeros(classes)
        for c in range(classes):
            mine, rest = x[labels == c].astype(np.float64), x[labels != c].astype(np.float64)
            here, there = np.abs(mine.mean(axis=0)), np.abs(rest.mean(axis=0))
            weights[c] = (here - there) / (here + there + 1e-7)
            high, low = (mine @ weights[c]).mean(), (rest @ weights[c]).mean()
            bias[c] = -(len(rest) * high + len(mine) * low) / len(x)
        return cls(weights.astype(np.float32), bias.astype(np.float32))

    @property
    def inputs(self) -> int:
        return int(self.weights.shape[1])

    @property
    def outputs(self) -> int:
        return int(self.weights.shape[0])

    def params(self) -> tuple[int, ...]:
        return (self.outputs,)

    def constants(self) -> tuple[Constant, ...]:
        return (Constant("weights", self.weights, fitted=True), Constant("bias", self.bias, fitted=True))

    def reference(self, x: Features) -> Features:
        score = np.repeat(self.bias[None, :], len(x), axis=0)
        most = np.abs(score)
        for i in range(self.inputs):
            term = self.weights[:, i] * x[:, i, None]
            score += term
            most += np.abs(term)
        one, any_term = np.float32(1.0), most > 0
        above = np.where(any_term, one + score / np.where(any_term, most, one), one)
        total = upwards(above)[:, None]
        some = total > 0
        return np.where(some, above / np.where(some, total, one), one / np.float32(self.outputs))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        return f"bl_sefr({self.outputs}, {self.inputs}, {names['weights']}, {names['bias']}, {x}, {out});"
