"""LSM303AGR: an accelerometer with a FIFO and, at an address of its own, a magnetometer like the LIS2MDL.

Data sheet DocID027765: section 8 the registers, 2.1 the sensitivities. Not modelled: filters, interrupts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.iis2dh import Iis2dh
from bitloop_hil.benches.virtual.sensors.lis2mdl import Lis2mdl
from bitloop_hil.benches.virtual.sensors.motion import Motion
from bitloop_hil.benches.virtual.sensors.output import Produced
from bitloop_hil.benches.virtual.sensors.sensor import Sensor
from bitloop_hil.benches.virtual.sensors.windowed import MarkedIncrement

_G_PER_COUNT = {  # by bits: 2, 4, 8, 16 g
    12: (0.98e-3, 1.95e-3, 3.9e-3, 11.72e-3),
    10: (3.9e-3, 7.82e-3, 15.63e-3, 46.9e-3),
    8: (15.63e-3, 31.26e-3, 62.52e-3, 188.68e-3),
}


class _Magnetometer(MarkedIncrement, Lis2mdl):
    NAME = "LSM303AGR's magnetometer"


class Lsm303agr(Iis2dh):
    """The accelerometer, which knows its magnetometer; `COMPANION` is the address of that."""

    NAME = "LSM303AGR"
    G_PER_COUNT: ClassVar = _G_PER_COUNT
    COMPANION = 0x1E

    def __init__(self, now: Callable[[], int], note: Callable[[str], None]) -> None:
        self.companion: Sensor = _Magnetometer(now, note)
        super().__init__(now, note)

    def restart(self) -> None:
        super().restart()
        self.companion.restart()

    def detune(self, deviation: float) -> None:
        super().detune(deviation)
        self.companion.detune(deviation)

    def replay(self, quantity: str, motion: Motion) -> None:
        if quantity == "magnetic":
            self.companion.replay(quantity, motion)
        else:
            super().replay(quantity, motion)

    def produced(self, quantity: str) -> Produced:
        return self.companion.produced(quantity) if quantity == "magnetic" else super().produced(quantity)
