"""LIS2MDL, IIS2MDC and LIS3MDL: magnetometers.

Data sheets DS12144 (section 8 the registers, 2.1 the sensitivity; the IIS2MDC's is the same but for the bit of SPI
with four wires) and DocID024204 (sections 7 and 2.1). Not modelled:
filters, offset cancellation, self-test, interrupts; a single conversion is there at once.
"""

from __future__ import annotations

from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import Shown, registers
from bitloop_hil.benches.virtual.sensors.sensor import Sensor
from bitloop_hil.benches.virtual.sensors.windowed import MarkedIncrement

_LIS2MDL = registers("""
    45 OFFSET_X_REG_L 00 FF
    46 OFFSET_X_REG_H 00 FF
    47 OFFSET_Y_REG_L 00 FF
    48 OFFSET_Y_REG_H 00 FF
    49 OFFSET_Z_REG_L 00 FF
    4A OFFSET_Z_REG_H 00 FF
    4F WHO_AM_I 40 00
    60 CFG_REG_A 03 FF
    61 CFG_REG_B 00 1F
    62 CFG_REG_C 00 7F
    63 INT_CTRL_REG E0 E7
    64 INT_SOURCE_REG 00 00
    65 INT_THS_L_REG 00 FF
    66 INT_THS_H_REG 00 FF
    67 STATUS_REG 00 00
""")
_LIS2MDL_RATES = rates("10 20 50 100")
_LIS2MDL_SCALE = Scale(1.5e-3)
_LIS2MDL_TEMPERATURE = Scale(1 / 8, origin=25.0)
_LIS3MDL = registers("""
    05 OFFSET_X_REG_L_M 00 FF
    06 OFFSET_X_REG_H_M 00 FF
    07 OFFSET_Y_REG_L_M 00 FF
    08 OFFSET_Y_REG_H_M 00 FF
    09 OFFSET_Z_REG_L_M 00 FF
    0A OFFSET_Z_REG_H_M 00 FF
    0F WHO_AM_I 3D 00
    20 CTRL_REG1 10 FF
    21 CTRL_REG2 00 6C
    22 CTRL_REG3 03 27
    23 CTRL_REG4 00 0E
    24 CTRL_REG5 00 C0
    27 STATUS_REG 00 00
    30 INT_CFG 08 E7
    31 INT_SRC 00 00
    32 INT_THS_L 00 FF
    33 INT_THS_H 00 7F
""")
_LIS3MDL_RATES = rates("0.625 1.25 2.5 5 10 20 40 80")
_LIS3MDL_FAST = rates("1000 560 300 155")  # by the mode of X and Y: low power to ultra-high performance
_COUNTS_PER_GAUSS = (6842, 3421, 2281, 1711)  # 4, 8, 12, 16 gauss
_LIS3MDL_TEMPERATURE = Scale(1 / 8, origin=25.0)
_CONTINUOUS, _SINGLE, _IDLE = 0, 1, 3
_RESET, _BOOT = 5, 20_000  # microseconds


class Lis2mdl(Sensor):
    """One range, ±49.152 gauss."""

    NAME = "LIS2MDL"
    REGISTERS = _LIS2MDL

    @property
    def deaf(self) -> bool:
        return bool(self["CFG_REG_C"] & 0x20)

    @property
    def _together(self) -> bool:
        return bool(self["CFG_REG_C"] & 0x10)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("magnetic"), Output("temperature")]
        outputs[0].scale, outputs[1].scale = _LIS2MDL_SCALE, _LIS2MDL_TEMPERATURE
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"magnetic": Shown(0x68, 3), "temperature": Shown(0x6E, 1)}

    def _configure(self) -> None:
        control = self["CFG_REG_A"]
        rate = _LIS2MDL_RATES[control >> 2 & 3] if control & 3 == _CONTINUOUS else OFF
        for quantity in self.outputs:
            self._run(quantity, rate)

    def _written(self, name: str, old: int) -> None:
        if name != "CFG_REG_A":
            return
        if self[name] & 0x20:
            self._power_on()
            self[name] |= 0x20
            self._clear_later(name, 0x20, _RESET)
        elif self[name] & 0x40:
            self._clear_later(name, 0x40, _BOOT)
        elif self[name] & 3 == _SINGLE:
            self._convert()
            self[name] |= _IDLE


class Iis2mdc(Lis2mdl):
    """The same for industry; its SPI has three wires only."""

    NAME = "IIS2MDC"
    REGISTERS: ClassVar = {**_LIS2MDL, **registers("62 CFG_REG_C 00 7B")}


class Lis3mdl(MarkedIncrement, Sensor):
    """Four ranges, and rates beyond 80 Hz where FAST_ODR asks for them."""

    NAME = "LIS3MDL"
    REGISTERS = _LIS3MDL

    @property
    def _together(self) -> bool:
        return bool(self["CTRL_REG5"] & 0x40)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("magnetic"), Output("temperature")]
        outputs[1].scale = _LIS3MDL_TEMPERATURE
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"magnetic": Shown(0x28, 3), "temperature": Shown(0x2E, 1)}

    def _configure(self) -> None:
        control, mode = self["CTRL_REG1"], self["CTRL_REG3"]
        rate = _LIS3MDL_FAST[control >> 5 & 3] if control & 0x02 else _LIS3MDL_RATES[control >> 2 & 7]
        if mode & 0x20:
            rate = _LIS3MDL_RATES[0]
        rate = rate if mode & 3 == _CONTINUOUS else OFF
        self.outputs["magnetic"].scale = Scale(1 / _COUNTS_PER_GAUSS[self["CTRL_REG2"] >> 5 & 3])
        self._run("magnetic", rate)
        self._run("temperature", rate if control & 0x80 else OFF)

    def _written(self, name: str, old: int) -> None:
        if name == "CTRL_REG2" and self[name] & 0x04:
            self._power_on()
            self[name] |= 0x04
            self._clear_later(name, 0x04, _RESET)
        elif name == "CTRL_REG2" and self[name] & 0x08:
            self._clear_later(name, 0x08, _BOOT)
        elif name == "CTRL_REG3" and self[name] & 3 == _SINGLE:
            self._convert()
            self[name] |= _IDLE
