"""Calls single C functions on an emulated core: the kernels of firmware/host, compiled for it by either compiler.

This is the executor behind the float contract's tests. It needs no firmware, no vector table and no link: the image
holds the wrappers, arguments are laid out in RAM, and the call returns to a breakpoint.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import unicorn
import unicorn.arm_const as arm
from elftools.elf.elffile import ELFFile

from bitloop.errors import ProbeError
from bitloop.kernels.executor import Argument
from bitloop.native import kernel_sources
from bitloop.targets import Target, target
from bitloop.toolchain import Flags, Sources, Toolchain

_FLASH, _RAM, _RAM_SIZE = 0x08000000, 0x20000000, 16 << 20
_STOP = 0x0FFFFFF0  # returns end here; nothing is mapped
_ARGUMENT_REGISTERS = (arm.UC_ARM_REG_R0, arm.UC_ARM_REG_R1, arm.UC_ARM_REG_R2, arm.UC_ARM_REG_R3)

_SCRIPT = b"""\
ENTRY(blh_entry)
MEMORY {
    FLASH (rx)  : ORIGIN = 0x08000000, LENGTH = 1M
    RAM   (rwx) : ORIGIN = 0x20000000, LENGTH = 16M
}
SECTIONS {
    .text : { KEEP(*(.text.blh_*)) *(.text*) *(.rodata*) } > FLASH
    .ARM.exidx : { *(.ARM.exidx*) } > FLASH
    .data : { *(.data*) } > RAM
    .bss : { *(.bss*) *(COMMON) } > RAM
}
"""
_ENTRY = b"void blh_entry(void);\nvoid blh_entry(void) {}\n"


def build(toolchain: Toolchain, flags: Flags, sources: Sources | None = None) -> Path:
    """ELF image of every kernel wrapper for a bare core."""
    extra = Sources({"core.ld": _SCRIPT, "host/entry.c": _ENTRY})
    return toolchain.executable((sources or kernel_sources()) | extra, flags, "kernels.elf", script="core.ld")


class CoreExecutor:
    """Runs exported functions of an image on one emulated core."""

    def __init__(self, core: Target, image: Path, name: str) -> None:
        self.name = name
        elf = ELFFile(io.BytesIO(image.read_bytes()))
        table = elf.get_section_by_name(".symtab")
        if table is None:
            raise ProbeError(f"{image} has no symbols, so its functions cannot be called")
        self._functions = {symbol.name: symbol["st_value"] for symbol in table.iter_symbols()}
        self._uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)  # with UC_MODE_MCLASS every core is an M33
        self._uc.ctl_set_cpu_model(getattr(arm, core.unicorn))
        self._uc.mem_map(_FLASH, 1 << 20)
        self._uc.mem_map(_RAM, _RAM_SIZE)
        self._fpu = core.fpu and core.float_abi == "hard"
        self._free = _RAM
        for segment in elf.iter_segments("PT_LOAD"):
            self._uc.mem_write(segment["p_paddr"], segment.data())
            if segment["p_vaddr"] >= _RAM:
                self._uc.mem_write(segment["p_vaddr"], segment.data())
                self._free = max(self._free, segment["p_vaddr"] + segment["p_memsz"])

    def call(self, function: str, *arguments: Argument) -> None:
        heap = self._free
        arrays: list[tuple[int, np.ndarray]] = []

        def place(array: np.ndarray) -> int:
            nonlocal heap
            heap = (heap + 15) & ~15
            where, data = heap, array.tobytes()
            heap += len(data)
            if heap > _RAM + _RAM_SIZE - 0x10000:
                raise ProbeError(f"{function}: the arguments do not fit into the emulated {_RAM_SIZE >> 20} MiB")
            self._uc.mem_write(where, data)
            arrays.append((where, array))
            return where

        words = []
        for argument in arguments:
            if isinstance(argument, int):
                words.append(argument)
            elif isinstance(argument, np.ndarray):
                words.append(place(argument))
            else:
                words.append(place(np.array([place(a) for a in argument] or [0], dtype=np.uint32)))
        self._run(function, words)
        for where, array in arrays:
            if array.flags.writeable:
                flat = np.frombuffer(bytes(self._uc.mem_read(where, array.nbytes)), dtype=array.dtype)
                array[...] = flat.reshape(array.shape)

    def _run(self, function: str, words: list[int]) -> None:
        address = self._functions.get(function)
        if address is None:
            raise ProbeError(f"{self.name}: the image has no function {function}")
        stack = _RAM + _RAM_SIZE - 0x100
        for register, word in zip(_ARGUMENT_REGISTERS, words, strict=False):
            self._uc.reg_write(register, word)
        rest = np.array(words[4:], dtype=np.uint32).tobytes()
        self._uc.mem_write(stack, rest)
        self._uc.reg_write(arm.UC_ARM_REG_SP, stack)
        self._uc.reg_write(arm.UC_ARM_REG_LR, _STOP | 1)
        if self._fpu:
            self._uc.reg_write(arm.UC_ARM_REG_FPEXC, 1 << 30)
        try:
            self._uc.emu_start(address | 1, _STOP)
        except unicorn.UcError as error:
            where = self._uc.reg_read(arm.UC_ARM_REG_PC)
            raise ProbeError(f"{self.name}: {function} stopped at 0x{where:08x} ({error})") from error


@cache
def executor(core: str, compiler: str, optimize: str) -> CoreExecutor:
    """The kernels on a core, built by a compiler at an optimisation level; kept for the life of the process."""
    toolchain = Toolchain(compiler, target(core))
    image = build(toolchain, Flags(optimize, debug=True))
    return CoreExecutor(toolchain.target, image, f"{core} ({compiler} {optimize})")
