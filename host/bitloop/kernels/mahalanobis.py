"""Mahalanobis distance with the full covariance, learned one signal at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks, gauge
from bitloop.kernels.base import Constant, Features, State

_P, _L = np.float32(2e15), np.float32(1e20)
_ONE = np.float32(1.0)


@dataclass(frozen=True, slots=True)
class Mahalanobis(gauge.GaugedModel):
    """Distance: root of the mean over features of p[j]^2 / (D[j] / learned + floor), where L p = x - mean.

    The scatter is kept as L D L'; D starts at `floor` (in squared units of the features) and only grows, so the
    covariance stays positive. A signal is learned by a rank-1 update of L and D (Gill, Golub, Murray and Saunders
    1974, method C1). With a `memory` of m, a signal weighs 2^-m from the 2^m-th on. State: gauge, mean[features],
    D[features], L below its diagonal of ones, column after column.
    """

    kernel: ClassVar[str] = "mahalanobis"

    features: int
    factor: float
    floor: float
    memory: int = 0
    smoothing: int = 0

    def __post_init__(self) -> None:
        self._check_gauge(256)
        checks.real(self.floor, 1e-12, 1e12, "mahalanobis.floor")

    @property
    def warm_up(self) -> int:
        """The covariance has to have its rank, with some to spare."""
        return 8 if self.features < 4 else 2 * self.features

    @property
    def core_size(self) -> int:
        return gauge.WORDS + 2 * self.features + self.features * (self.features - 1) // 2

    def constants(self) -> tuple[Constant, ...]:
        return (gauge.number("floor", self.floor), gauge.number("factor", self.factor))

    def effort(self) -> float:
        return float(self.features * (self.features + 1) // 2)

    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        mean, d, lower = self._parts(state)
        rest, counted = x - mean, self.counted(state[0])
        total = np.zeros(len(x), dtype=np.float32)
        for j, column in enumerate(self._columns(lower)):
            p = np.clip(rest[:, j], -_P, _P)
            total += p * p / (d[j] / counted + np.float32(self.floor))
            rest[:, j + 1 :] -= p[:, None] * column
        distance: NDArray[np.float32] = np.sqrt(total / np.float32(self.features))
        return distance

    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        mean, d, lower = self._parts(state)
        floor, learned = np.float32(self.floor), state[0]
        state[0] = learned + _ONE
        counted = self.counted(state[0])
        rest = x - mean
        mean += rest / counted
        if learned == 0:  # one signal has a mean and no scatter
            d[:] = floor
            return
        weight = (counted - _ONE) / counted
        if counted < state[0]:
            d[:] = np.where(d * weight > floor, d * weight, floor)
        for j, column in enumerate(self._columns(lower)):
            p, before = np.clip(rest[j], -_P, _P), d[j]
            d[j] += weight * p * p
            gain = weight * p / d[j]
            weight = weight * before / d[j]
            rest[j + 1 :] -= p * column
            column[:] = np.clip(column + gain * rest[j + 1 :], -_L, _L)

    def _parts(self, state: State) -> tuple[State, State, State]:
        first, second = gauge.WORDS + self.features, gauge.WORDS + 2 * self.features
        return state[gauge.WORDS : first], state[first:second], state[second:]

    def _columns(self, lower: State) -> Iterator[State]:
        """Views of the columns of L below the diagonal."""
        start = 0
        for j in range(self.features):
            end = start + self.features - 1 - j
            yield lower[start:end]
            start = end

    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        seen = self._smoothed(x, state)
        return f"bl_mahalanobis_learn({self.features}, {self.memory}, {names['floor']}[0], {seen}, {state});"

    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        fitted = f"{names['floor']}[0], {names['factor']}[0]"
        seen = self._smoothed(x, state)
        return f"bl_mahalanobis_detect({self.features}, {self.memory}, {fitted}, {seen}, {state})"
