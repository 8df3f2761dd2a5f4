"""Running Gaussian: mean and variance of each feature, learned one signal at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks, gauge
from bitloop.kernels.base import Constant, Features, State
from bitloop.kernels.order import upwards

_ONE = np.float32(1.0)


@dataclass(frozen=True, slots=True)
class RunningGaussian(gauge.GaugedModel):
    """Distance: root of the mean over features of squared deviation / (variance + floor).

    Welford's update; the floor (in squared units of the features) keeps one that never moved from shouting.
    With a `memory` of m, a signal weighs 2^-m from the 2^m-th on, and what was learned before fades.
    State: gauge, mean[features], squares[features], the last being sums of squared deviations.
    """

    kernel: ClassVar[str] = "running_gaussian"

    features: int
    factor: float
    floor: float
    memory: int = 0
    smoothing: int = 0

    def __post_init__(self) -> None:
        self._check_gauge()
        checks.real(self.floor, 1e-12, 1e12, "running_gaussian.floor")

    @property
    def warm_up(self) -> int:
        return 8

    @property
    def core_size(self) -> int:
        return gauge.WORDS + 2 * self.features

    def constants(self) -> tuple[Constant, ...]:
        return (gauge.number("floor", self.floor), gauge.number("factor", self.factor))

    def effort(self) -> float:
        return float(self.features)

    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        mean, squares = self._parts(state)
        off = x - mean
        terms = off * off / (squares / self.counted(state[0]) + np.float32(self.floor))
        distance: NDArray[np.float32] = np.sqrt(upwards(terms) / np.float32(self.features))
        return distance

    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        mean, squares = self._parts(state)
        state[0] += _ONE
        counted = self.counted(state[0])
        kept = _ONE - _ONE / counted if counted < state[0] else _ONE
        off = x - mean
        mean += off / counted
        squares[:] = squares * kept + off * (x - mean)

    def _parts(self, state: State) -> tuple[State, State]:
        middle = gauge.WORDS + self.features
        return state[gauge.WORDS : middle], state[middle:]

    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        seen = self._smoothed(x, state)
        return f"bl_running_gaussian_learn({self.features}, {self.memory}, {names['floor']}[0], {seen}, {state});"

    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        fitted = f"{names['floor']}[0], {names['factor']}[0]"
        seen = self._smoothed(x, state)
        return f"bl_running_gaussian_detect({self.features}, {self.memory}, {fitted}, {seen}, {state})"
