"""SEFR: a linear classifier fitted in one pass, without an optimiser, and applied without an exponential.

Keshavarz, Abadeh, Rawassizadeh: SEFR, a fast linear-time classifier for ultra-low power devices, 2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.linear_scores import LinearScores
from bitloop.kernels.order import upwards


@dataclass(frozen=True, slots=True, eq=False)
class Sefr(LinearScores):
    """Margins are linear scores over the most that any class could have scored with these features: from -1 to 1.

    The score is bias[c] + weights[c] . x; the most it could have been is the sum of the sizes of its terms.
    Probabilities are the margins above -1 over their sum; where all are -1, every class is as likely.
    """

    kernel: ClassVar[str] = "sefr"

    @classmethod
    def fit(cls, x: Features, labels: NDArray[np.integer], classes: int) -> Sefr:
        """One against the rest, from class means; features should not be negative (scaled to 0 to 1, say).

        The bias lies midway between the mean scores of both sides, so that a class weighs the same however few its
        signals; the paper weights by their numbers.
        """
        weights = np.zeros((classes, x.shape[1]))
        bias = np.zeros(classes)
        for c in range(classes):
            here, there = _mean(x[labels == c]), _mean(x[labels != c])
            weights[c] = (np.abs(here) - np.abs(there)) / (np.abs(here) + np.abs(there) + 1e-7)
            bias[c] = -(here + there) @ weights[c] / 2.0
        return cls(weights.astype(np.float32), bias.astype(np.float32))

    def effort(self) -> float:
        return float(2 * self.inputs * self.outputs)

    def reference(self, x: Features) -> Features:
        score = np.repeat(self.bias[None, :], len(x), axis=0)
        size = np.abs(score)
        for i in range(self.inputs):
            term = self.weights[:, i] * x[:, i, None]
            score += term
            size += np.abs(term)
        one, most = np.float32(1.0), size.max(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):
            above = np.where(most > 0, one + score / most, one)
            total = upwards(above)[:, None]
            return np.where(total > 0, above / total, one / np.float32(self.outputs))

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        return f"bl_sefr({self.outputs}, {self.inputs}, {names['weights']}, {names['bias']}, {x}, {out});"


def _mean(x: Features) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = x.astype(np.float64).mean(axis=0)
    return mean
