"""What the full demonstration is about: an air blower to search with, and another that stays unseen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.fan import Fan, motion, noise

KNOWN, UNSEEN = 1, 9
"""Seeds of the two specimens."""
_LOW, _HIGH = 30.0, 45.0  # rotations per second


@dataclass(frozen=True, slots=True)
class State:
    """What a blower does. `hertz` is its speed, `condition` one of `bitloop.fan.CONDITIONS`."""

    name: str
    label: str
    hertz: float
    condition: str

    def motion(self, specimen: int, samples: int, rate: float) -> NDArray[np.float64]:
        """What a sensor on a blower's housing feels, its noise included: (samples, 3) in g, `rate` a second."""
        seed = 10 * specimen + STATES.index(self)
        felt = motion(Fan.specimen(specimen).at(self.hertz), self.condition, samples, rate, seed)
        return felt + np.random.default_rng([seed, 3]).normal(0.0, noise(rate), felt.shape)


STATES = (
    State("low-speed", "regular", _LOW, "healthy"),
    State("high-speed", "regular", _HIGH, "healthy"),
    State("clogged", "abnormal", _HIGH, "clogged"),
)
