"""STTS22H and STTS751: thermometers that run by themselves or convert when they are asked to.

Data sheets DS12606 and DocID16483: registers, sensor characteristics, conversion times (of the STTS22H as at the rate
that goes with its averages). Not modelled: limits and alerts, the time-out of SMBus, the STTS22H's software reset.
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


_STTS751 = registers("""
    01 STATUS 00 00
    03 CONFIGURATION 00 CC
    04 CONVERSION_RATE 04 0F
    05 TEMPERATURE_HIGH_LIMIT_HIGH 55 FF
    06 TEMPERATURE_HIGH_LIMIT_LOW 00 F0
    07 TEMPERATURE_LOW_LIMIT_HIGH 00 FF
    08 TEMPERATURE_LOW_LIMIT_LOW 00 F0
    0F ONE_SHOT 00 FF
    20 THERM_LIMIT 55 FF
    21 THERM_HYSTERESIS 0A FF
    22 SMBUS_TIMEOUT 80 80
    FD PRODUCT_ID 00 00
    FE MANUFACTURER_ID 53 00
    FF REVISION_ID 01 00
""")
_CONVERSION_RATES = rates("0.0625 0.125 0.25 0.5 1 2 4 8 16 32")
_BITS = (10, 11, 9, 12)  # by TRES
_TEN_BITS = 21 * SECOND // 1000  # of a conversion; each bit more takes twice as long
_HIGH, _LOW = 0x00, 0x02  # of the temperature
_STANDBY, _BUSY = 0x40, 0x80


class Asked(Sensor):
    """A thermometer that may convert on demand, in a time of its own."""

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
            self.shown["temperature"].put(output.batch[-1])
            output.settle()
        super().sync()

    def _ask(self, picoseconds: Fraction) -> None:
        """For a conversion that takes so long by its clock; nothing where one is under way."""
        if self._done is None:
            self._done = self._synced + int(picoseconds / self._deviation)

    def _make_outputs(self) -> list[Output]:
        return [Output("temperature")]


class Stts22h(Asked):
    """Rates follow CTRL; without one, its lowest bit asks for a sample."""

    NAME = "STTS22H"
    REGISTERS = _REGISTERS
    STATUS = "STATUS"
    MAX_I2C = 1_000_000

    def sync(self) -> None:
        super().sync()
        if self._done is None:
            self["CTRL"] &= ~_ONE_SHOT

    @property
    def _increments(self) -> bool:
        return bool(self["CTRL"] & _INCREMENT)

    @property
    def _together(self) -> bool:
        return bool(self["CTRL"] & _TOGETHER)

    def _make_shown(self) -> dict[str, Shown]:
        return {"temperature": Shown(0x06, 1)}

    def _configure(self) -> None:
        control = self["CTRL"]
        self.outputs["temperature"].scale = Scale(1 / 100)
        slow = _SLOW if control & _LOW_ODR else OFF
        self._run("temperature", self._averaged if control & _FREE_RUN else slow)

    @property
    def _averaged(self) -> Fraction:
        """The rate that goes with the averages."""
        return _RATES[self["CTRL"] >> 4 & 3]

    def _written(self, name: str, old: int) -> None:
        if name == "CTRL" and self[name] & (_ONE_SHOT | _FREE_RUN | _LOW_ODR) == _ONE_SHOT:
            self._ask(SECOND / self._averaged)

    def _status(self) -> int:
        return int(self._done is not None)


class Stts751(Asked):
    """Registers are read one by one. In standby, what is written to ONE_SHOT asks for a sample."""

    NAME = "STTS751"
    REGISTERS = _STTS751
    STATUS = "STATUS"

    def sub_address(self, value: int) -> tuple[int, bool]:
        return value, False

    def _make_shown(self) -> dict[str, Shown]:
        return {"temperature": Shown(0x100, 1)}  # its bytes are apart

    def _configure(self) -> None:
        shift, code = 16 - self._bits, self["CONVERSION_RATE"]
        half = 1 << self._bits - 1
        self.outputs["temperature"].scale = Scale((1 << shift) / 256, -half, half - 1, shift)
        runs = not self["CONFIGURATION"] & _STANDBY and code < len(_CONVERSION_RATES)
        self._run("temperature", _CONVERSION_RATES[code] if runs else OFF)

    @property
    def _bits(self) -> int:
        return _BITS[self["CONFIGURATION"] >> 2 & 3]

    def _written(self, name: str, old: int) -> None:
        if name == "ONE_SHOT" and self["CONFIGURATION"] & _STANDBY:
            self._ask(_TEN_BITS * Fraction(2) ** (self._bits - 10))

    def _status(self) -> int:
        return _BUSY if self._done is not None else 0

    def _read(self, address: int) -> int:
        if address in (_HIGH, _LOW):
            return self.shown["temperature"].read(0x100 + (address == _HIGH), False)
        return super()._read(address)
