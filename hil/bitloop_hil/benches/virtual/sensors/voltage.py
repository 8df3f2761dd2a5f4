"""Voltages at pins, which an ADC converts: the analogue sensor is whatever is replayed there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.sensors.motion import Motion
from bitloop_hil.benches.virtual.sensors.output import Output, Produced, Scale

SUPPLY = 3.3
"""Volts of the analogue supply and reference."""


class AnaloguePin:
    """One pin. It feels a `voltage`, and what was converted of it is kept."""

    def __init__(self, name: str, now: Callable[[], int]) -> None:
        self.name, self._now = name, now
        self._output = Output("voltage")
        self._watchers: list[Callable[[], None]] = []

    def restart(self) -> None:
        """Time begins again."""
        self._output.restart()

    def replay(self, quantity: str, motion: Motion) -> None:
        """It has this voltage from now on; ProbeError for other quantities."""
        self._look(quantity)
        self._output.replay(motion, self._now())

    def produced(self, quantity: str) -> Produced:
        """The codes that were converted since the motion or the board started; ProbeError for other quantities."""
        self._look(quantity)
        return self._output.produced()

    def detune(self, deviation: float) -> None:
        """ProbeError: a pin has no oscillator."""
        raise ProbeError(f"the pin {self.name} has no oscillator that could be off; the board's own paces its ADC")

    def watch(self, before: Callable[[], None]) -> None:
        """`before` is called before the voltage becomes another, or is asked for."""
        self._watchers.append(before)

    def convert(self, seconds: NDArray[np.float64], bits: int) -> NDArray[np.uint16]:
        """Codes of so many bits at these moments."""
        top = (1 << bits) - 1
        self._output.scale = Scale(SUPPLY / (top + 1), 0, top)
        return self._output.sample(seconds)[:, 0].astype(np.uint16)

    def _look(self, quantity: str) -> None:
        if quantity != "voltage":
            raise ProbeError(f"the pin {self.name} does not measure {quantity!r}, but voltage")
        for watch in self._watchers:
            watch()
