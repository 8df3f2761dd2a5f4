"""Products of pairs of features beside the features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import Shape, Signals, Stage


@dataclass(frozen=True, slots=True)
class Quadratic(Stage):
    """Appends x[i] * x[j], 0 <= i <= j < first: (features, 1) to (features + first * (first + 1) / 2, 1)."""

    kernel: ClassVar[str] = "quadratic"

    first: int

    def __post_init__(self) -> None:
        checks.whole(self.first, 1, checks.FEATURES, "quadratic.first")

    def shape(self, given: Shape) -> Shape:
        if given.length != 1 or given.axes < self.first:
            raise LibraryError(f"products of {self.first} features need as many, each an axis of one sample")
        return Shape(given.axes + pairs(self.first), 1)

    def effort(self, given: Shape) -> float:
        return float(pairs(self.first))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.first,)

    def reference(self, x: Signals) -> Signals:
        i, j = np.triu_indices(self.first)
        return np.concatenate([x, x[:, i] * x[:, j]], axis=1)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_quadratic({given.axes}, {self.first}, x);"


def pairs(first: int) -> int:
    """Products of `first` features, squares among them."""
    return first * (first + 1) // 2
