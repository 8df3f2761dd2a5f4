"""The fast part of the virtual bench (fast.c) from Python: built once by the toolchain, hooked into Unicorn."""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import unicorn
from unicorn.unicorn_py3 import unicorn as binding

from bitloop.errors import ProbeError
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.benches.virtual.fields import (
    ASK,
    FIFO,
    SLOW_READ,
    SLOW_WRITE,
    Accelerator,
    Division,
    DivisionCost,
    Fields,
    Price,
    Registers,
)

__all__ = [
    "JUMPED",
    "Accelerator",
    "DivisionCost",
    "Fast",
    "Price",
    "Pricer",
    "Registers",
    "address_of",
    "count",
    "library",
]

_PRICES = 1 << 17
_U64 = ctypes.c_uint64
NO_DIVISIONS = DivisionCost()
JUMPED = 0x8000  # in an entry: the block was not entered from the one that stands before it

Pricer = Callable[[int, bytes, int], tuple[int, int, int]]
"""(address, code, entry) of a block to (cycles, instructions, state it leaves the pipeline in, below JUMPED)."""


def library() -> Path:
    """The shared library of fast.c, from the cache."""
    suffix = {"win32": "dll", "darwin": "dylib"}.get(sys.platform, "so")
    folder = Path(__file__).parent
    sources = Sources({name: (folder / name).read_bytes() for name in ("fast.c", "accelerator.h")})
    return Toolchain("zig", target("host")).shared(sources, Flags("-O2"), f"bitloop_fast.{suffix}")


def count(address: int, code: bytes, entry: int) -> tuple[int, int, int]:
    """A pricer for which every instruction takes one cycle."""
    instructions = at = 0
    while at < len(code):  # a Thumb instruction of 32 bits begins with 11101, 11110 or 11111
        at += 4 if code[at + 1] >= 0xE8 else 2
        instructions += 1
    return instructions, instructions, 0


