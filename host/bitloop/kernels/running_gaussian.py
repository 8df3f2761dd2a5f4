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


@dataclass(frozen=True, slots=True)
class RunningGaussian(gauge.GaugedModel):
    """Distance: root of the mean over features of squared deviation / (variance + floor).

    Welford's update; the floor (in squared units of the features) keeps one that never moved from shouting.
    State: gauge, mean[features], squares[features], the last being sums of squared deviations.
    """

    kernel: ClassVar[str] = "running_gaussian"

    features: int
    factor: float
    floor: float

    def __post_init__(self) -> None:
        checks.whole(self.features, 1, checks.FEATURES, "running_gaussian.features")
        checks.real(self.factor, 1e-6, 1e6, "running_gaussian.factor")
        checks.real(self.floor, 1e-12, 1e12, "running_gaussian.floor")

    @property
    def warm_up(self) -> int:
        return 8

    @property
    def state_size(self) -> int:
        return gauge.WORDS + 2 * self.features

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("floor", np.array([self.floor], dtype=np.float32), fitted=True),
            Constant("factor", np.array([self.factor], dtype=np.float32), fitted=True),
        )

    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        mean, squares = self._parts(state)
        off = x - mean
        terms = off * off / (squares / state[0] + np.float32(self.floor))
        distance: NDArray[np.float32] = np.sqrt(upwards(terms) / np.float32(self.features))
        return distance

    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        mean, squares = self._parts(state)
        state[0] += np.float32(1.0)
        off = x - mean
        mean += off / state[0]
        squares += off * (x - mean)

    def _parts(self, state: State) -> tuple[State, State]:
        middle = gauge.WORDS + self.features
        return state[gauge.WORDS : middle], state[middle:]

    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        return f"bl_running_gaussian_learn({self.features}, {names['floor']}[0], {x}, {state});"

    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        return f"bl_running_gaussian_detect({self.features}, {names['floor']}[0], {names['factor']}[0], {x}, {state})"
