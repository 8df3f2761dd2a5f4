"""The calls of an image on the engine of the virtual bench, counted instruction by instruction.

A second opinion needs a first one to differ from: here are the library calls of the very image another bench runs,
through the same adapter, the clock read where the firmware reads it. The clock is a register that holds how many
instructions were executed before the one that reads it. So the ticks of a call here are the instructions between the
two readings, its frame of moves and branches included, and QEMU under `-icount` has to count exactly as many.

Only images whose ticks come from a counter of the machine (tick source 3) can be recounted. Nothing but the library
runs: no reset handler, no link, no interrupt.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import unicorn
import unicorn.arm_const as arm
from elftools.elf.elffile import ELFFile

from bitloop.errors import BuildError, ProbeError
from bitloop.kernels.base import Features
from bitloop_hil.benches.virtual.fast import Fast, Price, Pricer, count
from bitloop_hil.boards import BoardFile

_COUNTER_SOURCE: Final = 3
_SCRATCH, _SCRATCH_SIZE = 0x60000000, 1 << 20  # where no board has anything
_STOP = 0x0FFFFFF0  # calls return to here; nothing is mapped
_PAGE = 0x1000
_ANSWER = struct.Struct("<IiI")
_CPACR_FPU = 1 << 30  # FPEXC.EN: Unicorn's way to switch the FPU on
_FOREVER = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """A call: what it returned, the raw words of its outputs, and the instructions between the two clock readings."""

    status: int
    label: int
    outputs: bytes
    instructions: int


class Recount:
    """A library in an image, called without a board. `pricer` is whose count of instructions is asked."""

    def __init__(self, image: Path, board: BoardFile, outputs: int, pricer: Pricer = count) -> None:
        """`outputs` is the number of floats of an answer. BuildError where the image's ticks are not a counter's."""
        self._counter = _counter(board)
        self._outputs = outputs
        self._uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self._uc.ctl_set_cpu_model(getattr(arm, board.target.unicorn))
        for region in (board.flash, board.ram):
            self._uc.mem_map(region.origin, region.size)
        self._uc.mem_map(_SCRATCH, _SCRATCH_SIZE)
        elf = ELFFile(io.BytesIO(image.read_bytes()))
        for segment in elf.iter_segments("PT_LOAD"):
            self._uc.mem_write(segment["p_paddr"], segment.data())
            self._uc.mem_write(segment["p_vaddr"], segment.data())
        table = elf.get_section_by_name(".symtab")
        self._symbols = {s.name: s["st_value"] for s in table.iter_symbols()} if table else {}
        self._fpu = board.target.fpu
        self.fast = Fast(self._uc, pricer)
        page = self._counter & ~(_PAGE - 1)
        self._uc.mmio_map(page, _PAGE, self._read_counter, None, _ignore, None)

    def init(self, pretrained: bool = False) -> Counted:
        """As the link's INIT."""
        return self._call("bl_library_init", int(pretrained))

    def learn(self, signal: Features) -> Counted:
        """As the link's LEARN: (values,) float32."""
        return self._call("bl_library_learn", self._place(signal))

    def detect(self, signal: Features) -> Counted:
        """As the link's DETECT: (values,) float32."""
        return self._call("bl_library_detect", self._place(signal))

    def _place(self, signal: Features) -> int:
        self._uc.mem_write(_SCRATCH, np.ascontiguousarray(signal, dtype="<f4").tobytes())
        return _SCRATCH

    def _call(self, name: str, argument: int) -> Counted:
        function = self._symbols.get(name)
        if function is None:
            raise BuildError(f"the image has no function {name}, so its calls cannot be recounted")
        answer = _SCRATCH + _SCRATCH_SIZE // 2
        size = _ANSWER.size + 4 * self._outputs
        self._uc.mem_write(answer, bytes(size))
        for register, value in (
            (arm.UC_ARM_REG_R0, argument),
            (arm.UC_ARM_REG_R1, answer),
            (arm.UC_ARM_REG_SP, self._symbols["bl_stack_top"]),
            (arm.UC_ARM_REG_LR, _STOP | 1),
        ):
            self._uc.reg_write(register, value)
        if self._fpu:
            self._uc.reg_write(arm.UC_ARM_REG_FPEXC, _CPACR_FPU)
        self._run(name, function)
        found = bytes(self._uc.mem_read(answer, size))
        status, label, ticks = _ANSWER.unpack_from(found)
        return Counted(status, label, found[_ANSWER.size :], ticks)

    def _run(self, name: str, function: int) -> None:
        pc = function & ~1
        while pc != _STOP:
            try:
                self.fast.run(pc, _FOREVER)
            except unicorn.UcError as error:
                if self._pc() != _STOP:
                    raise ProbeError(f"{name} stopped at pc 0x{self._pc():08x} ({error})") from error
            pc = self._pc()

    def _pc(self) -> int:
        return int(self._uc.reg_read(arm.UC_ARM_REG_PC)) & ~1

    def _read_counter(self, uc: unicorn.Uc, offset: int, size: int, data: object) -> int:
        if offset != self._counter % _PAGE or self.fast.exact() is None:
            return 0
        here = Price.from_address(self.fast.fields.price)  # the block begins with the instruction that reads
        return (self.fast.instructions - int(here.instructions)) & 0xFFFFFFFF


def _counter(board: BoardFile) -> int:
    defines = board.image.defines if board.image else {}
    if defines.get("BL_TICK_SOURCE") != _COUNTER_SOURCE or "BL_TICK_ADDRESS" not in defines:
        raise BuildError(f"the ticks of {board.name} do not come from a counter of the machine; recount a QEMU board")
    return defines["BL_TICK_ADDRESS"]


def _ignore(uc: unicorn.Uc, offset: int, size: int, value: int, data: object) -> None:
    """Nothing of the machine but its counter is there."""
