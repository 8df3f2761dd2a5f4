"""A flash memory on its own: what a machine would do for it, with a clock driven by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bitloop_hil.benches.virtual.clock import Clock
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.flash import Flash, make_flash

ORIGIN = 0x08000000
HERTZ = 16_000_000


class Services:
    """A core that does nothing: `cycles` is moved by hand."""

    def __init__(self) -> None:
        self.cycles = 0
        self.clock = Clock(lambda: self.cycles, HERTZ)
        self.notes: list[str] = []

    def interrupt(self, number: int, level: bool) -> None:
        raise AssertionError(f"interrupt {number} is not the flash's")

    def load(self, address: int, size: int) -> bytes:
        raise BusError(hex(address))

    def store(self, address: int, data: bytes) -> None:
        raise BusError(hex(address))

    def note(self, text: str) -> None:
        self.notes.append(text)


@dataclass(frozen=True, slots=True)
class Chip:
    """How a family is unlocked, told to erase and to program, by its reference manual."""

    family: str
    size: int
    unit: int
    erased: int
    status: int
    status_reset: int
    unlock: tuple[tuple[int, int], ...]
    ready: Callable[[Bench], None]
    erase: Callable[[Bench, int], None]


class Bench:
    """A flash and a debugger's hands."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip
        self.services = Services()
        self.memory = bytearray(chip.size)
        self.flash: Flash = make_flash(chip.family, ORIGIN, chip.size, self.services, self.memory)

    def write(self, offset: int, value: int) -> None:
        self.flash.write(offset, 4, value)

    def read(self, offset: int) -> int:
        return self.flash.read(offset, 4)

    def unlock(self) -> None:
        for offset, value in self.chip.unlock:
            self.write(offset, value)

    def store(self, address: int, data: bytes) -> None:
        """Bus accesses of at most a word."""
        for at in range(0, len(data), 4):
            self.flash.store(address + at, data[at : at + 4])

    def wait(self) -> int:
        """Let the operation end; the microseconds it took."""
        before = self.services.clock.now()
        while (due := self.services.clock.next_cycle()) is not None:
            self.services.cycles = max(due, self.services.cycles)
            self.services.clock.run_due()
        return (self.services.clock.now() - before) // 10**6

    def program(self, address: int, data: bytes) -> None:
        self.chip.ready(self)
        for at in range(0, len(data), self.chip.unit):
            self.store(address + at, data[at : at + self.chip.unit])
            self.wait()

    def erase(self, address: int) -> int:
        self.chip.erase(self, address)
        return self.wait()

    def held(self, address: int, size: int) -> bytes:
        return bytes(self.memory[address - ORIGIN : address - ORIGIN + size])

    @property
    def errors(self) -> int:
        """Error flags, without BSY, EOP and what a family shows when it is idle."""
        return self.read(self.chip.status) & self.chip.status_reset


def _erase_f1(bench: Bench, address: int) -> None:
    bench.write(0x10, 1 << 1)
    bench.write(0x14, address)
    bench.write(0x10, 1 << 1 | 1 << 6)


def _erase_f4(bench: Bench, address: int) -> None:
    sizes, number, at = [0x4000] * 4 + [0x10000] + [0x20000] * 7, 0, ORIGIN
    if bench.chip.family == "stm32f7":
        sizes = [0x8000] * 4 + [0x20000] + [0x40000] * 7
    while at + sizes[number % 12] <= address:
        at, number = at + sizes[number % 12], number + 1
    bench.write(0x10, 1 << 1 | (number // 12 * 16 + number % 12) << 3)
    bench.write(0x10, bench.read(0x10) | 1 << 16)


def _erase_l4(bench: Bench, address: int) -> None:
    page = (address - ORIGIN) // (4096 if bench.chip.size > 0x100000 else 2048)  # L4+
    bench.write(0x14, 1 << 1 | page % 256 << 3 | page // 256 << 11)
    bench.write(0x14, bench.read(0x14) | 1 << 16)


def _erase_u5(bench: Bench, address: int) -> None:
    page = (address - ORIGIN) // 8192
    bench.write(0x28, 1 << 1 | page % 128 << 3 | page // 128 << 11)
    bench.write(0x28, bench.read(0x28) | 1 << 16)


def _erase_l0(bench: Bench, address: int) -> None:
    bench.write(0x04, 1 << 9 | 1 << 3)
    bench.flash.store(address, bytes(4))


def _erase_h7(bench: Bench, address: int) -> None:
    sector = (address - ORIGIN) // 0x20000
    bank = sector // 8 * 0x100
    bench.write(bank + 0x0C, 1 << 2 | 3 << 4 | sector % 8 << 8)
    bench.write(bank + 0x0C, bench.read(bank + 0x0C) | 1 << 7)


def _set(offset: int, value: int) -> Callable[[Bench], None]:
    return lambda bench: bench.write(offset, value)


def _ready_h7(bench: Bench) -> None:
    bench.write(0x0C, 0x32)
    bench.write(0x10C, 0x32)


_KEYS = 0x45670123, 0xCDEF89AB
_AT4 = ((0x04, _KEYS[0]), (0x04, _KEYS[1]))
_L0 = ((0x0C, 0x89ABCDEF), (0x0C, 0x02030405), (0x10, 0x8C9DAEBF), (0x10, 0x13141516))
_H7 = (*_AT4, (0x104, _KEYS[0]), (0x104, _KEYS[1]))

_L4 = ((0x08, _KEYS[0]), (0x08, _KEYS[1]))

CHIPS = {
    "C031": Chip("stm32c0", 0x8000, 8, 0xFF, 0x10, 0xC3FA, _L4, _set(0x14, 1), _erase_l4),
    "F051": Chip("stm32f0", 0x10000, 2, 0xFF, 0x0C, 0x14, _AT4, _set(0x10, 1), _erase_f1),
    "F103RB": Chip("stm32f1", 0x20000, 2, 0xFF, 0x0C, 0x14, _AT4, _set(0x10, 1), _erase_f1),
    "F412": Chip("stm32f4", 0x100000, 4, 0xFF, 0x0C, 0xF2, _AT4, _set(0x10, 0x201), _erase_f4),
    "F429": Chip("stm32f4", 0x200000, 4, 0xFF, 0x0C, 0xF2, _AT4, _set(0x10, 0x201), _erase_f4),
    "F767": Chip("stm32f7", 0x200000, 4, 0xFF, 0x0C, 0xF2, _AT4, _set(0x10, 0x201), _erase_f4),
    "H743": Chip("stm32h7", 0x200000, 32, 0xFF, 0x10, 0x00FE0000, _H7, _ready_h7, _erase_h7),
    "L031": Chip("stm32l0", 0x8000, 4, 0x00, 0x18, 0x00032F00, _L0, _set(0x04, 0), _erase_l0),
    "L432": Chip("stm32l4", 0x40000, 8, 0xFF, 0x10, 0xC3FA, _L4, _set(0x14, 1), _erase_l4),
    "L4R9": Chip("stm32l4", 0x200000, 8, 0xFF, 0x10, 0xC3FA, _L4, _set(0x14, 1), _erase_l4),
    "U585": Chip("stm32u5", 0x200000, 16, 0xFF, 0x20, 0x20FA, _L4, _set(0x28, 1), _erase_u5),
    "L475": Chip("stm32l4", 0x100000, 8, 0xFF, 0x10, 0xC3FA, _L4, _set(0x14, 1), _erase_l4),
}
