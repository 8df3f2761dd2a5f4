"""Where the limit of a learning model comes from: the distances it saw while learning.

Each signal's distance is taken before the signal is learned, so it is that of a signal never seen. Their mean and
variance carry weights 1, 2, 3, ..., so that the wide distances of a model that knew little fade away; the first
`warm_up` signals are not counted at all. The limit is mean + factor * standard deviation.

State words 0 to 2: signals learned, mean, variance. At 2**24 signals a float can count no further: from then on the
model is full and learns nothing more.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features, LearningModel, State
from bitloop.kernels.ratio import RATIO_MAX, ratio

WORDS = 3
FULL = np.float32(16777216.0)
FAR = np.float32(1e15)
"""Distances end here."""
NEAR = np.float32(1e-6)
"""Limits start here."""
_ONE, _TWO = np.float32(1.0), np.float32(2.0)


class GaugedModel(LearningModel):
    """A learning model whose limit comes from a gauge in its first state words.

    Until `least` signals are learned the ratio is 1e6, similarity 0.
    """

    features: int
    factor: float

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

    @abstractmethod
    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        """(signals,): how far each signal is from what is known. The state has passed the warm-up."""

    @abstractmethod
    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        """Learn one signal (inputs,) in place, word 0 included; the gauge's other words are left alone."""

    def reference_learn(self, x: Features, state: State) -> State:
        state = np.array(state, dtype=np.float32)
        with np.errstate(all="ignore"):
            for row in np.asarray(x, dtype=np.float32):
                if state[0] >= FULL:
                    break
                if state[0] >= np.float32(self.warm_up):
                    self._count(self.distance(row[None, :], state)[0], state)
                self.absorb(row, state)
        return state

    def reference_follow(self, x: Features, state: State) -> tuple[Features, State]:
        if state[0] <= np.float32(self.warm_up):
            return np.full((len(x), 1), RATIO_MAX, dtype=np.float32), state.copy()
        with np.errstate(all="ignore"):
            limit = state[1] + np.float32(self.factor) * np.sqrt(state[2])
            limit = limit if limit > NEAR else NEAR
            return ratio(self.distance(np.asarray(x, dtype=np.float32), state), limit)[:, None], state.copy()

    def _count(self, distance: np.float32, state: State) -> None:
        weight = _TWO / (state[0] - np.float32(self.warm_up) + _TWO)
        off = (distance if distance < FAR else FAR) - state[1]
        state[1] += weight * off
        state[2] = (_ONE - weight) * (state[2] + weight * off * off)
