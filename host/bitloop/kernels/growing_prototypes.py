"""Growing prototypes: what is novel becomes a prototype, what is known moves the nearest one."""

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
class GrowingPrototypes(gauge.GaugedModel):
    """Distance: root of the mean squared difference from the nearest prototype.

    A signal farther than `novelty` (a distance in units of the features, so they are best scaled) from all prototypes
    becomes one; any other moves the nearest, which is the running mean of what it absorbed. With all `capacity`
    places taken, the closest pair of prototypes is merged to make one, if it is closer than the newcomer is; else
    the newcomer is absorbed too. State: gauge, counts[capacity] (the first 0 ends the list),
    prototypes[capacity][features].
    """

    kernel: ClassVar[str] = "growing_prototypes"

    features: int
    capacity: int
    novelty: float
    factor: float
    smoothing: int = 0

    def __post_init__(self) -> None:
        self._check_gauge()
        checks.whole(self.capacity, 1, 255, "growing_prototypes.capacity")
        checks.real(self.novelty, 0.0, checks.PLACE, "growing_prototypes.novelty")

    @property
    def warm_up(self) -> int:
        return 8

    @property
    def core_size(self) -> int:
        return gauge.WORDS + self.capacity * (1 + self.features)

    def params(self) -> tuple[int, ...]:
        return (*gauge.GaugedModel.params(self), self.capacity)

    def constants(self) -> tuple[Constant, ...]:
        return (gauge.number("novelty", self.novelty), gauge.number("factor", self.factor))

    def effort(self) -> float:
        return float(self.capacity * self.features)

    def used(self, state: State) -> int:
        """Number of prototypes there are."""
        return int(np.argmin(np.append(self._parts(state)[0] > 0, False)))

    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        prototypes = self._parts(state)[1][: max(1, self.used(state))]
        nearest = squared_distances(x, prototypes).min(axis=1)
        distance: NDArray[np.float32] = np.sqrt(nearest / np.float32(self.features))
        return distance

    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        counts, prototypes = self._parts(state)
        place = used = self.used(state)
        if used:
            squared = squared_distances(x[None, :], prototypes[:used])[0]
            nearest = int(np.argmin(squared))
            if not np.sqrt(squared[nearest] / np.float32(self.features)) > np.float32(self.novelty):
                place = self.capacity
            elif used == self.capacity:
                place = self._merge(squared[nearest], counts, prototypes)
            if place == self.capacity:
                counts[nearest] += _ONE
                prototypes[nearest] += (x - prototypes[nearest]) / counts[nearest]
        if place < self.capacity:
            counts[place], prototypes[place] = _ONE, x
        state[0] += _ONE

    def _merge(self, squared: np.float32, counts: State, prototypes: Features) -> int:
        """Merge the closest pair into its lower index and return the other; `capacity` if none is closer."""
        apart = squared_distances(prototypes, prototypes)
        apart[np.tril_indices(self.capacity)] = np.inf
        low, high = divmod(int(np.argmin(apart)), self.capacity)
        if not apart[low, high] < squared:
            return self.capacity
        both = counts[low] + counts[high]
        prototypes[low] += (prototypes[high] - prototypes[low]) / (both / counts[high])
        counts[low] = both
        return high

    def _parts(self, state: State) -> tuple[State, Features]:
        middle = gauge.WORDS + self.capacity
        return state[gauge.WORDS : middle], state[middle:].reshape(self.capacity, self.features)

    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        sizes = f"{self.capacity}, {self.features}"
        seen = self._smoothed(x, state)
        return f"bl_growing_prototypes_learn({sizes}, {names['novelty']}[0], {seen}, {state});"

    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        sizes = f"{self.capacity}, {self.features}"
        seen = self._smoothed(x, state)
        return f"bl_growing_prototypes_detect({sizes}, {names['factor']}[0], {seen}, {state})"
