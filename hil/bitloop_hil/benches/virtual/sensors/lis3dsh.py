"""LIS3DSH: accelerometer of 16 bits with a FIFO of 32 samples.

Data sheet DocID022405: section 8 the registers, 2.1 the sensitivities. Not modelled: state machines, interrupts,
filters.
"""

from __future__ import annotations

from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import Shown, registers
from bitloop_hil.benches.virtual.sensors.sample_fifo import STREAM_MODES, Fill
from bitloop_hil.benches.virtual.sensors.windowed import Windowed

_REGISTERS = registers("""
    0D INFO1 21 00
    0E INFO2 00 00
    0F WHO_AM_I 3F 00
    10 OFF_X 00 FF
    11 OFF_Y 00 FF
    12 OFF_Z 00 FF
    13 CS_X 00 FF
    14 CS_Y 00 FF
    15 CS_Z 00 FF
    16 LC_L 01 FF
    17 LC_H 00 FF
    18 STAT 00 00
    1B VFC_1 00 FF
    1C VFC_2 00 FF
    1D VFC_3 00 FF
    1E VFC_4 00 FF
    1F THRS3 00 FF
    20 CTRL_REG4 07 FF
    21 CTRL_REG1 00 F9
    22 CTRL_REG2 00 F9
    23 CTRL_REG3 00 FD
    24 CTRL_REG5 00 FF
    25 CTRL_REG6 10 FF
    27 STATUS 00 00
    2E FIFO_CTRL 00 FF
    2F FIFO_SRC 00 00
""")
_RATES = rates("0 3.125 6.25 12.5 25 50 100 400 800 1600")
_G_PER_COUNT = (0.06e-3, 0.12e-3, 0.18e-3, 0.24e-3, 0.73e-3)  # 2, 4, 6, 8, 16 g
_TEMPERATURE = Scale(1.0, -128, 127, 0, 25.0)
_BOOT = 5_000  # microseconds


class Lis3dsh(Windowed):
    """Rates follow CTRL_REG4, ranges CTRL_REG5, the FIFO CTRL_REG6."""

    NAME = "LIS3DSH"
    REGISTERS = _REGISTERS
    STATUS = "STATUS"

    @property
    def _increments(self) -> bool:
        return bool(self["CTRL_REG6"] & 0x10)

    @property
    def _together(self) -> bool:
        return bool(self["CTRL_REG4"] & 0x08)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("acceleration"), Output("temperature")]
        outputs[1].scale = _TEMPERATURE
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"acceleration": Shown(0x28, 3), "temperature": Shown(0x0C, 1, 1)}

    def _configure(self) -> None:
        code, full = self["CTRL_REG4"] >> 4, self["CTRL_REG5"] >> 3 & 7
        rate = _RATES[code] if code < len(_RATES) else OFF
        if full < len(_G_PER_COUNT):
            self.outputs["acceleration"].scale = Scale(_G_PER_COUNT[full])
        self._run("acceleration", rate)
        self._run("temperature", rate)
        on = self["CTRL_REG6"] & 0x40
        self.fifo.configure(STREAM_MODES.get(self["FIFO_CTRL"] >> 5, Fill.OFF) if on else Fill.OFF)

    def _written(self, name: str, old: int) -> None:
        if name == "CTRL_REG3" and self[name] & 0x01:
            self._power_on()
        elif name == "CTRL_REG6" and self[name] & 0x80:
            self._clear_later(name, 0x80, _BOOT)
        elif name == "CTRL_REG4" and self[name] & 7 != 7:
            self._note("axes of the LIS3DSH that are switched off are modelled as switched on")

    def _read(self, address: int) -> int:
        if address == self._at["FIFO_SRC"]:
            fifo, mark = self.fifo, self["FIFO_CTRL"] & 0x1F
            return (mark and fifo.level >= mark) << 7 | fifo.full << 6 | (not fifo.level) << 5 | min(fifo.level, 31)
        return super()._read(address)
