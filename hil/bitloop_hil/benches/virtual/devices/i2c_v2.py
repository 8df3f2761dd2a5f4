"""I²C of version 2 (F0, F7, H7, L0, L4; RM0351 39): TIMINGR, ISR, and a counter of bytes.

Bytes take the time TIMINGR gives them, and wait for the firmware where the chip would hold SCL low.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.i2c import BYTE, I2cController
from bitloop_hil.benches.virtual.devices.targets import I2cBus

_FILTER = 70_000  # picoseconds the analog filter delays an edge of SCL, at least 50 ns (data sheet of the L475, 6.3)


class _Phase(Enum):
    IDLE = "the bus is free, or somebody else's"
    BUSY = "something is on the bus"
    WANTS_BYTE = "SCL is low until there is a byte to send"
    FULL = "SCL is low until a byte was fetched"
    RELOAD = "SCL is low until NBYTES is written"
    DONE = "SCL is low until START or STOP"


class I2cV2(I2cController):
    """CR1, CR2, TIMINGR, ISR, ICR, RXDR and TXDR of a controller."""

    CR1, CR2, TIMINGR, ISR, ICR, RXDR, TXDR = 0x00, 0x04, 0x10, 0x18, 0x1C, 0x24, 0x28
    _TXE, _TXIS, _RXNE, _NACKF, _STOPF, _TC, _TCR, _BUSY = 1, 2, 4, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 15
    _READS, _ADD10, _START, _STOP, _RELOAD, _AUTOEND = 1 << 10, 1 << 11, 1 << 13, 1 << 14, 1 << 24, 1 << 25

    STATUS = ISR
    UNMODELLED = ((CR1, 0xFE, "interrupts"), (CR1, 0xC000, "DMA requests"), (CR1, 0xFF0000, "target mode and SMBus"))

    def __init__(self, services: Services, bus: I2cBus, hertz: Callable[[], int]) -> None:
        super().__init__(services, bus, hertz)
        self._sending: int | None = None
        self._phase = _Phase.IDLE
        self._release()

    def load(self, offset: int) -> int:
        if offset == self.ISR:
            return self._flags | (self._TXE if self._sending is None else 0)
        if offset == self.RXDR:
            return self._fetch()
        if offset == self.CR2:
            return self.words.get(offset, 0) | self._START * self._start_asked | self._STOP * self._stop_asked
        return self.words.get(offset, 0)

    def store(self, offset: int, value: int) -> None:
        self._refuse_unmodelled(offset, value)
        if offset == self.CR1:
            self._store_control(value)
        elif offset == self.CR2:
            self._store_transfer(value)
        elif offset == self.TXDR:
            self._give(value & 0xFF)
        elif offset == self.ICR:
            self._flags &= ~(value & (self._NACKF | self._STOPF))
        elif offset == self.ISR:
            if value & self._TXE:  # flush
                self._sending = None
        elif offset == self.TIMINGR and self._on:
            self._services.note(f"firmware changes TIMINGR of {self._bus.name} while it is enabled")
            self.words[offset] = value
        elif offset != self.RXDR:
            self.words[offset] = value

    @property
    def _on(self) -> bool:
        return bool(self.words.get(self.CR1, 0) & 1)

    def _release(self) -> None:
        self._forget()
        if self._phase is not _Phase.IDLE:
            self._bus.stop()
        self._phase = _Phase.IDLE
        self._flags = self._left = self._shifting = 0
        self._sending = None
        self._start_asked = self._stop_asked = False

    def _store_control(self, value: int) -> None:
        self.words[self.CR1] = value
        if not self._on:
            self._release()

    def _store_transfer(self, value: int) -> None:
        self.words[self.CR2] = value & ~(self._START | self._STOP)
        if not self._on:
            return
        self._stop_asked = self._stop_asked or bool(value & self._STOP and self._phase is not _Phase.IDLE)
        self._start_asked = self._start_asked or bool(value & self._START)
        if self._start_asked and self._phase in (_Phase.IDLE, _Phase.DONE):
            self._start()
        elif self._stop_asked and self._phase in (_Phase.DONE, _Phase.WANTS_BYTE, _Phase.RELOAD):
            self._stop()
        elif self._phase is _Phase.RELOAD and self._count:
            self._flags &= ~self._TCR
            self._left = self._count
            self._go_on()

    @property
    def _count(self) -> int:
        return self.words.get(self.CR2, 0) >> 16 & 0xFF

    def _asks(self, bit: int) -> bool:
        return bool(self.words.get(self.CR2, 0) & bit)

    def _ticks(self) -> int:
        timing = self.words.get(self.TIMINGR, 0)
        sync = 4 + 2 * (self.words.get(self.CR1, 0) >> 8 & 0xF)  # to see the edges (39.4.9)
        return ((timing >> 28) + 1) * ((timing & 0xFF) + (timing >> 8 & 0xFF) + 2) + sync

    def _delay(self) -> int:
        return 0 if self.words.get(self.CR1, 0) & 1 << 12 else 2 * _FILTER

    def _later(self, clocks: int, action: Callable[[], None]) -> None:
        self._phase = _Phase.BUSY
        super()._later(clocks, action)

    def _start(self) -> None:
        self._flags = self._flags & ~(self._TC | self._TCR) | self._BUSY
        self._left = self._count
        self._later(1 + BYTE, self._addressed)

    def _addressed(self) -> None:
        self._start_asked = False
        address = self.words.get(self.CR2, 0) >> 1 & 0x7F
        answered = self._bus.start(address, self._asks(self._READS), SECOND / self._clock())
        if answered and not self._asks(self._ADD10):
            self._go_on()
        else:
            self._refused()

    def _go_on(self) -> None:
        """With the next byte, if there is one."""
        if self._stop_asked:
            self._stop()
        elif not self._left:
            self._finish()
        elif self._asks(self._READS):
            self._shifting = self._bus.read()
            self._later(BYTE, self._received)
        elif self._sending is None:
            self._flags |= self._TXIS
            self._phase = _Phase.WANTS_BYTE
        else:
            self._shifting, self._sending = self._sending, None
            self._later(BYTE, self._sent)

    def _give(self, value: int) -> None:
        self._sending = value
        self._flags &= ~self._TXIS
        if self._phase is _Phase.WANTS_BYTE:
            self._go_on()

    def _sent(self) -> None:
        self._left -= 1
        if self._bus.write(self._shifting):
            self._go_on()
        else:
            self._refused()

    def _received(self) -> None:
        if self._flags & self._RXNE:
            self._phase = _Phase.FULL
            return
        self._left -= 1
        self.words[self.RXDR] = self._shifting
        self._flags |= self._RXNE
        self._go_on()

    def _fetch(self) -> int:
        self._flags &= ~self._RXNE
        value = self.words.get(self.RXDR, 0)
        if self._phase is _Phase.FULL:
            self._received()
        return value

    def _finish(self) -> None:
        """NBYTES are through."""
        if self._asks(self._RELOAD):
            self._flags |= self._TCR
            self._phase = _Phase.RELOAD
        elif self._asks(self._AUTOEND):
            self._stop()
        elif self._start_asked:
            self._start()
        else:
            self._flags |= self._TC
            self._phase = _Phase.DONE

    def _refused(self) -> None:
        """Nobody acknowledged: the chip sends a STOP by itself."""
        self._flags |= self._NACKF
        self._stop()

    def _stop(self) -> None:
        self._flags &= ~(self._TC | self._TCR | self._TXIS)
        self._later(1, self._stopped)

    def _stopped(self) -> None:
        self._bus.stop()
        self._stop_asked = False
        self._flags = self._flags & ~self._BUSY | self._STOPF
        self._phase = _Phase.IDLE
        if self._start_asked:
            self._start()
