"""How an axis resembles itself a little later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import WORK, Shape, Signals, Stage
from bitloop.kernels.checks import whole
from bitloop.kernels.lagged import CENTRE, lagged, lagged_effort
from bitloop.kernels.mean import centred
from bitloop.kernels.quotient import quotient
from bitloop.kernels.restrict import first_of_each


@dataclass(frozen=True, slots=True)
class Autocorrelation(Stage):
    """Biased autocorrelation about the mean at lags 1 .. `lags`, divided by lag 0: (axes, length) to (axes, lags).

    0 for a constant axis.
    """

    kernel: ClassVar[str] = "autocorrelation"

    lags: int

    def __post_init__(self) -> None:
        whole(self.lags, 1, 4096, "the number of lags of an autocorrelation")

    def shape(self, given: Shape) -> Shape:
        if given.length <= self.lags:
            raise LibraryError(f"an autocorrelation at lag {self.lags} needs more than {given.length} samples")
        return Shape(given.axes, self.lags)

    def workspace(self, given: Shape) -> int:
        return self.lags

    def effort(self, given: Shape) -> float:
        """Products of all lags, and the mean."""
        return float(given.axes * (CENTRE * given.length + lagged_effort(given.length, 1, 1, self.lags)))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.lags,)

    def reference(self, x: Signals) -> Signals:
        return autocorrelate(x, self.lags)[0]

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_autocorrelation({given.axes}, {given.length}, {self.lags}, x, {names[WORK]});"

    def restricted(self, given: Shape, indices: Sequence[int]) -> tuple[Stage, tuple[int, ...]] | None:
        """Without the greatest lags, if no axis needs them."""
        lags, places = first_of_each(self.lags, indices)
        return None if lags == self.lags else (Autocorrelation(lags), places)


def autocorrelate(x: Signals, lags: int) -> tuple[Signals, Signals]:
    """`bl_autocorrelate`: lags 1 .. of every axis (signals, axes, lags), and the power of each (signals, axes)."""
    d, power = centred(x)
    sums = [lagged(d, d, k) for k in range(1, lags + 1)]
    return np.stack([quotient(total, power) for total in sums], axis=2), power
