"""The cycle counter of the DWT (DDI 0403E C1.8); comparators are there to be written and read back."""

from __future__ import annotations

from collections.abc import Callable

from bitloop_hil.benches.virtual.devices.device import Device

PAGE = 0xE0001000
_CONTROL, _CYCLES = 0x000, 0x004
_CYCLES_ENABLE = 1
_RAPID = 16  # reads in a row, each so few cycles after the one before, are a delay loop: it needs no exact answers
_NEAR = 64


class Dwt(Device):
    """`count` is the cycles now, `exact` those before the instruction that reads, which takes the bench longer."""

    def __init__(self, control: int, counts: bool, count: Callable[[], int], exact: Callable[[], int]) -> None:
        self._first, self._counts = control, counts
        self._count, self._exact = count, exact
        self.traced = False
        self.reset()

    def reset(self) -> None:
        self._words = {_CONTROL: self._first}
        self._from = 0
        self._last = self._reads = 0

    @property
    def running(self) -> bool:
        """DEMCR.TRCENA and CYCCNTENA."""
        return self._counts and self.traced and bool(self._words[_CONTROL] & _CYCLES_ENABLE)

    def trace(self, on: bool) -> None:
        """DEMCR.TRCENA: the counter stands while it is off."""
        self._hold()
        self.traced = on
        self._go_on()

    def read(self, offset: int, size: int) -> int:
        if offset & ~3 == _CYCLES and self.running:
            return (self._now() - self._from & 0xFFFFFFFF) >> 8 * (offset & 3) & (1 << 8 * size) - 1
        return self._words.get(offset & ~3, 0) >> 8 * (offset & 3) & (1 << 8 * size) - 1

    def write(self, offset: int, size: int, value: int) -> None:
        self._hold()
        if offset == _CONTROL:
            value = value & ~0xF0000000 | self._first & 0xF0000000
        self._words[offset] = value
        self._go_on()

    def _hold(self) -> None:
        if self.running:
            self._words[_CYCLES] = self._count() - self._from & 0xFFFFFFFF

    def _go_on(self) -> None:
        if self.running:
            self._from = self._count() - self._words.get(_CYCLES, 0)

    def _now(self) -> int:
        now = self._count()
        self._reads = self._reads + 1 if now - self._last <= _NEAR else 0
        self._last = now
        return now if self._reads > _RAPID else self._exact()
