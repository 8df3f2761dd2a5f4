"""The flash controller of STM32F0 and STM32F1: half-words, pages (RM0091 3, PM0075)."""

from __future__ import annotations

from bitloop_hil.benches.virtual.devices.device import BusError, Services
from bitloop_hil.benches.virtual.flash.controller import Flash, Lock
from bitloop_hil.benches.virtual.flash.layout import Layout

_ACR, _KEYR, _OPTKEYR, _SR, _CR, _AR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
_BUSY, _PROGRAMMING_ERROR, _PROTECTION_ERROR, _END = 1, 1 << 2, 1 << 4, 1 << 5  # SR
_PROGRAM, _PAGE, _MASS, _START, _LOCKED, _OPTIONS = 1, 1 << 1, 1 << 2, 1 << 6, 1 << 7, 1 << 9  # CR
_KEYS = 0x45670123, 0xCDEF89AB


class F1Flash(Flash):
    """Programs half-words, and refuses those that are not erased unless they are to become 0."""

    status = (_SR,)

    def __init__(self, layout: Layout, services: Services, memory: object) -> None:
        self._lock, self._options = Lock(*_KEYS), Lock(*_KEYS)
        super().__init__(layout, services, memory)

    def reset(self) -> None:
        super().reset()
        self._lock.reset()
        self._options.reset()
        self._registers |= {_SR: 0, _CR: 0, _AR: 0}

    def read_register(self, offset: int) -> int:
        value = super().read_register(offset)
        if offset == _SR:
            return value | (_BUSY if self.busy else 0)
        if offset == _CR:
            return value | (0 if self._lock.open else _LOCKED) | (_OPTIONS if self._options.open else 0)
        return value

    def write_register(self, offset: int, value: int) -> None:
        if offset == _KEYR:
            self._lock.key(value)
        elif offset == _OPTKEYR:
            self._options.key(value)
        elif offset == _SR:
            self._registers[_SR] &= ~(value & (_PROGRAMMING_ERROR | _PROTECTION_ERROR | _END))
        elif offset == _CR:
            self._control(value)
        elif offset == _ACR:
            self._registers[_ACR] = value & 0x1F | self._registers[_ACR] & 0x20
        elif offset == _AR and not self.busy:
            self._registers[_AR] = value

    def _control(self, value: int) -> None:
        if not self._lock.open or self.busy:
            return
        self._registers[_CR] = value & ~(_LOCKED | _OPTIONS)
        if value & _LOCKED:
            self._lock.close()
        elif value & _START and value & _MASS:
            self._begin(self.layout.mass, self._erased_all)
        elif value & _START and value & _PAGE:
            sector = self.layout.sector(self._registers[_AR])
            if sector is None:
                self._registers[_SR] |= _PROTECTION_ERROR
                return
            self._begin(sector.erase, lambda: self._erase(sector))

    def _erased_all(self) -> None:
        self._erase(*(sector for bank in self.layout.banks for sector in bank))

    def _store(self, address: int, data: bytes) -> None:
        if len(data) != 2 or address % 2:
            raise BusError(f"the flash takes half-words, not {len(data)} bytes at 0x{address:08x}")
        allowed = self._lock.open and self._registers[_CR] & _PROGRAM
        if not allowed or (not self._is_erased(address, 2) and any(data)):
            self._registers[_SR] |= _PROGRAMMING_ERROR
        else:
            self._begin(self.layout.program, lambda: self._program(address, data))

    def _ended(self, bank: int) -> None:
        self._registers[_SR] |= _END
        self._registers[_CR] &= ~_START
