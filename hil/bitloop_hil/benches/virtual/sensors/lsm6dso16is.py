"""LSM6DSO16IS: 6 axes without a FIFO.

Its data sheet: register description, mechanical characteristics. Not modelled: filters, interrupt pins, the sensor
hub, the processing unit, timestamps.
"""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.lsm6 import DPS_PER_COUNT, DPS_PER_COUNT_125, G_PER_COUNT, Lsm6
from bitloop_hil.benches.virtual.sensors.output import OFF, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import registers

_REGISTERS = registers("""
    01 FUNC_CFG_ACCESS 00 C2
    02 PIN_CTRL 3F 40
    0B DRDY_PULSED_REG 00 80
    0D INT1_CTRL 00 07
    0E INT2_CTRL 00 87
    0F WHO_AM_I 22 00
    10 CTRL1_XL 00 FC
    11 CTRL2_G 00 FE
    12 CTRL3_C 04 FD
    13 CTRL4_C 00 64
    14 CTRL5_C 00 0F
    15 CTRL6_C 00 10
    16 CTRL7_G 00 80
    18 CTRL9_C 00 F3
    19 CTRL10_C 00 24
    1E STATUS_REG 00 00
    5E MD1_CFG 00 03
    5F MD2_CFG 00 03
    63 INTERNAL_FREQ_FINE 00 00
""")
_RATES = rates("0 12.5 26 52 104 208 416 833 1667 3333 6667")
_SLOW_CODE, _SLOW, _SLOW_IN_HIGH_PERFORMANCE = 11, Fraction("1.6"), Fraction("12.5")
_TEMPERATURE_RATE = Fraction(52)


class Lsm6dso16is(Lsm6):
    """The registers of the user's bank."""

    NAME = "LSM6DSO16IS"
    REGISTERS = _REGISTERS
    BOOT = 10_000
    POWERED_DOWN: ClassVar = {"CTRL1_XL": 0xF0, "CTRL2_G": 0xF0}

    def _configure(self) -> None:
        accelerometer, gyroscope = self["CTRL1_XL"], self["CTRL2_G"]
        step = DPS_PER_COUNT_125 if gyroscope & 0x02 else DPS_PER_COUNT[gyroscope >> 2 & 3]
        slow = _SLOW if self["CTRL6_C"] & 0x10 else _SLOW_IN_HIGH_PERFORMANCE
        self.outputs["acceleration"].scale = Scale(G_PER_COUNT[accelerometer >> 2 & 3])
        self.outputs["rotation"].scale = Scale(step)
        self._run("acceleration", _rate(accelerometer >> 4, slow))
        self._run("rotation", OFF if self["CTRL4_C"] & 0x40 else _rate(gyroscope >> 4, OFF))
        on = self.outputs["acceleration"].rate or self.outputs["rotation"].rate
        self._run("temperature", _TEMPERATURE_RATE if on else OFF)

    def _written(self, name: str, old: int) -> None:
        super()._written(name, old)
        if name == "FUNC_CFG_ACCESS" and self[name]:
            self._note(f"the {self.NAME}'s banks of sensor hub and processing unit are not modelled")


def _rate(code: int, slow: Fraction) -> Fraction:
    return slow if code == _SLOW_CODE else _RATES[code] if code < len(_RATES) else OFF
