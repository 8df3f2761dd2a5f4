"""LPS22DF and ILPS22QS: barometers whose FIFO of 128 pressures is read through registers of its own.

Their data sheets: register description, sensor characteristics. Not modelled: filters, averages, reference pressure,
interrupts, charge sensing; a single conversion is there at once.
"""

from __future__ import annotations

from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.lps22 import Lps22hh
from bitloop_hil.benches.virtual.sensors.output import Scale, rates
from bitloop_hil.benches.virtual.sensors.registers import registers

_LPS22DF = registers("""
    0B INTERRUPT_CFG 00 F7
    0C THS_P_L 00 FF
    0D THS_P_H 00 7F
    0E IF_CTRL 00 FE
    0F WHO_AM_I B4 00
    10 CTRL_REG1 00 7F
    11 CTRL_REG2 00 BD
    12 CTRL_REG3 01 0B
    13 CTRL_REG4 00 77
    14 FIFO_CTRL 00 0F
    15 FIFO_WTM 00 7F
    16 REF_P_L 00 00
    17 REF_P_H 00 00
    19 I3C_IF_CTRL 80 23
    1A RPDS_L 00 FF
    1B RPDS_H 00 FF
    24 INT_SOURCE 00 00
    25 FIFO_STATUS1 00 00
    26 FIFO_STATUS2 00 00
    27 STATUS 00 00
""")
_ILPS22QS = {
    **{address: one for address, one in _LPS22DF.items() if one.name != "CTRL_REG4"},
    **registers("""
    0E IF_CTRL 00 72
    11 CTRL_REG2 00 FD
    12 CTRL_REG3 01 A1
    14 FIFO_CTRL 00 1F
    19 I3C_IF_CTRL 80 20
"""),
}
_NARROW, _WIDE = Scale(1 / 4096, 260 * 4096, 1260 * 4096), Scale(1 / 2048, 260 * 2048, 4060 * 2048)


class Lps22df(Lps22hh):
    """Its rates have a bit less to their right than those of its predecessors, and its bits another place."""

    NAME = "LPS22DF"
    REGISTERS = _LPS22DF
    ENTRY = ("pressure",)
    FIRST, LAST = 0x78, 0x7A
    RATES = rates("0 1 4 10 25 50 75 100 200")
    RATE_SHIFT = 3

    @property
    def _increments(self) -> bool:
        return bool(self["CTRL_REG3"] & 0x01)

    @property
    def _together(self) -> bool:
        return bool(self["CTRL_REG2"] & 0x08)


class Ilps22qs(Lps22df):
    """Two ranges. Its registers are those of the LPS22DF otherwise."""

    NAME = "ILPS22QS"
    REGISTERS: ClassVar = _ILPS22QS

    def _configure(self) -> None:
        self.outputs["pressure"].scale = _WIDE if self["CTRL_REG2"] & 0x40 else _NARROW
        super()._configure()

    def _written(self, name: str, old: int) -> None:
        super()._written(name, old)
        if (name == "CTRL_REG3" and self[name] & 0xA0) or (name == "FIFO_CTRL" and self[name] & 0x10):
            self._note("charge sensing of the ILPS22QS is not modelled")
