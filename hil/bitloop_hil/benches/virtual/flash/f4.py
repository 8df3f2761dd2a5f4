"""The flash controller of STM32F4 and STM32F7: PSIZE, sectors of different sizes (RM0090 3, RM0410 3)."""

from __future__ import annotations

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.flash.controller import Flash, Lock
from bitloop_hil.benches.virtual.flash.layout import Layout, Sector

_ACR, _KEYR, _OPTKEYR, _SR, _CR, _OPTCR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
_END, _ALIGNMENT, _PARALLELISM, _SEQUENCE, _BUSY = 1, 1 << 5, 1 << 6, 1 << 7, 1 << 16  # SR
_FLAGS = 0xF3
_PROGRAM, _SECTOR, _MASS, _MASS2, _START, _TELL_END, _LOCKED = 1, 2, 4, 1 << 15, 1 << 16, 1 << 24, 1 << 31  # CR
_KEYS = 0x45670123, 0xCDEF89AB
_OPTION_KEYS = 0x08192A3B, 0x4C5D6E7F
_ROW = 16  # bytes a single write must not leave
_SECOND_BANK = 16  # number of its first sector in SNB


class F4Flash(Flash):
    """Programs bytes to double words, as PSIZE says. It does not mind what stood there: bits only go to 0."""

    status = (_SR,)

    def __init__(self, layout: Layout, services: Services, memory: object) -> None:
        self._lock, self._options = Lock(*_KEYS), Lock(*_OPTION_KEYS)
        super().__init__(layout, services, memory)

    def reset(self) -> None:
        super().reset()
        self._lock.reset()
        self._options.reset()
        self._registers |= {_SR: 0, _CR: 0}

    def read_register(self, offset: int) -> int:
        value = super().read_register(offset)
        if offset == _SR:
            return value | (_BUSY if self.busy else 0)
        if offset == _CR:
            return value | (0 if self._lock.open else _LOCKED)
        if offset == _OPTCR:
            return value & ~1 | (0 if self._options.open else 1)
        return value

    def write_register(self, offset: int, value: int) -> None:
        if offset == _KEYR:
            self._lock.key(value)
        elif offset == _OPTKEYR:
            self._options.key(value)
        elif offset == _SR:
            self._registers[_SR] &= ~(value & _FLAGS)
        elif offset == _CR:
            self._control(value)
        elif offset == _ACR:
            self._registers[_ACR] = value
        elif offset == _OPTCR and value & 1:
            self._options.close()

    def _control(self, value: int) -> None:
        if not self._lock.open or self.busy:
            return
        self._registers[_CR] = value & ~_LOCKED
        if value & _LOCKED:
            self._lock.close()
        elif value & _START:
            self._start(value)

    def _start(self, value: int) -> None:
        sectors: tuple[Sector, ...] = ()
        if value & (_MASS | _MASS2):
            banks = self.layout.banks
            wanted = [bank for bank, bit in zip(banks, (_MASS, _MASS2), strict=False) if value & bit]
            sectors, time = tuple(sector for bank in wanted for sector in bank), self.layout.mass
        elif value & _SECTOR and (found := self._selected(value >> 3 & 0x1F)) is not None:
            sectors, time = (found,), found.erase
        if not sectors:
            self._registers[_SR] |= _SEQUENCE
            self._registers[_CR] &= ~_START
            return
        self._begin(time, lambda: self._erase(*sectors))

    def _selected(self, number: int) -> Sector | None:
        bank, index = divmod(number, _SECOND_BANK)
        if bank < len(self.layout.banks) and index < len(self.layout.banks[bank]):
            return self.layout.banks[bank][index]
        return None

    def _store(self, address: int, data: bytes) -> None:
        control = self._registers[_CR]
        if not self._lock.open or not control & _PROGRAM:
            self._registers[_SR] |= _SEQUENCE
        elif address // _ROW != (address + len(data) - 1) // _ROW:
            self._registers[_SR] |= _ALIGNMENT
        elif len(data) != 1 << (control >> 8 & 3):
            self._registers[_SR] |= _PARALLELISM
        else:
            self._begin(self.layout.program, lambda: self._program(address, data))

    def _ended(self, bank: int) -> None:
        self._registers[_CR] &= ~_START
        if self._registers[_CR] & _TELL_END:
            self._registers[_SR] |= _END
