"""Linear classifier: logistic regression, linear discriminant or support vectors, however its weights were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bitloop.kernels.base import Features
from bitloop.kernels.linear_scores import LinearScores
from bitloop.kernels.record import F32
from bitloop.kernels.softmax import EXPONENTIAL, softmax


def scores(weights: F32, bias: F32, x: Features) -> Features:
    """(signals, classes): bias first, then weights times features upwards."""
    total = np.repeat(bias[None, :], len(x), axis=0)
    for i in range(weights.shape[1]):
        total += weights[:, i] * x[:, i, None]
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Linear(LinearScores):
    """Softmax of bias[c] + weights[c] . x; one row of weights per class."""

    kernel: ClassVar[str] = "linear"

    def effort(self) -> float:
        return self.outputs * (self.inputs + EXPONENTIAL)

    def sharpened(self, factor: float) -> Self:
        return replace(self, weights=self.weights * np.float32(factor), bias=self.bias * np.float32(factor))

    def reference(self, x: Features) -> Features:
        return softmax(scores(self.weights, self.bias, x))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        return f"bl_linear({self.outputs}, {self.inputs}, {names['weights']}, {names['bias']}, {x}, {out});"
