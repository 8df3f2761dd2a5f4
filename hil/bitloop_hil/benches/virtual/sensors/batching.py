"""What chips of the LSM6 family share that batch their samples in a tagged FIFO."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import ClassVar

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.sensors.lsm6 import Lsm6
from bitloop_hil.benches.virtual.sensors.output import OFF
from bitloop_hil.benches.virtual.sensors.tagged_fifo import (
    ACCELEROMETER,
    GYROSCOPE,
    TEMPERATURE,
    TaggedFifo,
    with_parity,
)

_TAGS = {GYROSCOPE: "rotation", ACCELEROMETER: "acceleration", TEMPERATURE: "temperature"}
_FIRST, _LAST = 0x78, 0x7E  # of a word in the FIFO
_TIMESTAMP = 0x40  # four bytes
_NANOSECOND = SECOND // 10**9


class Batching(Lsm6):
    """Two bytes of the FIFO's status are from `FIFO_STATUS` on; a bit of the register `TIMED` starts timestamps."""

    FIFO_STATUS: ClassVar[int] = 0x3A
    TIMED: ClassVar[tuple[str, int]] = ("CTRL10_C", 0x20)
    TIMESTAMP_NS: ClassVar[int] = 25_000
    TEMPERATURE_RATE: ClassVar[Fraction] = Fraction(52)

    def __init__(self, now: Callable[[], int], note: Callable[[str], None]) -> None:
        self._fifo = self._make_fifo()
        super().__init__(now, note)

    def restart(self) -> None:
        super().restart()
        self._fifo.restart()

    def after(self, address: int) -> int:
        return _FIRST if address == _LAST else super().after(address)

    def _make_fifo(self) -> TaggedFifo:
        return TaggedFifo(512, with_parity)

    @abstractmethod
    def _configure_motion(self) -> None:
        """Rates and scales of accelerometer and gyroscope."""

    @abstractmethod
    def _batches(self) -> dict[int, Fraction]:
        """Rates at which the FIFO takes samples, by tag."""

    @property
    @abstractmethod
    def _threshold(self) -> int:
        """Words that the watermark is at."""

    def _configure(self) -> None:
        self._configure_motion()
        on = any(output.rate for quantity, output in self.outputs.items() if quantity != "temperature")
        self._run("temperature", self.TEMPERATURE_RATE if on else OFF)
        self._fifo.threshold = self._threshold
        self._fifo.stops_at_threshold = bool(self["FIFO_CTRL2"] & 0x80)
        batches = {
            tag: min(rate * self._deviation, self.outputs[_TAGS[tag]].rate) for tag, rate in self._batches().items()
        }
        self._fifo.configure(self["FIFO_CTRL4"] & 7, batches, self._synced)

    def _arrived(self, now: int) -> None:
        sources = {tag: self.outputs[quantity] for tag, quantity in _TAGS.items() if quantity in self.outputs}
        self._fifo.fill(sources, now)

    def _written(self, name: str, old: int) -> None:
        super()._written(name, old)
        value = self[name]
        if name == "FUNC_CFG_ACCESS" and value & 0xC0:
            self._note(f"the {self.NAME}'s banks of embedded functions are not modelled")
        elif (name == "FIFO_CTRL2" and value & 0x50) or (name == "FIFO_CTRL4" and value & 0xC0):
            self._note(f"compression and timestamps in the {self.NAME}'s FIFO are not modelled")

    def _read(self, address: int) -> int:
        if _FIRST <= address <= _LAST:
            return self._fifo.read(address - _FIRST)
        if 0 <= (place := address - self.FIFO_STATUS) <= 1:
            value = self._fifo.status()[place]
            if place == 1:
                self._fifo.forget_overrun()
            return value
        name, bit = self.TIMED
        if _TIMESTAMP <= address < _TIMESTAMP + 4 and self[name] & bit:
            return self._synced // (self.TIMESTAMP_NS * _NANOSECOND) >> 8 * (address - _TIMESTAMP) & 0xFF
        return super()._read(address)

    def _power_on(self) -> None:
        self._fifo.clear()
        super()._power_on()
