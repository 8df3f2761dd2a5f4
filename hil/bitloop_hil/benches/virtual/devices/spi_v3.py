"""SPI as a controller, of version 3 (H7, U5): it counts the frames of a transfer, and starts and ends by itself.

Full duplex with software NSS (RM0433 50, RM0456 62). The FIFOs have 8 bytes, as the smaller ones of the chips. Not
modelled: other modes, CRC, interrupts, DMA requests, autonomous mode.
"""

from __future__ import annotations

from collections.abc import Callable

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.spi import Shifter, SpiBus

_SPE, _MASRX, _CSTART, _CSUSP, _SSI = 1, 1 << 8, 1 << 9, 1 << 10, 1 << 12  # CR1
_MASTER, _LOWEST_FIRST, _SSM = 1 << 22, 1 << 23, 1 << 26  # CFG2
_RXP, _TXP, _DXP, _EOT, _TXTF, _OVR, _MODF, _SUSP, _TXC, _RXWNE = (
    1,
    2,
    4,
    1 << 3,
    1 << 4,
    1 << 6,
    1 << 9,
    1 << 11,
    1 << 12,
    1 << 15,
)
_CLEARABLE = 0xBF8
_DMA_OR_CRC = 3 << 14 | 1 << 22  # CFG1
_OTHER_MODES = 3 << 17 | 7 << 19 | _LOWEST_FIRST  # CFG2: one wire or one direction, TI's frames
_FIFO = 8  # bytes


class SpiV3(Shifter):
    """CR1, CR2, CFG1, CFG2, IER, SR, IFCR, TXDR and RXDR."""

    CR1, CR2, CFG1, CFG2, IER, SR, IFCR, TXDR, RXDR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18, 0x20, 0x30

    def __init__(self, services: Services, bus: SpiBus, hertz: Callable[[], int]) -> None:
        """`hertz` is its kernel clock; 0 while there is none."""
        super().__init__(services, bus, hertz, {self.CFG1: 0x00070007})
        self._flags = self._given = self._left = 0

    def reset(self) -> None:
        super().reset()
        self._flags = 0

    def read(self, offset: int, size: int) -> int:
        if offset != self.RXDR:
            return super().read(offset, size)
        frames = [self._heard.popleft() if self._heard else 0 for _ in range(self._frames(size))]
        self._go_on()
        return sum(frame << 8 * self._bytes * place for place, frame in enumerate(frames))

    def write(self, offset: int, size: int, value: int) -> None:
        if offset != self.TXDR:
            super().write(offset, size, value)
            return
        mask = (1 << 8 * self._bytes) - 1
        for place in range(self._frames(size)):
            self._give(value >> 8 * self._bytes * place & mask)
        self._go_on()

    def load(self, offset: int) -> int:
        if offset != self.SR:
            return 0 if offset in (self.IFCR, self.TXDR) else self.words.get(offset, 0)
        packet = (self.words[self.CFG1] >> 5 & 0xF) + 1
        whole = not self._size or self._given < self._size
        room = (self._depth - len(self._waiting) >= packet) and whole
        here = len(self._heard)
        flags = self._flags | _RXP * (here >= packet) | _TXP * room | _DXP * (here >= packet and room)
        flags |= _TXC * (self._event is None and not self._waiting)
        flags |= min(here % max(1, 4 // self._bytes), 3) << 13 | _RXWNE * (here * self._bytes >= 4)
        return flags | self._left << 16

    def store(self, offset: int, value: int) -> None:
        if offset == self.CR1:
            self._store_control(value)
        elif offset == self.IFCR:
            self._flags &= ~(value & _CLEARABLE)
        elif offset in (self.CR2, self.CFG1, self.CFG2) and self._on:
            self._services.note(f"{self._bus.name} is set up while it is on (SPE), which it ignores")
        elif offset != self.SR:
            self._check(offset, value)
            self.words[offset] = value & 0xFFFF if offset == self.CR2 else value

    @property
    def _on(self) -> int:
        return self.words.get(self.CR1, 0) & _SPE

    @property
    def _size(self) -> int:
        """Frames of a transfer; 0 for one without an end."""
        return self.words.get(self.CR2, 0)

    @property
    def _bytes(self) -> int:
        """Of a frame."""
        return 1 if self.words[self.CFG1] & 0x1F <= 7 else 2

    @property
    def _depth(self) -> int:
        """Frames that wait on each side."""
        return _FIFO // self._bytes

    def _frames(self, size: int) -> int:
        """Frames in one access."""
        return max(1, size // self._bytes)

    def _check(self, offset: int, value: int) -> None:
        name = self._bus.name
        if (offset == self.CFG1 and value & _DMA_OR_CRC) or (offset == self.IER and value):
            self._services.note(f"interrupts, DMA requests and CRC of {name} are not modelled")
        if offset == self.CFG1 and value & 0x1F not in (7, 15):
            self._services.note(f"{name} with frames of {(value & 0x1F) + 1} bits is not modelled")
        if offset == self.CFG2 and (value & _OTHER_MODES or not value & _SSM):
            self._services.note(f"{name} with one wire, NSS of its own or lowest bit first is not modelled")

    def _give(self, frame: int) -> None:
        """Into the FIFO; what comes while it is off or full, or behind the end, is lost."""
        if self._on and len(self._waiting) < self._depth and (not self._size or self._given < self._size):
            self._waiting.append(frame)
            self._given += 1
            self._flags |= _TXTF * (self._given == self._size)

    def _stop(self) -> None:
        super()._stop()
        self._given = self._left = 0

    def _store_control(self, value: int) -> None:
        before = self._on
        config = self.words.get(self.CFG2, 0)
        if value & _SPE and config & _MASTER and config & _SSM and not value & _SSI:
            self._services.note(f"{self._bus.name} sees its own NSS low: set SSI with SSM")
            self._flags |= _MODF
        if self._flags & _MODF:
            value &= ~_SPE
        start = value & _CSTART and before and config & _MASTER
        under_way = before and self.words.get(self.CR1, 0) & _CSTART
        if value & _CSUSP and under_way:
            self._flags |= _SUSP
            under_way = start = 0
        self.words[self.CR1] = value & ~(_CSTART | _CSUSP) | (_CSTART if start or under_way else 0)
        if not value & _SPE:
            self.words[self.CR1] &= ~_CSTART
            self._stop()
        elif not before:
            self._left = self._size
        self._go_on()

    def _go_on(self) -> None:
        control, config = self.words.get(self.CR1, 0), self.words.get(self.CFG2, 0)
        if self._event is not None or not self._waiting or not control & _CSTART:
            return
        if not control & _MASRX or len(self._heard) < self._depth:  # else until somebody fetches what has come
            self._shift(2 << (self.words[self.CFG1] >> 28 & 7), config >> 24 & 3, config >> 4 & 0xF)

    def _received(self, frame: int) -> None:
        if len(self._heard) >= self._depth:
            self._flags |= _OVR
        else:
            self._heard.append(frame)
        if self._size:
            self._left -= 1
            if not self._left:
                self._flags |= _EOT
                self.words[self.CR1] &= ~_CSTART
        self._go_on()
