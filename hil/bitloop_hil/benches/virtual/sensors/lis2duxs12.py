"""LIS2DUXS12: accelerometer that sleeps until it is called, with a FIFO of 128 tagged words.

Its data sheet (register description, mechanical characteristics) and AN5812 (power modes, FIFO). Not modelled:
filters, interrupts, embedded functions, charge sensing, conversions on demand, words of two samples or timestamps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Scale, Words, rates
from bitloop_hil.benches.virtual.sensors.registers import Shown, registers
from bitloop_hil.benches.virtual.sensors.sensor import MICROSECOND, Sensor
from bitloop_hil.benches.virtual.sensors.tagged_fifo import TaggedFifo, tagged

_REGISTERS = registers("""
    08 EXT_CLK_CFG 00 80
    0C PIN_CTRL 00 FF
    0E WAKE_UP_DUR_EXT 00 10
    0F WHO_AM_I 47 00
    10 CTRL1 10 FF
    11 CTRL2 00 F8
    12 CTRL3 00 FF
    13 CTRL4 00 FB
    14 CTRL5 00 FF
    15 FIFO_CTRL 00 EF
    16 FIFO_WTM 00 FF
    17 INTERRUPT_CFG 00 AF
    18 SIXD 00 E0
    1C WAKE_UP_THS 00 7F
    1D WAKE_UP_DUR 00 FF
    1E FREE_FALL 00 FF
    1F MD1_CFG 00 BF
    20 MD2_CFG 00 BF
    21 WAKE_UP_SRC 00 00
    22 TAP_SRC 00 00
    23 SIXD_SRC 00 00
    24 ALL_INT_SRC 00 00
    25 STATUS 00 00
    26 FIFO_STATUS1 00 00
    27 FIFO_STATUS2 00 00
    31 AH_QVAR_CFG 00 FE
    32 SELF_TEST 00 31
    33 I3C_IF_CTRL 00 A3
    3D SLEEP 00 01
    3E EN_DEVICE_CONFIG 00 01
    3F FUNC_CFG_ACCESS 00 81
    47 FIFO_BATCH_DEC 00 1F
    6F TAP_CFG0 00 FE
    70 TAP_CFG1 00 FF
    71 TAP_CFG2 00 FF
    72 TAP_CFG3 00 FF
    73 TAP_CFG4 00 BF
    74 TAP_CFG5 00 FF
    75 TAP_CFG6 00 FF