class Fast:
    """Counts a core's instructions and cycles, and carries its UART's bytes. Exact whenever the core stands."""

    def __init__(self, core: unicorn.Uc, pricer: Pricer = count, divisions: DivisionCost = NO_DIVISIONS) -> None:
        self._library = ctypes.CDLL(str(library()))
        self._core, self._pricer = core, pricer
        self.fields = Fields()
        self._prices = mmap.mmap(-1, _PRICES * ctypes.sizeof(Price))
        self.fields.finish = _NOWHERE - 1
        self.fields.prices = address_of(self._prices)
        self.fields.ask = ASK(self._ask)
        self.fields.stop = _address(binding.uclib.uc_emu_stop)
        self.fields.read_register = _address(binding.uclib.uc_reg_read)
        self.fields.divide_less, self.fields.divide_base = divisions.less, divisions.base
        self.fields.divide_step = divisions.step
        self._divisions: dict[int, tuple[int, Division]] = {}  # hook and what it is given, by address
        self._found: list[tuple[int, int]] = []  # address and opcode of divisions not yet watched
        self._trouble: Exception | None = None
        self._stands_at = -1
        self._exactly = False
        self._hook()

    @property
    def instructions(self) -> int:
        """Executed since the reset."""
        return int(self.fields.instructions)

    @property
    def cycles(self) -> int:
        """Passed since the reset; while the core runs, those of the block it is in are counted whole."""
        return int(self.fields.cycles)

    def skip(self, cycles: int) -> None:
        """Let cycles pass in which the core executes nothing (it sleeps, waits, or enters an exception)."""
        self.fields.cycles += cycles

    def slow_flash(self, first: int, end: int, wait_states: int, accelerator: Accelerator) -> None:
        """Let the flash at `first` .. `end` - 1 have wait states."""
        fields = self.fields.accelerator
        fields.first, fields.end, fields.wait_states, fields.bytes = first, end, wait_states, accelerator.bytes
        fields.code.count, fields.data.count = accelerator.lines, accelerator.data_lines
        fields.current = fields.coming = 0xFFFFFFFF
        for lines in (fields.code, fields.data):
            lines.line[:] = [0xFFFFFFFF] * 64
        if wait_states:
            self._add_hook(unicorn.UC_HOOK_MEM_READ, self._library.fast_data, self.fields, first, end - 1)

    def forget_place(self) -> None:
        """What runs next does not follow what ran last: nothing is left in the pipeline."""
        self._stands_at = -1

    def exact(self) -> int | None:
        """For a device read in mid-block: the cycles before the instruction that reads, or None.

        None means that the core was stopped and will execute the instruction again when it is run next; only then is
        the count known. What the device answers the first time is thrown away.
        """
        if self._exactly:
            self._exactly = False
            return int(self.fields.started)
        self._exactly = True
        self._core.emu_stop()
        return None

    def carry(self, registers: Registers, read: Callable[[int], int], write: Callable[[int, int], None]) -> None:
        """Map the page of a UART; `read` and `write` get the offsets that are not hot."""
        fields = self.fields
        fields.status_at, fields.receive_at, fields.send_at = (
            registers.status_at,
            registers.receive_at,
            registers.send_at,
        )
        fields.receive_bit, fields.send_bit = registers.receive_bit, registers.send_bit
        fields.send_bit_means_full = int(registers.send_bit_means_full)
        fields.slow_read, fields.slow_write = SLOW_READ(read), SLOW_WRITE(write)
        status = binding.uclib.uc_mmio_map(
            self._core._uch,
            _U64(registers.page),
            ctypes.c_size_t(0x1000),
            ctypes.c_void_p(_address(self._library.fast_read)),
            ctypes.byref(fields),
            ctypes.c_void_p(_address(self._library.fast_write)),
            ctypes.byref(fields),
        )
        _check(status, "map the UART")

    def run(self, pc: int, limit: int, count: int = 0) -> None:
        """Execute from `pc` until so many cycles have passed in all, or something else stops the core.

        `count` limits the instructions, too (0: no limit), at the price of speed.
        """
        fields = self.fields
        fields.limit, fields.idle, fields.counted = limit, 0, 0
        if pc & ~1 != self._stands_at:  # somebody moved the core: nothing is left in the pipeline
            fields.state, fields.block_end, self._exactly = 0, pc | 1, False
        try:
            self._core.emu_start(pc | 1, _NOWHERE, count=count)
            while self._found:
                self._watch()
                self._core.emu_start(self._core.reg_read(unicorn.arm_const.UC_ARM_REG_PC) | 1, _NOWHERE, count=count)
        finally:
            self._stands_at = self._core.reg_read(unicorn.arm_const.UC_ARM_REG_PC) & ~1
            self._library.fast_settle(ctypes.byref(fields), _U64(self._stands_at))
        if self._trouble is not None:
            trouble, self._trouble = self._trouble, None
            raise trouble

    def prices(self) -> list[Price]:
        """What was executed since the code was forgotten last: every block in every state it was entered in."""
        table = (Price * _PRICES).from_buffer_copy(self._prices)
        return [price for price in table if price.size and price.uses]

    @property
    def room(self) -> int:
        """Bytes `feed` takes now."""
        return FIFO - int(self.fields.received - self.fields.taken)

    def feed(self, data: bytes) -> None:
        """Bytes from the line, at most `room`."""
        fields = self.fields
        waiting = bytes(memoryview(fields.received_bytes)[fields.taken : fields.received]) + data
        ctypes.memmove(fields.received_bytes, waiting, len(waiting))
        fields.taken, fields.received, fields.polls = 0, len(waiting), 0

    def drain(self) -> bytes:
        """Bytes the firmware has sent."""
        data = bytes(memoryview(self.fields.sent_bytes)[: self.fields.sent])
        self.fields.sent = self.fields.polls = 0
        return data

    def forget_code(self) -> None:
        """The memory has new code, in flash or RAM."""
        self._prices[:] = bytes(len(self._prices))
        self.fields.known, self.fields.price = 0, None
        for handle, _ in self._divisions.values():
            binding.uclib.uc_hook_del(self._core._uch, ctypes.c_size_t(handle))
        self._divisions.clear()
        self._stands_at = -1

    def clear(self) -> None:
        """Forget what is on its way, and the counts: a reset."""
        fields = self.fields
        fields.received = fields.taken = fields.sent = fields.polls = fields.connected = fields.status = 0
        fields.instructions = fields.cycles = 0
        self._stands_at = -1

    def _ask(self, address: int, size: int, entry: int) -> int:
        try:
            code = bytes(self._core.mem_read(address, size))
            if self.fields.divide_step and self._unwatched(address, code):
                self.fields.refuse = 1
            cycles, instructions, state = self._pricer(address, code, entry)
        except Exception as error:  # a callback must not raise: the run that asked does
            self._trouble = error
            self._core.emu_stop()
            return 0
        return cycles << 32 | instructions << 16 | state

    def _unwatched(self, address: int, code: bytes) -> bool:
        """Whether there are divisions in a block that nobody watches yet; they are noted."""
        at, found = 0, False
        while at + 4 <= len(code):
            wide = code[at + 1] >= 0xE8
            opcode = int.from_bytes(code[at : at + 2], "little") << 16 | int.from_bytes(
                code[at + 2 : at + 4], "little"
            )
            if wide and opcode & _DIVIDE_MASK == _DIVIDE and address + at not in self._divisions:
                self._found.append((address + at, opcode))
                found = True
            at += 4 if wide else 2
        return found

    def _watch(self) -> None:
        """Let divisions report their operands from now on."""
        for address, opcode in self._found:
            dividend, divisor = _REGISTERS[opcode >> 16 & 15], _REGISTERS[opcode & 15]
            told = Division(ctypes.addressof(self.fields), dividend, divisor, int(not opcode >> 21 & 1))
            handle = self._add_hook(unicorn.UC_HOOK_CODE, self._library.fast_divide, told, address, address)
            self._divisions[address] = handle, told
        self._found.clear()
        self._core.ctl_flush_tb()

    def _hook(self) -> None:
        self._add_hook(unicorn.UC_HOOK_BLOCK, self._library.fast_block, self.fields, 1, 0)

    def _add_hook(self, kind: int, function: Any, data: ctypes.Structure, first: int, last: int) -> int:
        handle = ctypes.c_size_t()
        status = binding.uclib.uc_hook_add(
            self._core._uch,
            ctypes.byref(handle),
            ctypes.c_int(kind),
            ctypes.c_void_p(_address(function)),
            ctypes.byref(data),
            _U64(first),
            _U64(last),
        )
        _check(status, "count its cycles")
        return handle.value


_NOWHERE = 0xFFFFFFFE  # no code of ours stands there
_DIVIDE, _DIVIDE_MASK = 0xFB90F0F0, 0xFFD0F0F0  # SDIV and UDIV, which differ in bit 21
_REGISTERS = tuple(getattr(unicorn.arm_const, f"UC_ARM_REG_R{number}") for number in range(16))


def address_of(memory: mmap.mmap) -> int:
    """Where a piece of memory is in this process."""
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _check(status: int, what: str) -> None:
    if status != unicorn.UC_ERR_OK:
        raise ProbeError(f"Unicorn refused to {what} ({unicorn.UcError(status)}); check the version of unicorn")
