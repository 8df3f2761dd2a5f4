"""LPS22HB and LPS22HH: barometers with FIFOs of 32 and 128 pairs of pressure and temperature.

Data sheets DocID027083 and DS12503: section 9 the registers, 2.1 the sensitivities. Not modelled: filters, reference
pressure, interrupts; a single conversion is there at once.
"""

from __future__ import annotations

from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import Shown, registers
from bitloop_hil.benches.virtual.sensors.sample_fifo import STREAM_MODES, Fill
from bitloop_hil.benches.virtual.sensors.windowed import Windowed

_LPS22HB = registers("""
    0B INTERRUPT_CFG 00 FF
    0C THS_P_L 00 FF
    0D THS_P_H 00 FF
    0F WHO_AM_I B1 00
    10 CTRL_REG1 00 7F
    11 CTRL_REG2 10 FD
    12 CTRL_REG3 00 FF
    14 FIFO_CTRL 00 FF
    15 REF_P_XL 00 FF
    16 REF_P_L 00 FF
    17 REF_P_H 00 FF
    18 RPDS_L 00 FF
    19 RPDS_H 00 FF
    1A RES_CONF 00 03
    25 INT_SOURCE 00 00
    26 FIFO_STATUS 00 00
    27 STATUS 00 00
    33 LPFP_RES 00 00
""")
_LPS22HH = registers("""
    0B INTERRUPT_CFG 00 FF
    0C THS_P_L 00 FF
    0D THS_P_H 00 7F
    0E IF_CTRL 00 FF
    0F WHO_AM_I B3 00
    10 CTRL_REG1 00 7F
    11 CTRL_REG2 10 F7
    12 CTRL_REG3 00 3F
    13 FIFO_CTRL 00 0F
    14 FIFO_WTM 00 7F
    15 REF_P_L 00 00
    16 REF_P_H 00 00
    18 RPDS_L 00 FF
    19 RPDS_H 00 FF
    24 INT_SOURCE 00 00
    25 FIFO_STATUS1 00 00
    26 FIFO_STATUS2 00 00
    27 STATUS 00 00
""")
_PRESSURE = Scale(1 / 4096, 260 * 4096, 1260 * 4096)
_TEMPERATURE = Scale(1 / 100)
_RESET, _BOOT = 10, 2_200  # microseconds


class Lps22hb(Windowed):
    """The FIFO is read through the output registers."""

    NAME = "LPS22HB"
    REGISTERS = _LPS22HB
    STATUS = "STATUS"
    ENTRY: ClassVar[tuple[str, ...]] = ("pressure", "temperature")
    LAST = 0x2C
    RATES: ClassVar = rates("0 1 10 25 50 75")
    RATE_SHIFT: ClassVar[int] = 4  # in CTRL_REG1
    RESET: ClassVar[int] = 0x04  # in CTRL_REG2

    @property
    def deaf(self) -> bool:
        return bool(self["CTRL_REG2"] & 0x08)

    @property
    def _increments(self) -> bool:
        return bool(self["CTRL_REG2"] & 0x10)

    @property
    def _together(self) -> bool:
        return bool(self["CTRL_REG1"] & 0x02)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("pressure"), Output("temperature")]
        outputs[0].scale, outputs[1].scale = _PRESSURE, _TEMPERATURE
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"pressure": Shown(0x28, 1, 3), "temperature": Shown(0x2B, 1)}

    def _configure(self) -> None:
        code = self["CTRL_REG1"] >> self.RATE_SHIFT
        for quantity in self.outputs:
            self._run(quantity, self.RATES[code] if code < len(self.RATES) else OFF)
        self._configure_fifo()

    def _configure_fifo(self) -> None:
        on = self["CTRL_REG2"] & 0x40
        limit = self._mark if self["CTRL_REG2"] & 0x20 else 0
        self.fifo.configure(STREAM_MODES.get(self["FIFO_CTRL"] >> 5, Fill.OFF) if on else Fill.OFF, limit)

    @property
    def _mark(self) -> int:
        """Level of the watermark."""
        return self["FIFO_CTRL"] & 0x1F

    def _written(self, name: str, old: int) -> None:
        if name != "CTRL_REG2":
            return
        if self[name] & self.RESET:
            self._power_on()
            self[name] |= self.RESET
            self._clear_later(name, self.RESET, _RESET)
        elif self[name] & 0x80:
            self._clear_later(name, 0x80, _BOOT)
        if self[name] & 0x01:
            if not self["CTRL_REG1"] >> self.RATE_SHIFT:
                self._convert()
            self[name] &= ~0x01

    def _status(self) -> int:
        pressure, temperature = self.shown["pressure"], self.shown["temperature"]
        return temperature.overrun << 5 | pressure.overrun << 4 | temperature.ready << 1 | pressure.ready

    def _read(self, address: int) -> int:
        if address == 0x26:
            reached = bool(self._mark) and self.fifo.level >= self._mark
            return reached << 7 | self.fifo.lost << 6 | self.fifo.level
        return super()._read(address)


class Lps22hh(Lps22hb):
    """The FIFO is read through registers of its own, from 78 on."""

    NAME = "LPS22HH"
    REGISTERS = _LPS22HH
    MAX_I2C = 1_000_000
    DEPTH = 128
    FIRST, LAST = 0x78, 0x7C
    RATES = rates("0 1 10 25 50 75 100 200")
    _MODES: ClassVar = (Fill.OFF, Fill.UNTIL_FULL, Fill.ALWAYS, Fill.ALWAYS)

    @property
    def deaf(self) -> bool:
        return bool(self["IF_CTRL"] & 0x40)

    @property
    def _window_on(self) -> bool:
        return True

    def _configure_fifo(self) -> None:
        control = self["FIFO_CTRL"]
        triggered = control & 0x04  # bypass before the trigger, but for mode 3: continuous before it
        mode = Fill.ALWAYS if control & 3 == 3 else Fill.OFF if triggered else self._MODES[control & 3]
        self.fifo.configure(mode, self._mark if control & 0x08 else 0)

    @property
    def _mark(self) -> int:
        return self["FIFO_WTM"]

    def _read(self, address: int) -> int:
        if address == 0x25:
            return self.fifo.level
        if address == 0x26:
            reached = bool(self._mark) and self.fifo.level >= self._mark
            return reached << 7 | self.fifo.lost << 6 | self.fifo.full << 5
        return Windowed._read(self, address)
