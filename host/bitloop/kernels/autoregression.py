"""An axis as the outcome of a linear recursion: its coefficients hold the shape of the spectrum in few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.autocorrelation import autocorrelate
from bitloop.kernels.base import WORK, Shape, Signals, Stage
from bitloop.kernels.checks import whole
from bitloop.kernels.lagged import CENTRE, lagged_effort

PREDICTABLE = np.float32(1e-6)
"""Share of the power below which the recursion ends: float32 could not tell what is left from 0."""


@dataclass(frozen=True, slots=True)
class Autoregression(Stage):
    """Autoregressive model by Levinson-Durbin on the biased autocorrelation: (axes, length) to (axes, order + 1).

    First the coefficients c, a deviation d[i] from the mean being predicted as the sum of c[k] d[i - k - 1]; or with
    `reflection` the reflection coefficients (partial autocorrelations), which lie within -1 .. 1. Last the share of
    the power that the prediction leaves. A constant axis has zeros.
    """

    kernel: ClassVar[str] = "autoregression"

    order: int
    reflection: bool

    def __post_init__(self) -> None:
        whole(self.order, 1, 256, "the order of an autoregression")

    def shape(self, given: Shape) -> Shape:
        if given.length < self.order + 2:
            raise LibraryError(
                f"an autoregression of order {self.order} needs {self.order + 2} samples per axis, not {given.length}"
            )
        return Shape(given.axes, self.order + 1)

    def workspace(self, given: Shape) -> int:
        return 3 * self.order

    def effort(self, given: Shape) -> float:
        """Products of the autocorrelation and of the recursion."""
        steps = CENTRE * given.length + lagged_effort(given.length, 1, 1, self.order) + 2 * self.order**2
        return float(given.axes * steps)

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.order, int(self.reflection))

    def reference(self, x: Signals) -> Signals:
        r, power = autocorrelate(x, self.order)
        c, k, left = _levinson(r)
        left = np.where(power == 0, np.float32(0), left)
        return np.concatenate([k if self.reflection else c, left[:, :, None]], axis=2)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        form = "true" if self.reflection else "false"
        return f"bl_autoregression({given.axes}, {given.length}, {self.order}, {form}, x, {names[WORK]});"


def _levinson(r: Signals) -> tuple[Signals, Signals, Signals]:
    """Coefficients, reflection coefficients (both as `r`) and the power left, from lags 1 .. on the last axis."""
    c, k = np.zeros_like(r), np.zeros_like(r)
    left = np.ones(r.shape[:2], dtype=np.float32)
    for m in range(r.shape[2]):
        total = r[:, :, m].copy()
        for i in range(m):
            total -= c[:, :, i] * r[:, :, m - 1 - i]
        goes_on = left > PREDICTABLE
        k[:, :, m] = np.where(goes_on, total / np.where(goes_on, left, np.float32(1)), np.float32(0))
        step = k[:, :, m, None]
        c[:, :, :m] = c[:, :, :m] - step * c[:, :, :m][:, :, ::-1]
        c[:, :, m] = k[:, :, m]
        left = left * (np.float32(1) - k[:, :, m] * k[:, :, m])
    return c, k, left
