"""How axes go together: Pearson correlation of each pair, also with one of them late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import WORK, Shape, Signals, Stage
from bitloop.kernels.checks import whole
from bitloop.kernels.lagged import CENTRE, lagged, lagged_effort
from bitloop.kernels.mean import centred
from bitloop.kernels.quotient import quotient


@dataclass(frozen=True, slots=True)
class Correlation(Stage):
    """Correlation of each pair of axes at lags of -lags * step, .., 0, .., lags * step samples.

    (axes, length) to (axes * (axes - 1) / 2, 2 * lags + 1), pairs in the order 0-1, 0-2, .., 1-2, ..; at a positive
    lag the second axis is the late one. All lags are divided by the spread over the whole axes, so that they shrink
    towards the ends (the biased estimate). 0 where an axis is constant.
    """

    kernel: ClassVar[str] = "correlation"

    lags: int
    step: int

    def __post_init__(self) -> None:
        whole(self.lags, 0, 256, "the number of lags of a correlation")
        whole(self.step, 1, 4096, "the step between lags of a correlation")

    def shape(self, given: Shape) -> Shape:
        if given.axes < 2 or given.length < 2:
            raise LibraryError(f"correlation needs 2 axes of 2 samples, not {given.axes} x {given.length}")
        if self.lags * self.step >= given.length:
            raise LibraryError(f"a correlation at lag {self.lags * self.step} needs more than {given.length} samples")
        return Shape(given.axes * (given.axes - 1) // 2, 2 * self.lags + 1)

    def workspace(self, given: Shape) -> int:
        return given.axes + self.shape(given).size

    def effort(self, given: Shape) -> float:
        """Products of all pairs and lags, and the means."""
        pairs = given.axes * (given.axes - 1) // 2
        before = lagged_effort(given.length, self.step, self.step, self.lags)
        after = lagged_effort(given.length, 0, self.step, self.lags + 1)
        return float(CENTRE * given.size + pairs * (before + after))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.lags, self.step)

    def reference(self, x: Signals) -> Signals:
        d, power = centred(x)
        spread = np.sqrt(power)
        late = [k * self.step for k in range(-self.lags, self.lags + 1)]
        pairs = []
        for a, b in combinations(range(x.shape[1]), 2):
            product = spread[:, a] * spread[:, b]
            first, second = d[:, a], d[:, b]
            sums = [lagged(second, first, -lag) if lag < 0 else lagged(first, second, lag) for lag in late]
            pairs.append([quotient(total, product) for total in sums])
        return np.ascontiguousarray(np.array(pairs, dtype=np.float32).transpose(2, 0, 1))

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_correlation({given.axes}, {given.length}, {self.lags}, {self.step}, x, {names[WORK]});"