""")
_RATES = rates("0 1.6 3 25 6 12.5 25 50 100 200 400 800")
_G_PER_COUNT = (0.061e-3, 0.122e-3, 0.244e-3, 0.488e-3)  # 2, 4, 8, 16 g
_TEMPERATURE = Scale(16 / 355.5, -(1 << 11), (1 << 11) - 1, 4, 25.0)
_NARROWEST = {4: 3, 5: 2, 6: 1}  # BW that slow rates need in low power
_ON_DEMAND = (14, 15)  # codes of rates
_ACCELERATION = 2  # its tag
_FIRST, _LAST = 0x40, 0x46  # of a word in the FIFO
_NEVER = 7  # of BDR_XL
_RESET, _BOOT, _WAKE = 50, 25_000, 25_000  # microseconds


@dataclass(frozen=True, slots=True)
class _Packed:
    """The twelve upper bits of three axes and of the temperature, in 48 bits."""

    acceleration: Output
    temperature: Output

    def value_at(self, moment: Fraction) -> Words:
        upper = [
            int(word) >> 4 & 0xFFF for one in (self.acceleration, self.temperature) for word in one.value_at(moment)
        ]
        together = sum(word << 12 * place for place, word in enumerate(upper))
        return np.frombuffer(together.to_bytes(6, "little"), "<i2").astype(np.int32)


class Lis2duxs12(Sensor):
    """It is in deep power-down from power-on until its address is called on I²C, and answers 25 ms later."""

    NAME = "LIS2DUXS12"
    REGISTERS = _REGISTERS
    STATUS = "STATUS"
    MAX_I2C = 1_000_000

    def __init__(self, now: Callable[[], int], note: Callable[[str], None]) -> None:
        self._fifo = TaggedFifo(128, tagged)
        self._awake_from: int | None = None
        super().__init__(now, note)

    def restart(self) -> None:
        super().restart()
        self._fifo.restart()
        if self._awake_from is not None:
            self._awake_from = 0

    def called(self) -> bool:
        if self._awake_from is None:
            self._awake_from = self._now() + _WAKE * MICROSECOND
        return self._now() >= self._awake_from

    def after(self, address: int) -> int:
        return _FIRST if address == _LAST else super().after(address)

    @property
    def _increments(self) -> bool:
        return bool(self["CTRL1"] & 0x10)

    @property
    def _together(self) -> bool:
        return bool(self["CTRL4"] & 0x20)

    def _make_outputs(self) -> list[Output]:
        outputs = [Output("acceleration"), Output("temperature")]
        outputs[1].scale = _TEMPERATURE
        return outputs

    def _make_shown(self) -> dict[str, Shown]:
        return {"acceleration": Shown(0x28, 3), "temperature": Shown(0x2E, 1)}

    def _configure(self) -> None:
        code, decimation = self["CTRL5"] >> 4, self["FIFO_BATCH_DEC"] & 7
        rate = _RATES[code] if code < len(_RATES) else OFF
        self.outputs["acceleration"].scale = Scale(_G_PER_COUNT[self["CTRL5"] & 3])
        for quantity in self.outputs:
            self._run(quantity, rate)
        self._fifo.threshold = self["FIFO_WTM"] & 0x7F
        self._fifo.stops_at_threshold = bool(self["FIFO_CTRL"] & 0x08)
        batched = OFF if decimation == _NEVER else self.outputs["acceleration"].rate / (1 << decimation)
        mode = self["FIFO_CTRL"] & 7 if self["CTRL4"] & 0x08 else 0
        self._fifo.configure(mode, {_ACCELERATION: batched}, self._synced)

    def _arrived(self, now: int) -> None:
        acceleration = self.outputs["acceleration"]
        packed = _Packed(acceleration, self.outputs["temperature"])
        self._fifo.fill({_ACCELERATION: acceleration if self["FIFO_WTM"] & 0x80 else packed}, now)

    def _written(self, name: str, old: int) -> None:
        if name == "CTRL1" and self[name] & 0x20:
            self._power_on()
            self[name] |= 0x20
            self._clear_later(name, 0x20, _RESET)
        elif name == "CTRL4" and self[name] & 0x01:
            self._clear_later(name, 0x01, _BOOT)
        elif name == "SLEEP" and self[name] & 0x01:
            self._power_on()
            self._awake_from = None
        elif name == "CTRL5" and self[name] >> 4 in _ON_DEMAND:
            self._note(f"conversions on demand of the {self.NAME} are not modelled")
        elif (
            name == "CTRL5" and not self["CTRL3"] & 0x04 and self[name] >> 2 & 3 < _NARROWEST.get(self[name] >> 4, 0)
        ):
            self._note(f"the {self.NAME} does not have that bandwidth at that rate in low power")
        elif name == "FUNC_CFG_ACCESS" and self[name] & 0x80:
            self._note(f"the {self.NAME}'s bank of embedded functions is not modelled")
        elif (name == "FIFO_CTRL" and self[name] & 0xC0) or (name == "FIFO_BATCH_DEC" and self[name] & 0x18):
            self._note(f"two samples in a word of the {self.NAME}'s FIFO, and timestamps there, are not modelled")

    def _status(self) -> int:
        return int(self.shown["acceleration"].ready)

    def _read(self, address: int) -> int:
        if _FIRST <= address <= _LAST:
            return self._fifo.read(address - _FIRST)
        if address == self._at["FIFO_STATUS1"]:
            return self._fifo.reached << 7 | self._fifo.lost << 6
        if address == self._at["FIFO_STATUS2"]:
            return self._fifo.level
        return super()._read(address)

    def _power_on(self) -> None:
        self._fifo.clear()
        super()._power_on()
