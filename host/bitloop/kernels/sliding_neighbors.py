"""Nearest neighbours in a sliding window of the last signals learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks, gauge
from bitloop.kernels.base import Constant, Features, State
from bitloop.kernels.squared_distance import squared_distances

_ONE = np.float32(1.0)


@dataclass(frozen=True, slots=True)
class SlidingNeighbors(gauge.GaugedModel):
    """Distance: root of the mean squared difference from the k-th nearest of the last `capacity` signals learned.

    Of all there are, if fewer than k. State: gauge, ring[capacity][features]; signal number n stands in row n modulo
    the capacity.
    """

    kernel: ClassVar[str] = "sliding_neighbors"

    features: int
    capacity: int
    k: int
    factor: float
    smoothing: int = 0

    def __post_init__(self) -> None:
        self._check_gauge()
        checks.whole(self.capacity, 1, 4096, "sliding_neighbors.capacity")
        checks.whole(self.k, 1, 8, "sliding_neighbors.k")

    @property
    def warm_up(self) -> int:
        return 8

    @property
    def core_size(self) -> int:
        return gauge.WORDS + self.capacity * self.features

    def params(self) -> tuple[int, ...]:
        return (*gauge.GaugedModel.params(self), self.capacity, self.k)

    def constants(self) -> tuple[Constant, ...]:
        return (gauge.number("factor", self.factor),)

    def effort(self) -> float:
        return float(self.capacity * self.features)

    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        used = int(min(state[0], np.float32(self.capacity)))
        squared = np.sort(squared_distances(x, self._ring(state)[:used]), axis=1)
        distance: NDArray[np.float32] = np.sqrt(squared[:, min(self.k, used) - 1] / np.float32(self.features))
        return distance

    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        self._ring(state)[int(state[0]) % self.capacity] = x
        state[0] += _ONE

    def _ring(self, state: State) -> Features:
        """(capacity, features): a view."""
        return state[gauge.WORDS : self.core_size].reshape(self.capacity, self.features)

    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        sizes = f"{self.capacity}, {self.features}, {self.k}"
        return f"bl_sliding_neighbors_learn({sizes}, {self._smoothed(x, state)}, {state});"

    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        sizes = f"{self.capacity}, {self.features}, {self.k}, {names['factor']}[0]"
        return f"bl_sliding_neighbors_detect({sizes}, {self._smoothed(x, state)}, {state})"
