"""LODA: sparse random projections, and a histogram of each learned one signal at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks, gauge
from bitloop.kernels.base import Constant, Features, State
from bitloop.kernels.logf import logf
from bitloop.kernels.order import upwards
from bitloop.kernels.record import F32, U16

_ONE, _HALF, _QUARTER = np.float32(1.0), np.float32(0.5), np.float32(0.25)


@dataclass(frozen=True, slots=True, eq=False)
class Loda(gauge.GaugedModel):
    """Pevny 2016. Distance: mean over the projections of ln((n + 1) / (s + 1 / bins)).

    n is the number of signals counted, s the count of the signal's bin and its neighbours, weighed 1 2 1 over 4. Bin
    b reaches from (b - bins / 2) * width on; what lies beyond the outer bins counts there. With a `memory` of m, all
    counts are halved whenever 2^m more signals were learned. `axis` and `weights` are (projections, nonzero).
    State: gauge, n, counts[projections][bins].
    """

    kernel: ClassVar[str] = "loda"

    features: int
    axis: U16
    weights: F32
    bins: int
    width: float
    factor: float
    memory: int = 0
    smoothing: int = 0

    def __post_init__(self) -> None:
        self._check_gauge()
        checks.table(self.axis, np.uint16, 2, "loda.axis")
        checks.whole(int(self.axis.max()), 0, self.features - 1, "the largest loda.axis")
        checks.floats(self.weights, 2, "loda.weights", -1e3, 1e3)
        checks.alike(self.weights.shape, self.axis.shape, "loda.weights")
        checks.whole(len(self.axis), 1, 255, "the number of projections of loda")
        checks.whole(self.axis.shape[1], 1, checks.FEATURES, "the non-zero weights of a projection of loda")
        checks.whole(self.bins, 2, 1024, "loda.bins")
        checks.real(self.width, 1e-6, 1e12, "loda.width")

    @staticmethod
    def drawn(features: int, projections: int, bins: int, reach: float, factor: float, seed: int) -> Loda:
        """Projections onto the root of the number of features each, of length 1; bins from -reach to reach."""
        rng = np.random.default_rng([seed, features, projections])
        nonzero = math.ceil(math.sqrt(features))
        axis = np.stack([np.sort(rng.permutation(features)[:nonzero]) for _ in range(projections)])
        weights = rng.normal(size=(projections, nonzero))
        weights /= np.linalg.norm(weights, axis=1, keepdims=True)
        width = float(np.float32(2.0 * reach / bins))
        return Loda(features, axis.astype(np.uint16), weights.astype(np.float32), bins, width, factor)

    @property
    def warm_up(self) -> int:
        return 8

    @property
    def core_size(self) -> int:
        return gauge.WORDS + 1 + len(self.axis) * self.bins

    def params(self) -> tuple[int, ...]:
        return (*gauge.GaugedModel.params(self), *self.axis.shape, self.bins)

    def constants(self) -> tuple[Constant, ...]:
        return (
            gauge.number("width", self.width),
            gauge.number("factor", self.factor),
            Constant("axis", self.axis, fitted=True),
            Constant("weights", self.weights, fitted=True),
        )

    def effort(self) -> float:
        return float(len(self.axis) * (self.axis.shape[1] + 8))  # a logarithm and a division are worth about eight

    def bin(self, x: Features) -> NDArray[np.int64]:
        """(signals, projections): the bin of each signal under each projection."""
        place = upwards(self.weights * x[:, self.axis]) / np.float32(self.width) + _HALF * np.float32(self.bins)
        inside = np.where(place > 0, np.minimum(place, np.float32(self.bins)), np.float32(0.0))
        return np.minimum(inside.astype(np.int64), self.bins - 1)

    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        found, counts = self.bin(x), self._counts(state)
        own = np.arange(len(self.axis))
        below, above = counts[own, np.maximum(found - 1, 0)], counts[own, np.minimum(found + 1, self.bins - 1)]
        seen = _QUARTER * (below + above) + _HALF * counts[own, found]
        rarity = logf((state[gauge.WORDS] + _ONE) / (seen + _ONE / np.float32(self.bins)))
        distance: NDArray[np.float32] = upwards(rarity) / np.float32(len(self.axis))
        return distance

    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        self._counts(state)[np.arange(len(self.axis)), self.bin(x[None, :])[0]] += _ONE
        state[gauge.WORDS] += _ONE
        state[0] += _ONE
        if self.memory and int(state[0]) % (1 << self.memory) == 0:
            state[gauge.WORDS : self.core_size] *= _HALF

    def _counts(self, state: State) -> Features:
        """(projections, bins): a view."""
        return state[gauge.WORDS + 1 : self.core_size].reshape(-1, self.bins)

    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        sizes = f"{len(self.axis)}, {self.axis.shape[1]}, {self.bins}, {self.memory}"
        fitted = f"{names['width']}[0], {names['axis']}, {names['weights']}"
        return f"bl_loda_learn({sizes}, {fitted}, {self._smoothed(x, state)}, {state});"

    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        sizes = f"{len(self.axis)}, {self.axis.shape[1]}, {self.bins}"
        fitted = f"{names['width']}[0], {names['factor']}[0], {names['axis']}, {names['weights']}"
        return f"bl_loda_detect({sizes}, {fitted}, {self._smoothed(x, state)}, {state})"
