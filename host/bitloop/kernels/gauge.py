"""Where the limit of a learning model comes from: the distances it saw while learning.

Each signal's distance is taken before the signal is learned, so it is that of a signal never seen. Their mean and
variance carry weights 1, 2, 3, ..., so that the wide distances of a model that knew little fade away; the first
`warm_up` signals are not counted at all. The limit is mean + factor * standard deviation.

State words 0 to 2: signals learned, mean, variance; then the model's own; at the end the running mean of the last
feature vectors, where the model smooths. At 2**24 signals a float can count no further: from then on the model is
full and learns nothing more.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features, LearningModel, State
from bitloop.kernels.ratio import RATIO_MAX, ratio
from bitloop.kernels.smooth import MOST, smooth, words

WORDS = 3
FULL = np.float32(16777216.0)
FAR = np.float32(1e15)
"""Distances end here."""
NEAR = np.float32(1e-6)
"""Limits start here."""
LONGEST = 20
"""Largest `memory`: 2^20 signals."""
_ONE, _TWO = np.float32(1.0), np.float32(2.0)


class GaugedModel(LearningModel):
    """A learning model whose limit comes from a gauge in its first state words.

    Until `least` signals are learned the ratio is 1e6, similarity 0. `smoothing` above 0 puts a running mean of the
    last feature vectors (smooth.py) in the place of each, for states that come one sample at a time. `memory` above 0
    makes whatever is learned count as if it were the 2^memory-th signal at most, so that older ones fade away.
    """

    __slots__ = ()

    features: int
    factor: float
    smoothing: int

    @property
    def memory(self) -> int:
        """Of models without the field: they remember everything."""
        return 0

    @property
    def inputs(self) -> int:
        return self.features

    @property
    @abstractmethod
    def warm_up(self) -> int:
        """Signals to learn before distances count."""

    @property
    def least(self) -> int:
        """Signals to learn before ratios mean anything."""
        return self.warm_up + 1

    @property
    @abstractmethod
    def core_size(self) -> int:
        """Floats of state without the running mean."""

    @property
    def state_size(self) -> int:
        return self.core_size + words(self.features, self.smoothing)

    def with_limit(self, limit: float) -> Self:
        """The same model with another factor."""
        changed: Any = replace(self, factor=float(np.float32(limit)))  # type: ignore[type-var]
        return cast(Self, changed)

    @abstractmethod
    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        """(signals,): how far each signal is from what is known. The state has passed the warm-up."""

    @abstractmethod
    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        """Learn one signal (inputs,) in place, word 0 included; the gauge's other words are left alone."""

    def with_memories(self, memory: int, smoothing: int) -> GaugedModel:
        """The same model with another `memory` and `smoothing`."""
        return replace(self, memory=memory, smoothing=smoothing)  # type: ignore[type-var]

    def params(self) -> tuple[int, ...]:
        """Smoothing, where the running mean is, and memory; what a model needs besides follows."""
        return (self.smoothing, self.core_size, self.memory)

    def reference_learn(self, x: Features, state: State) -> State:
        state = np.array(state, dtype=np.float32)
        core, recent = state[: self.core_size], state[self.core_size :]
        with np.errstate(all="ignore"):
            for row in smooth(np.asarray(x, dtype=np.float32), self.smoothing, recent):
                if core[0] >= FULL:
                    continue
                if core[0] >= np.float32(self.warm_up):
                    self._count(self.distance(row[None, :], core)[0], core)
                self.absorb(row, core)
        return state

    def reference_follow(self, x: Features, state: State) -> tuple[Features, State]:
        state = np.array(state, dtype=np.float32)
        core, recent = state[: self.core_size], state[self.core_size :]
        with np.errstate(all="ignore"):
            seen = smooth(np.asarray(x, dtype=np.float32), self.smoothing, recent)
            if core[0] <= np.float32(self.warm_up):
                return np.full((len(x), 1), RATIO_MAX, dtype=np.float32), state
            limit = core[1] + np.float32(self.factor) * np.sqrt(core[2])
            limit = limit if limit > NEAR else NEAR
            return ratio(self.distance(seen, core), limit)[:, None], state

    def counted(self, learned: np.float32) -> np.float32:
        """Signals that count of those learned: with a memory of 0 all of them, else at most 2^memory."""
        most = np.float32(1 << self.memory) if self.memory else FULL
        return learned if learned < most else most

    def _count(self, distance: np.float32, state: State) -> None:
        weight = _TWO / (self.counted(state[0] - np.float32(self.warm_up)) + _TWO)
        off = (distance if distance < FAR else FAR) - state[1]
        state[1] += weight * off
        state[2] = (_ONE - weight) * (state[2] + weight * off * off)

    def _smoothed(self, x: str, state: str) -> str:
        """C of the features the model sees."""
        if not self.smoothing:
            return x
        return f"bl_smooth({self.features}, {self.smoothing}, {x}, &{state}[{self.core_size}])"

    def _check_gauge(self, most: int = checks.FEATURES) -> None:
        name = self.kernel
        checks.whole(self.features, 1, most, f"{name}.features")
        checks.real(self.factor, 1e-6, 1e6, f"{name}.factor")
        checks.whole(self.smoothing, 0, MOST, f"{name}.smoothing")
        checks.whole(self.memory, 0, LONGEST, f"{name}.memory")


def number(name: str, value: float) -> Constant:
    """A fitted number: a table of one."""
    return Constant(name, np.array([value], dtype=np.float32), fitted=True)
