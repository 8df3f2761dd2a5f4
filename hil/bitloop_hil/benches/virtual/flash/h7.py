"""The flash controller of STM32H7: flash words of 256 bits, two banks with registers of their own (RM0433 4)."""

from __future__ import annotations

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.flash.controller import Flash, Lock
from bitloop_hil.benches.virtual.flash.layout import Layout, Sector

_ACR, _OPTKEYR, _OPTCR = 0x00, 0x08, 0x18  # once for both banks
_KEYR, _CR, _SR, _CCR = 0x04, 0x0C, 0x10, 0x14  # for each bank
_BANK = 0x100
_LOCKED, _PROGRAM, _SECTOR, _MASS, _FORCE, _START, _TELL_END = 1, 2, 4, 8, 1 << 6, 1 << 7, 1 << 16  # CR
_BUSY, _GATHERING, _QUEUED = 1, 2, 4  # SR
_END, _SEQUENCE, _STROBE, _INCONSISTENT = 1 << 16, 1 << 18, 1 << 19, 1 << 21
_CLEARABLE = 0x0FEF0000
_KEYS = 0x45670123, 0xCDEF89AB
_OPTION_KEYS = 0x08192A3B, 0x4C5D6E7F
_WORD = 32  # bytes of a flash word


class _Bank:
    """Lock, write buffer and operation of one bank."""

    def __init__(self) -> None:
        self.lock = Lock(*_KEYS)
        self.reset()

    def reset(self) -> None:
        self.lock.reset()
        self.control = self.status = 0
        self.forget()

    def forget(self) -> None:
        """Empty the write buffer."""
        self.at, self.buffer, self.filled = 0, bytearray(b"\xff" * _WORD), 0


class H7Flash(Flash):
    """Gathers 32 bytes, then programs them. A second time without erasing leaves bits of both, and a wrong ECC."""

    status = (_SR, _BANK + _SR)

    def __init__(self, layout: Layout, services: Services, memory: object) -> None:
        self._banks = tuple(_Bank() for _ in layout.banks)
        self._options = Lock(*_OPTION_KEYS)
        super().__init__(layout, services, memory)

    def reset(self) -> None:
        super().reset()
        self._options.reset()
        for bank in self._banks:
            bank.reset()

    def read_register(self, offset: int) -> int:
        index, at = self._place(offset)
        bank = self._banks[index]
        if at == _CR:
            return bank.control | (0 if bank.lock.open else _LOCKED)
        if at == _SR:
            busy = _BUSY | _QUEUED if index in self._under_way else 0
            return bank.status | busy | (_GATHERING if bank.filled else 0)
        if offset == _OPTCR:
            return 0 if self._options.open else 1
        return super().read_register(at if at in self.layout.options else offset)

    def write_register(self, offset: int, value: int) -> None:
        index, at = self._place(offset)
        if at == _KEYR:
            self._banks[index].lock.key(value)
        elif at == _CR:
            self._control(index, value)
        elif at == _CCR:
            self._banks[index].status &= ~(value & _CLEARABLE)
        elif offset == _OPTKEYR:
            self._options.key(value)
        elif offset == _OPTCR and value & 1:
            self._options.close()
        elif offset == _ACR:
            self._registers[_ACR] = value

    def _place(self, offset: int) -> tuple[int, int]:
        """The bank of a register, and its offset there."""
        index = min(offset // _BANK, len(self._banks) - 1)
        return index, offset - index * _BANK

    def _control(self, index: int, value: int) -> None:
        bank = self._banks[index]
        if not bank.lock.open or index in self._under_way:
            return
        bank.control = value & ~_LOCKED
        if value & _LOCKED:
            bank.lock.close()
        elif value & _START:
            self._start(index, value)
        elif value & _FORCE and bank.filled:
            self._write_out(index)

    def _start(self, index: int, value: int) -> None:
        own, bank, number = self.layout.banks[index], self._banks[index], value >> 8 & 7
        sectors: tuple[Sector, ...] = ()
        if value & _MASS:
            sectors, time = own, self.layout.mass
        elif value & _SECTOR and number < len(own):
            sectors, time = (own[number],), own[number].erase
        if not sectors or bank.status & (_SEQUENCE | _STROBE | _INCONSISTENT):
            bank.status |= _SEQUENCE
            bank.control &= ~_START
            return
        self._begin(time, lambda: self._erase(*sectors), index)

    def _store(self, address: int, data: bytes) -> None:
        index = (address - self.layout.origin) // (self.layout.size // len(self._banks))
        bank = self._banks[index]
        first = address % _WORD
        bits = (1 << len(data)) - 1 << first
        if not bank.lock.open or not bank.control & _PROGRAM:
            bank.status |= _SEQUENCE
        elif first + len(data) > _WORD or (bank.filled and bank.at != address - first):
            bank.status |= _INCONSISTENT
        elif bank.filled & bits:
            bank.status |= _STROBE
        else:
            bank.at = address - first
            bank.buffer[first : first + len(data)] = data
            bank.filled |= bits
            if bank.filled == (1 << _WORD) - 1:
                self._write_out(index)

    def _write_out(self, index: int) -> None:
        bank = self._banks[index]
        address, data = bank.at, bytes(bank.buffer)
        bank.forget()
        if not self._is_erased(address, _WORD):
            self._services.note(f"the flash word at 0x{address:08x} was programmed twice: its ECC is wrong now")
        self._begin(self.layout.program, lambda: self._program(address, data), index)

    def _ended(self, bank: int) -> None:
        ended = self._banks[bank]
        ended.control &= ~(_START | _FORCE)
        if ended.control & _TELL_END:
            ended.status |= _END
