"""I²C of version 1 (F1, F4; RM0008 26, RM0090 27): SR1 and SR2, whose flags go by reading in the right order.

What makes it hard to drive is here: ADDR holds the clock until SR2 is read, a received byte is acknowledged by ACK as
it is at that moment (or with POS, as it was one byte before), BTF says that two bytes wait and holds the clock.
"""

from __future__ import annotations

from collections.abc import Callable

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.i2c import BYTE, I2cController
from bitloop_hil.benches.virtual.devices.targets import I2cBus

_SB, _ADDR, _BTF, _RXNE, _TXE, _AF = 1, 1 << 1, 1 << 2, 1 << 6, 1 << 7, 1 << 10  # SR1
_MSL, _BUSY, _TRA = 1, 2, 4  # SR2
_ENABLE, _START, _STOP, _ACK, _POS, _RESET = 1, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 15  # CR1
_FAST, _DUTY = 1 << 15, 1 << 14  # CCR


class I2cV1(I2cController):
    """CR1, CR2, DR, SR1, SR2, CCR and TRISE of a controller."""

    CR1, CR2, DR, SR1, SR2, CCR = 0x00, 0x04, 0x10, 0x14, 0x18, 0x1C
    STATUS = SR1
    UNMODELLED = ((CR2, 0x700, "interrupts"), (CR2, 0x800, "DMA requests"), (CR1, 0x3A, "SMBus and PEC"))

    def __init__(self, services: Services, bus: I2cBus, hertz: Callable[[], int]) -> None:
        super().__init__(services, bus, hertz)
        self._state = self._flags = 0
        self._release()

    def load(self, offset: int) -> int:
        if offset == self.SR1:
            self._seen = self._flags
            return self._flags
        if offset == self.SR2:
            state = self._state
            if self._flags & self._seen & _ADDR:
                self._begin_data()
            return state
        if offset == self.DR:
            return self._fetch()
        return self.words.get(offset, 0)

    def store(self, offset: int, value: int) -> None:
        self._refuse_unmodelled(offset, value)
        if offset == self.CR1:
            self._store_control(value)
        elif offset == self.DR:
            self._give(value & 0xFF)
        elif offset == self.SR1:
            self._flags &= value | 0xFF  # errors are cleared by writing 0
        elif offset != self.SR2:
            self.words[offset] = value

    def _release(self) -> None:
        self._forget()
        if self._state & _MSL:
            self._bus.stop()
        self._flags = self._seen = self._state = 0
        self._reads = self._stretched = self._acknowledge_next = False
        self._waiting: int | None = None  # in the data register, to be sent
        self._shifting = 0
        self.words[self.CR1] = self.words.get(self.CR1, 0) & ~(_START | _STOP)

    def _store_control(self, value: int) -> None:
        self.words[self.CR1] = value
        if value & _RESET or not value & _ENABLE:
            self._release()
            if value & _RESET:
                self.words = {self.CR1: value & _RESET}
            return
        if self._event is not None:
            return  # after the byte that is on the bus
        if value & _STOP:
            self._stop()
        elif value & _START:
            self._start()

    def _asks(self, bit: int) -> bool:
        return bool(self.words.get(self.CR1, 0) & bit)

    def _drop(self, bit: int) -> None:
        self.words[self.CR1] &= ~bit

    def _ticks(self) -> int:
        control = self.words.get(self.CCR, 0)
        halves = (25 if control & _DUTY else 3) if control & _FAST else 2
        return max(1, halves * (control & 0xFFF))

    def _start(self) -> None:
        if (megahertz := self.words.get(self.CR2, 0) & 0x3F) != self._hertz() // 10**6:
            actual = f"{self._hertz() / 1e6:g} MHz"
            self._services.note(f"FREQ of {self._bus.name} says {megahertz} MHz, and its clock is {actual}")
        self._stretched = False
        self._flags &= ~(_BTF | _TXE)
        self._later(1, self._started)

    def _started(self) -> None:
        self._drop(_START)
        self._flags |= _SB
        self._state = _MSL | _BUSY

    def _give(self, value: int) -> None:
        """DR is written: an address after a START, or the next byte."""
        if self._flags & _SB:
            if self._seen & _SB:
                self._flags &= ~_SB
                self._shifting = value
                self._later(BYTE, self._addressed)
            return
        if not self._state & _TRA or self._flags & (_ADDR | _AF):
            return
        self._flags &= ~(_TXE | _BTF)
        self._waiting = value
        if self._event is None:
            self._send()

    def _addressed(self) -> None:
        self._reads = bool(self._shifting & 1)
        if not self._bus.start(self._shifting >> 1, self._reads, 1e12 / self._clock()):
            self._fail()
            return
        self._flags |= _ADDR
        self._state = _MSL | _BUSY | (0 if self._reads else _TRA)

    def _fail(self) -> None:
        """Nobody acknowledged: firmware has to end it."""
        self._flags |= _AF
        self._end_if_asked()

    def _begin_data(self) -> None:
        """ADDR was seen."""
        self._flags &= ~_ADDR
        if self._reads:
            self._acknowledge_next = self._asks(_ACK)
            self._receive()
        else:
            self._flags |= _TXE
            self._end_if_asked()

    def _send(self) -> None:
        if self._waiting is None:
            return
        self._shifting, self._waiting = self._waiting, None
        self._flags |= _TXE
        self._later(BYTE, self._sent)

    def _sent(self) -> None:
        if not self._bus.write(self._shifting):
            self._fail()
        elif self._waiting is not None:
            self._send()
        else:
            self._flags |= _BTF
            self._end_if_asked()

    def _receive(self) -> None:
        self._shifting = self._bus.read()
        self._later(BYTE, self._received)

    def _received(self) -> None:
        acknowledged = self._acknowledge_next if self._asks(_POS) else self._asks(_ACK)
        self._acknowledge_next = self._asks(_ACK)
        if self._flags & _RXNE:
            self._flags |= _BTF
            self._stretched = acknowledged
        else:
            self.words[self.DR] = self._shifting
            self._flags |= _RXNE
        if self._asks(_STOP) or self._asks(_START):
            self._stretched = False
            self._end_if_asked()
        elif acknowledged and not self._stretched:
            self._receive()

    def _fetch(self) -> int:
        value = self.words.get(self.DR, 0)
        if self._flags & _BTF and self._flags & _RXNE:  # the byte that was waiting behind
            self.words[self.DR] = self._shifting
            self._flags &= ~_BTF
            if self._stretched:
                self._stretched = False
                self._receive()
        else:
            self._flags &= ~_RXNE
        return value

    def _end_if_asked(self) -> None:
        """STOP or START were written while a byte was on the bus."""
        if self._asks(_STOP):
            self._stop()
        elif self._asks(_START):
            self._start()

    def _stop(self) -> None:
        if not self._state & _MSL:
            self._drop(_STOP)
            return
        self._stretched = False
        self._later(1, self._stopped)

    def _stopped(self) -> None:
        self._bus.stop()
        self._drop(_STOP)
        self._state = 0
        self._flags &= ~_TXE
        if not self._flags & _RXNE:
            self._flags &= ~_BTF
        if self._asks(_START):
            self._start()
