"""The flash controller of STM32L4: double words with ECC, pages in one or two banks (RM0351 3, RM0394 3)."""

from __future__ import annotations

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.flash.controller import Flash, Lock
from bitloop_hil.benches.virtual.flash.layout import Layout, Sector

_ACR, _KEYR = 0x00, 0x08
_END, _NOT_ERASED, _ALIGNMENT, _SIZE, _SEQUENCE, _BUSY = 1, 1 << 3, 1 << 5, 1 << 6, 1 << 7, 1 << 16  # SR
_FLAGS, _PENDING = 0xC3FB, 0x03F8  # errors that have to be cleared before anything goes on
_PROGRAM, _PAGE, _MASS, _BANK, _MASS2, _START = 1, 2, 4, 1 << 11, 1 << 15, 1 << 16  # CR
_TELL_END, _OPTIONS_LOCKED, _LOCKED = 1 << 24, 1 << 30, 1 << 31
_KEYS = 0x45670123, 0xCDEF89AB
_OPTION_KEYS = 0x08192A3B, 0x4C5D6E7F


class L4Flash(Flash):
    """Programs some words at a time, and only where the flash is erased (or to zero, which ECC allows)."""

    option_key, sr, cr = 0x0C, 0x10, 0x14
    unit = 8
    """Bytes that are programmed at once."""
    status = (sr,)

    def __init__(self, layout: Layout, services: Services, memory: object) -> None:
        self._lock, self._options = Lock(*_KEYS), Lock(*_OPTION_KEYS)
        super().__init__(layout, services, memory)

    def reset(self) -> None:
        super().reset()
        self._lock.reset()
        self._options.reset()
        self._registers |= {self.sr: 0, self.cr: 0}
        self._at, self._gathered = 0, b""

    def read_register(self, offset: int) -> int:
        value = super().read_register(offset)
        if offset == self.sr:
            return value | (_BUSY if self.busy else 0)
        if offset == self.cr:
            return value | (0 if self._lock.open else _LOCKED) | (0 if self._options.open else _OPTIONS_LOCKED)
        return value

    def write_register(self, offset: int, value: int) -> None:
        if offset == _KEYR:
            self._lock.key(value)
        elif offset == self.option_key:
            if self._lock.open:
                self._options.key(value)
        elif offset == self.sr:
            self._registers[self.sr] &= ~(value & _FLAGS)
        elif offset == self.cr:
            self._control(value)
        elif offset == _ACR:
            self._registers[_ACR] = value

    def _control(self, value: int) -> None:
        if not self._lock.open or self.busy:
            return
        self._registers[self.cr] = value & ~(_LOCKED | _OPTIONS_LOCKED)
        if not value & _PROGRAM:
            self._gathered = b""
        if value & _OPTIONS_LOCKED:
            self._options.close()
        if value & _LOCKED:
            self._lock.close()
            self._options.close()
        elif value & _START:
            self._start(value)

    def _start(self, value: int) -> None:
        sectors, time = self._selected(value)
        if not sectors or value & _PROGRAM or self._registers[self.sr] & _PENDING:
            self._registers[self.sr] |= _SEQUENCE
            self._registers[self.cr] &= ~_START
            return
        self._begin(time, lambda: self._erase(*sectors))

    def _selected(self, value: int) -> tuple[tuple[Sector, ...], int]:
        banks = self.layout.banks
        if value & (_MASS | _MASS2):
            wanted = [bank for bank, bit in zip(banks, (_MASS, _MASS2), strict=False) if value & bit]
            return tuple(sector for bank in wanted for sector in bank), self.layout.mass
        bank, page = int(bool(value & _BANK)), value >> 3 & 0xFF
        if value & _PAGE and bank < len(banks) and page < len(banks[bank]):
            return (banks[bank][page],), banks[bank][page].erase
        return (), 0

    def _store(self, address: int, data: bytes) -> None:
        if len(data) == 8:  # two words on the bus
            self._store(address, data[:4])
            self._store(address + 4, data[4:])
            return
        status = self._registers[self.sr]
        if not self._lock.open or not self._registers[self.cr] & _PROGRAM or status & _PENDING:
            self._fail(_SEQUENCE)
        elif len(data) != 4:
            self._fail(_SIZE)
        elif address != (self._at + len(self._gathered) if self._gathered else address - address % self.unit):
            self._fail(_ALIGNMENT)
        else:
            self._at = self._at if self._gathered else address
            self._gathered += data
            if len(self._gathered) == self.unit:
                self._write_out(self._at, self._gathered)

    def _write_out(self, address: int, data: bytes) -> None:
        self._gathered = b""
        if not self._is_erased(address, self.unit) and any(data):
            self._fail(_NOT_ERASED)
        else:
            self._begin(self.layout.program, lambda: self._program(address, data))

    def _fail(self, flag: int) -> None:
        self._registers[self.sr] |= flag
        self._gathered = b""

    def _ended(self, bank: int) -> None:
        self._registers[self.cr] &= ~_START
        if self._registers[self.cr] & _TELL_END:
            self._registers[self.sr] |= _END
