"""The flash controller of STM32L0: words and half pages; the erased flash reads 0 (RM0377 3)."""

from __future__ import annotations

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.flash.controller import Flash, Lock
from bitloop_hil.benches.virtual.flash.layout import Layout

_ACR, _PECR, _PEKEYR, _PRGKEYR, _OPTKEYR, _SR = 0x00, 0x04, 0x0C, 0x10, 0x14, 0x18
_BUSY, _END, _IDLE = 1, 1 << 1, 3 << 2  # SR: high voltage is off, the memory is ready
_PROTECTION, _ALIGNMENT, _SIZE, _NOT_ZERO = 1 << 8, 1 << 9, 1 << 10, 1 << 16
_FLAGS = 0x00032F02
_PE_LOCKED, _PROGRAM_LOCKED, _OPTIONS_LOCKED = 1, 2, 4  # PECR
_LOCKS = 7
_PROGRAM, _ERASE, _HALF_PAGE, _TELL_END = 1 << 3, 1 << 9, 1 << 10, 1 << 16
_KEYS = 0x89ABCDEF, 0x02030405
_PROGRAM_KEYS = 0x8C9DAEBF, 0x13141516
_OPTION_KEYS = 0xFBEAD9C8, 0x24252627
_HALF = 64  # bytes of a half page


class L0Flash(Flash):
    """Programs words or half pages of 16 words, only where all is 0 still."""

    status = (_SR,)

    def __init__(self, layout: Layout, services: Services, memory: object) -> None:
        self._lock, self._program_lock = Lock(*_KEYS), Lock(*_PROGRAM_KEYS)
        self._options = Lock(*_OPTION_KEYS)
        super().__init__(layout, services, memory)

    def reset(self) -> None:
        super().reset()
        for lock in (self._lock, self._program_lock, self._options):
            lock.reset()
        self._registers |= {_SR: 0, _PECR: 0}
        self._half, self._words = -1, 0
        self._gathered = b""

    def read_register(self, offset: int) -> int:
        value = super().read_register(offset)
        if offset == _SR:
            return value | (_BUSY if self.busy else _IDLE)
        if offset == _PECR:
            value |= 0 if self._lock.open else _PE_LOCKED
            value |= 0 if self._program_lock.open else _PROGRAM_LOCKED
            return value | (0 if self._options.open else _OPTIONS_LOCKED)
        return value

    def write_register(self, offset: int, value: int) -> None:
        if offset == _PEKEYR:
            self._lock.key(value)
        elif offset in (_PRGKEYR, _OPTKEYR):
            if self._lock.open:
                (self._program_lock if offset == _PRGKEYR else self._options).key(value)
        elif offset == _SR:
            self._registers[_SR] &= ~(value & _FLAGS)
        elif offset == _PECR:
            self._control(value)
        elif offset == _ACR:
            self._registers[_ACR] = value

    def _control(self, value: int) -> None:
        if not self._lock.open or self.busy:
            return
        self._registers[_PECR] = value & ~_LOCKS
        if not value & _HALF_PAGE:
            self._gathered = b""
        if value & (_OPTIONS_LOCKED | _PE_LOCKED):
            self._options.close()
        if value & (_PROGRAM_LOCKED | _PE_LOCKED):
            self._program_lock.close()
        if value & _PE_LOCKED:
            self._lock.close()

    def _store(self, address: int, data: bytes) -> None:
        control = self._registers[_PECR]
        if not self._lock.open or not self._program_lock.open:
            self._fail(_PROTECTION)
        elif len(data) != 4 or address % 4:
            self._fail(_SIZE)
        elif control & _ERASE and control & _PROGRAM:
            sector = self.layout.sector(address)
            if sector is not None:
                self._begin(sector.erase, lambda: self._erase(sector))
        elif control & _HALF_PAGE and control & _PROGRAM:
            self._gather(address, data)
        else:
            self._write(address, data)

    def _gather(self, address: int, data: bytes) -> None:
        if not self._gathered:
            self._half = address
        if self._half % _HALF or address != self._half + len(self._gathered):
            self._fail(_ALIGNMENT)
            return
        self._gathered += data
        if len(self._gathered) == _HALF:
            whole, self._gathered = self._gathered, b""
            self._write(self._half, whole)

    def _write(self, address: int, data: bytes) -> None:
        if not self._is_erased(address, len(data)):
            self._fail(_NOT_ZERO)
        else:
            self._begin(self.layout.program, lambda: self._program(address, data))

    def _fail(self, flag: int) -> None:
        self._registers[_SR] |= flag
        self._gathered = b""

    def _ended(self, bank: int) -> None:
        if self._registers[_PECR] & _TELL_END:
            self._registers[_SR] |= _END
