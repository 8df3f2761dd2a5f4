"""IIS2DH: accelerometer of 12, 10 or 8 bits with a FIFO of 32 samples; the LSM303AGR has it inside.

Its data sheet: register description, mechanical characteristics. Not modelled: filters, interrupts.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import Register, Shown, registers
from bitloop_hil.benches.virtual.sensors.sample_fifo import Fill
from bitloop_hil.benches.virtual.sensors.windowed import MarkedIncrement, Windowed

_REGISTERS = registers("""
    07 STATUS_REG_AUX 00 00
    0F WHO_AM_I 33 00
    1F TEMP_CFG_REG 00 C0
    20 CTRL_REG1 07 FF
    21 CTRL_REG2 00 FF
    22 CTRL_REG3 00 FE
    23 CTRL_REG4 00 FF
    24 CTRL_REG5 00 CF
    25 CTRL_REG6 00 FA
    26 REFERENCE 00 FF
    27 STATUS_REG 00 00
    2E FIFO_CTRL_REG 00 FF
    2F FIFO_SRC_REG 00 00
    30 INT1_CFG 00 FF
    32 INT1_THS 00 7F
    33 INT1_DURATION 00 7F
    34 INT2_CFG 00 FF
    36 INT2_THS 00 7F
    37 INT2_DURATION 00 7F
    38 CLICK_CFG 00 3F
    3A CLICK_THS 00 7F
    3B TIME_LIMIT 00 7F
    3C TIME_LATENCY 00 FF
    3D TIME_WINDOW 00 FF
    3E ACT_THS 00 7F
    3F ACT_DUR 00 FF
""")
_RATES = rates("0 1 10 25 50 100 200 400")
_ONLY_LOW_POWER, _FASTEST, _FASTEST_LOW_POWER = Fraction(1620), Fraction(1344), Fraction(5376)  # codes 8 and 9
_TEMPERATURE = Scale(1.0, -128, 127, 8, 25.0)
_FILLS = (Fill.OFF, Fill.UNTIL_FULL, Fill.ALWAYS, Fill.ALWAYS)
_BOOT = 5_000  # microseconds


class Iis2dh(MarkedIncrement, Windowed):
    """Resolutions follow CTRL_REG1 and CTRL_REG4, as the range does; `G_PER_COUNT` is by bits, for 2, 4, 8, 16 g."""

    NAME = "IIS2DH"
    REGISTERS: ClassVar[Mapping[int, Register]] = _REGISTERS
    G_PER_COUNT: ClassVar[Mapping[int, tuple[float, ...]]] = {
        12: (0.98e-3, 1.95e-3, 3.91e-3, 11.72e-3),
        10: (3.91e-3, 7.81e-3, 15.63e-3, 46.95e-3),
        8: (15.63e-3, 31.25e-3, 62.5e-3, 188.68e-3),
    }

    @property
    def _together(self) -> bool:
        return bool(self["CTRL_REG4"] & 0x80)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("acceleration"), Output("temperature")]
        outputs[1].scale = _TEMPERATURE
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"acceleration": Shown(0x28, 3), "temperature": Shown(0x0C, 1)}

    def _configure(self) -> None:
        low_power, control = bool(self["CTRL_REG1"] & 0x08), self["CTRL_REG4"]
        bits = 8 if low_power else 12 if control & 0x08 else 10
        half = 1 << bits - 1
        step = self.G_PER_COUNT[bits][control >> 4 & 3]
        self.outputs["acceleration"].scale = Scale(step, -half, half - 1, 16 - bits)
        rate = _rate(self["CTRL_REG1"] >> 4, low_power)
        self._run("acceleration", rate)
        self._run("temperature", rate if self["TEMP_CFG_REG"] == 0xC0 else OFF)
        on = self["CTRL_REG5"] & 0x40
        self.fifo.configure(_FILLS[self["FIFO_CTRL_REG"] >> 6] if on else Fill.OFF)

    def _written(self, name: str, old: int) -> None:
        if name == "CTRL_REG5" and self[name] & 0x80:
            self._clear_later(name, 0x80, _BOOT)
        elif name == "CTRL_REG4" and self[name] & 0x40:
            self._note(f"the {self.NAME}'s output with the high byte first is not modelled")

    def _read(self, address: int) -> int:
        if address == self._at["STATUS_REG_AUX"]:
            temperature = self.shown["temperature"]
            return temperature.overrun << 6 | temperature.ready << 2
        if address == self._at["FIFO_SRC_REG"]:
            fifo, mark = self.fifo, self["FIFO_CTRL_REG"] & 0x1F
            reached = bool(mark) and fifo.level > mark
            return reached << 7 | fifo.full << 6 | (not fifo.level) << 5 | min(fifo.level, 31)
        return super()._read(address)


def _rate(code: int, low_power: bool) -> Fraction:
    if code == 8:
        return _ONLY_LOW_POWER if low_power else OFF
    if code == 9:
        return _FASTEST_LOW_POWER if low_power else _FASTEST
    return _RATES[code] if code < len(_RATES) else OFF
