"""Devices of which little matters: plain registers, read-only identity, the CRC unit, the independent watchdog."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bitloop_hil.benches.virtual.clock import SECOND, Event
from bitloop_hil.benches.virtual.devices.device import Device, Services
from bitloop_hil.benches.virtual.devices.registers import WordDevice


class Fixed(WordDevice):
    """Words that are as the factory made them."""

    def store(self, offset: int, value: int) -> None:
        pass

    def changes_nothing(self, offset: int, value: int) -> bool:
        return True


class Block(WordDevice):
    """Registers that keep what is written, but for those that are fixed."""

    def __init__(self, reset_values: Mapping[int, int], fixed: Mapping[int, int] | None = None) -> None:
        super().__init__({**reset_values, **(fixed or {})})
        self._fixed = frozenset(fixed or {})

    def store(self, offset: int, value: int) -> None:
        if offset not in self._fixed:
            super().store(offset, value)


class Clocked(Device):
    """A device whose clock the RCC can hold: without it registers read 0 and writes are lost."""

    def __init__(self, device: Device, name: str, clocked: Callable[[], bool], note: Callable[[str], None]) -> None:
        self.device = device
        self._name, self._clocked, self._note = name, clocked, note

    def reset(self) -> None:
        self.device.reset()

    def read(self, offset: int, size: int) -> int:
        return self.device.read(offset, size) if self._clocked() else 0

    def awaited(self, offset: int) -> bool:
        return self.device.awaited(offset)

    def write(self, offset: int, size: int, value: int) -> None:
        if self._clocked():
            self.device.write(offset, size, value)
        else:
            self._note(f"firmware writes to {self._name.upper()} while its clock is off; the chip ignores that")


def _reversed(value: int, width: int) -> int:
    return int(f"{value:0{width}b}"[::-1], 2)


class Crc(WordDevice):
    """DR, IDR, CR, and in version 2 INIT and POL (RM0008 4, RM0394 14): CRC of up to 32 bits, highest bit first."""

    DR, IDR, CR, INIT, POL = 0x00, 0x04, 0x08, 0x10, 0x14
    _POLYNOMIAL, _ONES = 0x04C11DB7, 0xFFFFFFFF
    _WIDTHS = (32, 16, 8, 7)
    _LANES = (0, 8, 16, 32)  # bits whose order is reversed on the way in

    def __init__(self, version: int) -> None:
        super().__init__({self.INIT: self._ONES, self.POL: self._POLYNOMIAL})
        self._programmable = version == 2
        self._crc = self._ONES

    def reset(self) -> None:
        super().reset()
        self._crc = self._ONES

    def load(self, offset: int) -> int:
        if offset == self.DR:
            width = self._width()
            return _reversed(self._crc, width) if self._control() & 1 << 7 else self._crc
        return super().load(offset)

    def write(self, offset: int, size: int, value: int) -> None:
        if offset == self.DR:
            self._take(value & (1 << 8 * size) - 1, 8 * size)
        elif offset == self.CR and value & 1:
            self.words[self.CR] = value & 0xF8
            self._crc = self.words[self.INIT] & (1 << self._width()) - 1
        else:
            super().write(offset, size, value)
            if offset == self.INIT:
                self._crc = self.words[self.INIT]

    def _control(self) -> int:
        return self.words.get(self.CR, 0) if self._programmable else 0

    def _width(self) -> int:
        return self._WIDTHS[self._control() >> 3 & 3]

    def _take(self, value: int, bits: int) -> None:
        lane = min(self._LANES[self._control() >> 5 & 3], bits)
        if lane:
            parts = (_reversed(value >> at & (1 << lane) - 1, lane) << at for at in range(0, bits, lane))
            value = sum(parts)
        width = self._width()
        mask = (1 << width) - 1
        polynomial = self.words[self.POL] & mask if self._programmable else self._POLYNOMIAL
        for bit in reversed(range(bits)):
            top = self._crc >> width - 1 & 1 ^ value >> bit & 1
            self._crc = (self._crc << 1 ^ (polynomial if top else 0)) & mask


class Watchdog(WordDevice):
    """The independent watchdog (IWDG): once started it wants to be fed in time, and nothing stops it but a reset."""

    KR, PR, RLR, SR = 0x00, 0x04, 0x08, 0x0C
    _START, _FEED, _UNLOCK = 0xCCCC, 0xAAAA, 0x5555

    def __init__(self, services: Services, hertz: int, expired: Callable[[], None]) -> None:
        """`hertz` is the low-speed oscillator's; `expired` resets the chip."""
        super().__init__({self.RLR: 0xFFF})
        self._services, self._hertz, self._expired = services, hertz, expired
        self._event: Event | None = None
        self._unlocked = False

    def reset(self) -> None:
        super().reset()
        if self._event is not None:
            self._event.cancel()
        self._event, self._unlocked = None, False

    def load(self, offset: int) -> int:
        return 0 if offset == self.KR else super().load(offset)

    def store(self, offset: int, value: int) -> None:
        if offset == self.KR:
            self._unlocked = value == self._UNLOCK
            if value == self._START or (value == self._FEED and self._event is not None):
                self._feed()
        elif self._unlocked and offset in (self.PR, self.RLR):
            super().store(offset, value & (7 if offset == self.PR else 0xFFF))

    def changes_nothing(self, offset: int, value: int) -> bool:
        return offset == self.KR and value == self._FEED and self._event is None and not self._unlocked

    def _feed(self) -> None:
        if self._event is not None:
            self._event.cancel()
        ticks = (self.words[self.RLR] + 1) * (4 << min(self.words.get(self.PR, 0), 6))
        self._event = self._services.clock.after(ticks * SECOND // self._hertz, self._bite)

    def _bite(self) -> None:
        self._services.note("the independent watchdog was not fed in time and has reset the chip")
        self._expired()
