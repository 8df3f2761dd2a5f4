"""Sensors whose output registers are a window into their FIFO while it is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from bitloop_hil.benches.virtual.sensors.output import Words
from bitloop_hil.benches.virtual.sensors.sample_fifo import Fill, SampleFifo
from bitloop_hil.benches.virtual.sensors.sensor import Sensor


class Windowed(Sensor):
    """`ENTRY` names the quantities of an entry; they share a rate. The window is theirs, from FIRST to LAST."""

    DEPTH: ClassVar[int] = 32
    ENTRY: ClassVar[tuple[str, ...]] = ("acceleration",)
    FIRST: ClassVar[int] = 0x28
    LAST: ClassVar[int] = 0x2D

    def __init__(self, now: Callable[[], int], note: Callable[[str], None]) -> None:
        self.fifo = SampleFifo(self.DEPTH)
        super().__init__(now, note)

    def after(self, address: int) -> int:
        return self.FIRST if address == self.LAST and self._window_on else super().after(address)

    @property
    def _window_on(self) -> bool:
        return self.fifo.fill is not Fill.OFF

    def _arrived(self, now: int) -> None:
        batches = [self.outputs[quantity].batch for quantity in self.ENTRY]
        for parts in zip(*batches, strict=True):
            entry = (_bytes(part, self.shown[name].width) for name, part in zip(self.ENTRY, parts, strict=True))
            self.fifo.put(b"".join(entry))

    def _read(self, address: int) -> int:
        if self._window_on and self.FIRST <= address <= self.LAST:
            return self.fifo.read(address - self.FIRST)
        return super()._read(address)

    def _power_on(self) -> None:
        self.fifo.clear()
        super()._power_on()


class MarkedIncrement:
    """Bursts go from register to register where the first byte says so: its highest bit on I²C, the next on SPI."""

    def sub_address(self, value: int) -> tuple[int, bool]:
        """The register, and whether a burst goes on."""
        return value & 0x7F, bool(value & 0x80)

    def command(self, value: int) -> tuple[int, bool]:
        """The same on SPI."""
        return value & 0x3F, bool(value & 0x40)


def _bytes(words: Words, width: int) -> bytes:
    return b"".join(int(word).to_bytes(width, "little", signed=True) for word in words)
