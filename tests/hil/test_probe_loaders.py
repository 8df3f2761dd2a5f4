"""Flash loaders of our own: they build by both compilers, fit, run anywhere, and say so when the chip refuses."""

from __future__ import annotations

import random
import re
import struct
from dataclasses import dataclass, replace

import pytest

from bitloop.errors import BuildError
from bitloop.toolchain import COMPILERS
from bitloop_hil.benches.virtual.flash import layout
from bitloop_hil.benches.virtual.machine import Machine
from bitloop_hil.boards import board_file, names
from bitloop_hil.probe.loaders import FlashChip, algorithm, build, chips
from tests.hil.needs import need_compiler

DATA = random.Random(11).randbytes(64)  # noqa: S311 - test data
ON_BOARDS = {
    file.probe.target: name
    for name in names()
    if (file := board_file(name)).probe is not None and file.probe.target in chips()
}
_ERASE, _PROGRAM = 1, 2
_SP, _LR, _PC = 13, 14, 15


@dataclass(frozen=True)
class Loaded:
    """A board with its loader in RAM, at another place than it was linked for."""

    machine: Machine
    chip: FlashChip
    functions: dict[str, int]
    at: int

    @staticmethod
    def of(name: str, compiler: str = "zig", at: int = 0x104) -> Loaded:
        chip = chips()[name]
        code, functions = build(chip, compiler)
        machine = Machine(board_file(ON_BOARDS[name]))
        machine.debug.enabled = True
        machine.debug.reset(halt=True)
        loaded = Loaded(machine, chip, functions, chip.ram + at)
        machine.debug.write(loaded.at, struct.pack("<I", 0xBE00BE00) + code)
        return loaded

    def call(self, function: str, *arguments: int) -> int:
        core = self.machine.debug
        for number, value in enumerate(arguments):
            core.write_register(number, value)
        core.write_register(_SP, self.chip.ram + 0xC00)
        core.write_register(_LR, self.at | 1)
        core.write_register(_PC, self.at + 4 + self.functions[function])
        core.resume()
        while not core.halted:
            core.pump(100_000)
        return core.read_register(0)

    def data(self, content: bytes) -> int:
        place = self.chip.ram + 0x800
        self.machine.debug.write(place, content)
        return place

    def held(self, address: int, size: int) -> bytes:
        return bytes(self.machine.debug.read(address, size))


@pytest.fixture(params=sorted(ON_BOARDS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_loader_erases_and_programs_wherever_it_was_put(name: str, compiler: str) -> None:
    need_compiler(compiler)
    loaded = Loaded.of(name, compiler)
    chip = loaded.chip
    for address in (chip.origin, chip.origin + chip.size - chip.sector):
        assert loaded.call("Init", address, 0, _PROGRAM) == 0
        assert loaded.call("ProgramPage", address, len(DATA), loaded.data(DATA)) == 0
        assert loaded.call("UnInit", _PROGRAM) == 0
        assert loaded.held(address, len(DATA)) == DATA
    assert loaded.call("Init", chip.origin, 0, _ERASE) == 0
    assert loaded.call("EraseSector", chip.origin + chip.size - chip.sector) == 0
    assert set(loaded.held(chip.origin + chip.size - chip.sector, chip.sector)) == {0xFF}
    assert loaded.held(chip.origin, len(DATA)) == DATA
    assert loaded.call("EraseChip") == 0
    assert set(loaded.held(chip.origin, chip.size)) == {0xFF}
    assert loaded.machine.notes == []


def test_what_is_not_erased_is_refused_and_what_follows_works_again(name: str) -> None:
    loaded = Loaded.of(name)
    origin = loaded.chip.origin
    assert loaded.call("Init", origin, 0, _PROGRAM) == 0
    assert loaded.call("ProgramPage", origin, len(DATA), loaded.data(DATA)) == 0
    assert loaded.call("ProgramPage", origin, len(DATA), loaded.data(DATA[::-1])) == 1
    assert loaded.call("ProgramPage", origin + len(DATA), len(DATA), loaded.data(DATA[::-1])) == 0
    assert loaded.held(origin, 2 * len(DATA)) == DATA + DATA[::-1]


def test_a_flash_that_stays_locked_is_refused(name: str) -> None:
    loaded = Loaded.of(name)
    loaded.machine.debug.write(0x40022008, struct.pack("<I", 0x12345678))  # a wrong key locks it until the reset
    assert loaded.call("Init", loaded.chip.origin, 0, _ERASE) == 1


def test_nothing_beyond_the_flash_is_erased(name: str) -> None:
    loaded = Loaded.of(name)
    chip = loaded.chip
    assert loaded.call("Init", chip.origin, 0, _ERASE) == 0
    for address in (chip.origin + chip.size, chip.origin - chip.sector):
        assert loaded.call("EraseSector", address) == 1


def test_an_empty_c0_boots_what_was_programmed() -> None:
    """RM0490, FLASH_ACR: PROGEMPTY."""
    loaded = Loaded.of("stm32c031c6tx")
    empty = 1 << 16
    assert loaded.machine.debug.read(0x40022000, 4)[2] & 1
    assert loaded.call("Init", loaded.chip.origin, 0, _PROGRAM) == 0
    assert loaded.call("UnInit", _PROGRAM) == 0
    assert not int.from_bytes(loaded.machine.debug.read(0x40022000, 4), "little") & empty


def test_an_l4plus_with_other_sectors_than_the_tables_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """RM0432, FLASH_OPTR: without DBANK, bit 22, there is one bank, of 8 KiB pages."""
    options = layout._families()["stm32l4"]["options"]
    monkeypatch.setitem(options, "0x20", options["0x20"] & ~(1 << 22))
    loaded = Loaded.of("stm32l4r9zijx")
    assert loaded.call("Init", loaded.chip.origin, 0, _ERASE) == 1


def test_a_table_says_what_the_board_says(name: str) -> None:
    board, chip = board_file(ON_BOARDS[name]), chips()[name]
    assert (chip.origin, chip.size) == (board.flash.origin, board.flash.size)
    assert (chip.ram, chip.ram_size) == (board.ram.origin, board.ram.size)
    assert chip.core == board.core


@pytest.mark.parametrize("chip", chips().values(), ids=lambda chip: chip.name)
def test_code_stack_and_buffer_lie_beside_one_another(chip: FlashChip) -> None:
    described = algorithm(chip)
    end = described["load_address"] + 4 * len(described["instructions"])
    assert end <= described["end_stack"] < described["begin_stack"] <= described["page_buffers"][0]
    assert described["begin_stack"] - described["end_stack"] >= 256
    assert described["page_buffers"][0] + chip.sector <= chip.ram + chip.ram_size
    assert all(described["load_address"] < described[key] < end for key in described if key.startswith("pc_"))


def test_a_loader_that_does_not_fit_is_named() -> None:
    chip = replace(chips()["stm32c031c6tx"], ram_size=2048)
    with pytest.raises(BuildError, match=re.escape("does not fit into 2048 bytes of RAM")):
        algorithm(chip)
