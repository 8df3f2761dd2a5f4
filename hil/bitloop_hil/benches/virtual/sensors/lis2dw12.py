"""LIS2DW12 and IIS2DLPC: accelerometers of 14 (in the lowest power mode 12) bits with a FIFO of 32 samples.

Data sheets DS11900 and DS12263: section 8 the registers, 2.1 the sensitivities. Not modelled: filters, interrupts,
conversions on demand.
"""

from __future__ import annotations

from fractions import Fraction

from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import Shown, registers
from bitloop_hil.benches.virtual.sensors.sample_fifo import STREAM_MODES, Fill
from bitloop_hil.benches.virtual.sensors.windowed import Windowed

_REGISTERS = registers("""
    0F WHO_AM_I 44 00
    20 CTRL1 00 FF
    21 CTRL2 04 DF
    22 CTRL3 00 FF
    23 CTRL4_INT1_PAD_CTRL 00 FF
    24 CTRL5_INT2_PAD_CTRL 00 FF
    25 CTRL6 00 FC
    26 OUT_T 00 00
    27 STATUS 00 00
    2E FIFO_CTRL 00 FF
    2F FIFO_SAMPLES 00 00
    30 TAP_THS_X 00 FF
    31 TAP_THS_Y 00 FF
    32 TAP_THS_Z 00 FF
    33 INT_DUR 00 FF
    34 WAKE_UP_THS 00 FF
    35 WAKE_UP_DUR 00 FF
    36 FREE_FALL 00 FF
    37 STATUS_DUP 00 00
    38 WAKE_UP_SRC 00 00
    39 TAP_SRC 00 00
    3A SIXD_SRC 00 00
    3B ALL_INT_SRC 00 00
    3C X_OFS_USR 00 FF
    3D Y_OFS_USR 00 FF
    3E Z_OFS_USR 00 FF
    3F CTRL7 00 FF
""")
_HIGH_PERFORMANCE = rates("0 12.5 12.5 25 50 100 200 400 800 1600")
_LOW_POWER = rates("0 1.6 12.5 25 50 100 200 200 200 200")
_G_PER_COUNT = (0.244e-3, 0.488e-3, 0.976e-3, 1.952e-3)  # of 14 bits: 2, 4, 8, 16 g
_FIRST_LOW_POWER = 4  # times coarser: 12 bits
_TEMPERATURE = Scale(1 / 16, -(1 << 11), (1 << 11) - 1, 4, 25.0)
_RESET, _BOOT = 5, 20_000  # microseconds


class Lis2dw12(Windowed):
    """Modes and resolutions follow CTRL1, the range CTRL6."""

    NAME = "LIS2DW12"
    REGISTERS = _REGISTERS

    @property
    def deaf(self) -> bool:
        return bool(self["CTRL2"] & 0x02)

    @property
    def _increments(self) -> bool:
        return bool(self["CTRL2"] & 0x04)

    @property
    def _together(self) -> bool:
        return bool(self["CTRL2"] & 0x08)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("acceleration"), Output("temperature")]
        outputs[1].scale = _TEMPERATURE
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"acceleration": Shown(0x28, 3), "temperature": Shown(0x0D, 1)}

    def _configure(self) -> None:
        control = self["CTRL1"]
        rate, bits = self._rate(control >> 4, control >> 2 & 3), 14
        step = _G_PER_COUNT[self["CTRL6"] >> 4 & 3]
        if not control & 0x0F:
            step, bits = step * _FIRST_LOW_POWER, 12
        half = 1 << bits - 1
        self.outputs["acceleration"].scale = Scale(step, -half, half - 1, 16 - bits)
        self._run("acceleration", rate)
        self._run("temperature", min(rate, Fraction(50)))
        self.fifo.configure(STREAM_MODES.get(self["FIFO_CTRL"] >> 5, Fill.OFF))

    def _rate(self, code: int, mode: int) -> Fraction:
        table = {0: _LOW_POWER, 1: _HIGH_PERFORMANCE}.get(mode)
        return table[code] if table and code < len(table) else OFF

    def _written(self, name: str, old: int) -> None:
        if name == "CTRL2" and self[name] & 0x40:
            self._power_on()
            self[name] |= 0x40
            self._clear_later(name, 0x40, _RESET)
        elif name == "CTRL2" and self[name] & 0x80:
            self._clear_later(name, 0x80, _BOOT)
        elif name == "CTRL1" and self[name] >> 2 & 3 == 2:
            self._note(f"conversions on demand of the {self.NAME} are not modelled")

    def _read(self, address: int) -> int:
        name = self.REGISTERS[address].name if address in self.REGISTERS else ""
        reached = self["FIFO_CTRL"] & 0x1F != 0 and self.fifo.level >= self["FIFO_CTRL"] & 0x1F
        if name in ("STATUS", "STATUS_DUP"):
            return reached << 7 | self.shown["acceleration"].ready
        if name == "FIFO_SAMPLES":
            return reached << 7 | self.fifo.lost << 6 | self.fifo.level
        if name == "OUT_T":  # degrees from 25 on
            return super()._read(0x0E)
        return super()._read(address)


class Iis2dlpc(Lis2dw12):
    """The same registers for industry."""

    NAME = "IIS2DLPC"
