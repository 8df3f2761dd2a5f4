"""Calls functions of an ELF file on a bare core and counts their instructions and cycles.

No board: memory wherever the file has segments, a stack, and nothing else. So a library, or any function that
returns, can be timed without firmware around it. Counts run from the function's first instruction until it has
returned, refill of the pipeline included; the call itself belongs to the caller.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import unicorn
import unicorn.arm_const as arm
from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from bitloop.errors import BuildError, TimingError
from bitloop.targets import target
from bitloop_hil.benches.virtual.fast import Fast
from bitloop_hil.timing.model import Model

_CHUNK = 1 << 20
_STACK_TOP, _STACK_SIZE = 0x6FF00000, 1 << 20
_FINISH = 0x6FF80000  # where a function returns to
_RAM = 0x20000000
_ARGUMENTS = (arm.UC_ARM_REG_R0, arm.UC_ARM_REG_R1, arm.UC_ARM_REG_R2, arm.UC_ARM_REG_R3)
_CORE_REGISTERS = (
    *_ARGUMENTS,
    *(getattr(arm, f"UC_ARM_REG_R{number}") for number in range(4, 13)),
)
_FOREVER = 1 << 62
_EXECUTABLE = 1  # flag of a segment


@dataclass(frozen=True, slots=True)
class Count:
    """What a call took, and what r0 held afterwards."""

    cycles: int
    instructions: int
    result: int


class Engine:
    """One core with the contents of an ELF file."""

    def __init__(self, core: str, image: Path | bytes, wait_states: int = 0) -> None:
        self.core, self.model = core, Model(core)
        self._uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self._uc.ctl_set_cpu_model(getattr(arm, target(core).unicorn))
        self._mapped: set[int] = set()
        self._flash = (1 << 32, 0)  # first address and end of what is executable
        self.symbols = self._load(image)
        self._map(_STACK_TOP - _STACK_SIZE, _STACK_SIZE)
        self._map(_FINISH, 2)
        self._map(_RAM, 1)
        self._uc.mem_write(_FINISH, b"\x00\xbf" * 8)
        if target(core).fpu:
            self._uc.reg_write(arm.UC_ARM_REG_FPEXC, 1 << 30)
        self.fast = Fast(self._uc, self.model, self.model.divisions)
        self.fast.fields.finish = _FINISH
        if wait_states:
            self.fast.slow_flash(*self._flash, wait_states, self.model.accelerator)

    def call(self, function: str | int, *arguments: int, limit: int = _FOREVER) -> Count:
        """Call a function with integer arguments; TimingError if it does not return within `limit` cycles."""
        address = self.address(function) if isinstance(function, str) else function
        stack = _STACK_TOP - 4 * max(0, len(arguments) - 4) & ~7
        for register in _CORE_REGISTERS:
            self._uc.reg_write(register, 0)
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            self._uc.reg_write(register, value & 0xFFFFFFFF)
        for i, value in enumerate(arguments[4:]):
            self.write(stack + 4 * i, (value & 0xFFFFFFFF).to_bytes(4, "little"))
        self._uc.reg_write(arm.UC_ARM_REG_SP, stack)
        self._uc.reg_write(arm.UC_ARM_REG_LR, _FINISH | 1)
        fields = self.fast.fields
        cycles, instructions = int(fields.cycles), int(fields.instructions)
        self.fast.forget_place()
        try:
            self.fast.run(address, min(cycles + limit, _FOREVER))
        except unicorn.UcError as error:
            where = self._uc.reg_read(arm.UC_ARM_REG_PC)
            raise TimingError(f"{function} on {self.core} stopped at pc 0x{where:08x} ({error})") from error
        if self._uc.reg_read(arm.UC_ARM_REG_PC) & ~1 != _FINISH:
            raise TimingError(f"{function} on {self.core} did not return within {limit} cycles")
        result = int(self._uc.reg_read(arm.UC_ARM_REG_R0))
        return Count(int(fields.cycles) - cycles, int(fields.instructions) - instructions, result)

    def shares(self, name: Callable[[int], str]) -> dict[str, float]:
        """Share of the cycles since `forget_shares` by what `name` calls an instruction's address; largest first."""
        cycles: Counter[str] = Counter()
        for price in self.fast.prices():
            code = self.read(price.address, price.size)
            for step, cost in self.model.shares(price.address, code, price.entry):
                cycles[name(step.address)] += cost * price.uses
            cycles[name(price.address)] += price.extra
        total = sum(cycles.values())
        return {what: spent / total for what, spent in cycles.most_common() if spent}

    def forget_shares(self) -> None:
        """Begin to count shares from here."""
        self.fast.forget_code()

    def address(self, function: str) -> int:
        """Of a function by its name."""
        if function not in self.symbols:
            raise BuildError(f"the program has no function {function!r}; look at its symbols with nm")
        return self.symbols[function]

    def read(self, address: int, size: int) -> bytes:
        """From memory."""
        return bytes(self._uc.mem_read(address, size))

    def write(self, address: int, data: bytes) -> None:
        """To memory."""
        self._uc.mem_write(address, data)

    def _load(self, image: Path | bytes) -> dict[str, int]:
        data = image if isinstance(image, bytes) else image.read_bytes()
        try:
            elf = ELFFile(io.BytesIO(data))
            for segment in elf.iter_segments("PT_LOAD"):
                if segment["p_flags"] & _EXECUTABLE and segment["p_filesz"]:
                    first, end = segment["p_vaddr"], segment["p_vaddr"] + segment["p_memsz"]
                    self._flash = min(self._flash[0], first & ~0xFF), max(self._flash[1], end)
                for address in {segment["p_vaddr"], segment["p_paddr"]}:
                    self._map(address, segment["p_memsz"])
                    self._uc.mem_write(address, segment.data())
            table = elf.get_section_by_name(".symtab")
        except ELFError as error:
            raise BuildError(f"this is no ELF program ({error}); link one first") from error
        if table is None:
            raise BuildError("the program has no symbols, so its functions cannot be called; link it without -s")
        return {symbol.name: int(symbol["st_value"]) & ~1 for symbol in table.iter_symbols() if symbol.name}

    def _map(self, address: int, size: int) -> None:
        for chunk in range(address // _CHUNK, (address + max(size, 1) - 1) // _CHUNK + 1):
            if chunk not in self._mapped:
                self._mapped.add(chunk)
                self._uc.mem_map(chunk * _CHUNK, _CHUNK)
