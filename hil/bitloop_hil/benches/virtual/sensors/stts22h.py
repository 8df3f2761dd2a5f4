"""STTS22H: thermometer that runs freely or converts when it is asked to.

Data sheet DS12606: register description, sensor characteristics. A conversion takes as long as at the rate that goes
with its averages. Not modelled: limits, the software reset.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import Shown, registers
from bitloop_hil.benches.virtual.sensors.sensor import Sensor

_REGISTERS = registers("""
    01 WHOAMI A0 00
    02 TEMP_H_LIMIT 00 FF
    03 TEMP_L_LIMIT 00 FF
    04 CTRL 00 FF
    05 STATUS 00 00
""")
_RATES = rates("25 50 100 200")  # by AVG: 8, 4, 2, 1 conversions
_SLOW = rates("1")[0]
_ONE_SHOT, _FREE_RUN, _INCREMENT, _TOGETHER, _LOW_ODR = 0x01, 0x04, 0x08, 0x40, 0x80  # of CTRL


class Stts22h(Sensor):
    """Rates follow CTRL; without one, its lowest bit asks for a sample."""

    NAME = "STTS22H"
    REGISTERS = _REGISTERS
    STATUS = "STATUS"
    MAX_I2C = 1_000_000

    def __init__(self, now: Callable[[], int], note: Callable[[str], None]) -> None:
        self._done: int | None = None  # when the conversion will be
        super().__init__(now, note)

    def restart(self) -> None:
        super().restart()
        self._done = None

    def sync(self) -> None:
        if self._done is not None and self._now() >= self._done:
            output = self.outputs["temperature"]
            output.once(self._done)
            self._done = None
            self["CTRL"] &= ~_ONE_SHOT
            self.shown["temperature"].put(output.batch[-1])
            output.settle()
        super().sync()

    @property
    def _increments(self) -> bool:
        return bool(self["CTRL"] & _INCREMENT)

    @property
    def _together(self) -> bool:
        return bool(self["CTRL"] & _TOGETHER)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("temperature")]
        outputs[0].scale = Scale(1 / 100)
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"temperature": Shown(0x06, 1)}

    def _configure(self) -> None:
        control = self["CTRL"]
        slow = _SLOW if control & _LOW_ODR else OFF
        self._run("temperature", self._averaged if control & _FREE_RUN else slow)

    @property
    def _averaged(self) -> Fraction:
        """The rate that goes with the averages."""
        return _RATES[self["CTRL"] >> 4 & 3]

    def _written(self, name: str, old: int) -> None:
        if name == "CTRL" and self[name] & (_ONE_SHOT | _FREE_RUN | _LOW_ODR) == _ONE_SHOT and self._done is None:
            self._done = self._synced + int(SECOND / (self._averaged * self._deviation))

    def _status(self) -> int:
        return int(self._done is not None)
