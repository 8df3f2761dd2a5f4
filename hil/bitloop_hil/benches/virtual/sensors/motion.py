"""What a sensor feels: physical quantities over time, replayed from samples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import ProbeError

AT_REST: Mapping[str, tuple[float, ...]] = {
    "acceleration": (0.0, 0.0, 1.0),
    "rotation": (0.0, 0.0, 0.0),
    "magnetic": (0.2, 0.0, -0.4),
    "temperature": (25.0,),
    "humidity": (45.0,),
    "pressure": (1013.25,),
    "voltage": (0.0,),
    "sound": (0.0,),
}
"""Every quantity with what a sensor feels of it at rest: g, degrees/s, gauss, °C, % relative humidity, hPa, V, Pa."""
_ALMOST = 1e-6  # of a sample: a moment just before one belongs to it, so that equal rates take sample by sample


@dataclass(frozen=True, slots=True)
class Motion:
    """Samples of one quantity, (samples, axes) in physical units, `rate_hz` of them a second, held until the next.

    After the last one it starts again, or with `repeat` off the last is held. `noise` is the standard deviation of
    what is added to each sample the sensor takes, in the same units, drawn from `seed`.
    """

    values: NDArray[np.float64]
    rate_hz: float
    repeat: bool = True
    noise: float = 0.0
    seed: int = 0

    @staticmethod
    def of(
        quantity: str, values: NDArray[np.float64], rate_hz: float, repeat: bool, noise: float, seed: int
    ) -> Motion:
        """Checked; ProbeError if the values cannot be that quantity's."""
        if quantity not in AT_REST:
            raise ProbeError(f"no sensor feels {quantity!r}; choose one of {', '.join(AT_REST)}")
        values = np.asarray(values, dtype=np.float64)
        axes = len(AT_REST[quantity])
        if values.ndim == 1 and axes == 1:
            values = values[:, np.newaxis]
        if values.ndim != 2 or not len(values) or values.shape[1] != axes:
            raise ProbeError(
                f"{quantity} has {axes} axes: give values of shape (samples, {axes}), not {values.shape}"
            )
        if not np.isfinite(values).all():
            raise ProbeError(f"the values of {quantity} contain NaN or infinity; a sensor cannot feel that")
        if not (math.isfinite(rate_hz) and rate_hz > 0):
            raise ProbeError(f"a motion has a rate above 0 Hz, not {rate_hz}")
        if not (math.isfinite(noise) and noise >= 0):
            raise ProbeError(f"noise is a standard deviation from 0, not {noise}")
        if not 0 <= seed < 1 << 63:
            raise ProbeError(f"a seed is a whole number from 0, not {seed}")
        return Motion(values, float(rate_hz), repeat, float(noise), seed)

    def at(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """What there is to feel at these moments since its beginning, without noise: (moments, axes)."""
        places = np.floor(seconds * self.rate_hz + _ALMOST).astype(np.int64)
        places = np.maximum(places, 0)
        last = len(self.values) - 1
        return self.values[places % (last + 1) if self.repeat else np.minimum(places, last)]


def resting(quantity: str) -> Motion:
    """A quantity as it is on a desk."""
    return Motion(np.array([AT_REST[quantity]]), 1.0)
