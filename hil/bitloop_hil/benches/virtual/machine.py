"""A Cortex-M in Unicorn running an image: memories, exceptions, and the devices of the board around it."""

from __future__ import annotations

import io
import mmap
import struct
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import unicorn
import unicorn.arm_const as arm
from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from bitloop.errors import FlashError
from bitloop_hil.benches.virtual.fast import Fast, address_of
from bitloop_hil.benches.virtual.ppb import BFAR, CFSR, HFSR, PAGE_DWT, PAGE_SCS, PrivateBus
from bitloop_hil.benches.virtual.uarts import Uart, attach
from bitloop_hil.boards import BoardFile, Region

_SLICE = 50_000_000  # instructions between two looks at the outside world
_STM32_FLASH = 0x08000000
_HARD_FAULT, _SYSTICK = 3, 15
_RETURN = 0xFFFFFFF9  # to thread mode on the main stack
_WFI = 0xBF30
_THUMB, _ALIGNED = 1 << 24, 1 << 9
_FRAME = struct.Struct("<8I")
_STACKED = (
    arm.UC_ARM_REG_R0,
    arm.UC_ARM_REG_R1,
    arm.UC_ARM_REG_R2,
    arm.UC_ARM_REG_R3,
    arm.UC_ARM_REG_R12,
    arm.UC_ARM_REG_LR,
    arm.UC_ARM_REG_PC,
)
_PRECISE, _FETCH, _UNDEFINED = 0x8200, 0x0100, 0x10000  # CFSR
_FORCED, _DEBUG = 1 << 30, 1 << 31  # HFSR
_BREAKPOINT, _PREFETCH = 7, 3  # numbers of Unicorn's interrupt hook


class Why(Enum):
    """Why the core stands."""

    IDLE = "waits for the line"
    SLICE = "has more to do"
    ASLEEP = "sleeps until an interrupt"
    LOCKED = "locked up"


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What made the core take a fault."""

    text: str
    cfsr: int
    hfsr: int
    address: int = 0


class Machine:
    """One board. `load` an image, `reset`, then `run` it piece by piece."""

    def __init__(self, board: BoardFile) -> None:
        self._board = board
        self._uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        self._uc.ctl_set_cpu_model(getattr(arm, board.target.unicorn))
        self._flash = mmap.mmap(-1, board.flash.size)
        address = address_of(self._flash)
        readable = unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC
        self._uc.mem_map_ptr(board.flash.origin, board.flash.size, readable, address)
        if board.flash.origin == _STM32_FLASH:  # seen at 0 too, where an STM32 boots from
            self._uc.mem_map_ptr(0, board.flash.size, readable, address)
        self._uc.mem_map(board.ram.origin, board.ram.size)
        self.fast = Fast(self._uc)
        self.bus = PrivateBus(board.core, board.flash.origin, lambda: self.fast.fields.cycles, self._ask)
        self._map(PAGE_DWT, self.bus.read_dwt, self.bus.write_dwt)
        self._map(PAGE_SCS, self.bus.read_scs, self.bus.write_scs)
        self.uart: Uart = attach(board, self.fast, self._map)
        self._uc.hook_add(unicorn.UC_HOOK_INTR, self._interrupted)
        self._uc.hook_add(unicorn.UC_HOOK_MEM_INVALID, self._invalid)
        self._bad_address = 0
        self._interrupt: int | None = None
        self._active = 0
        self.story = ""

    def load(self, image: Path) -> None:
        """Program the flash by the physical addresses of the ELF's segments; FlashError if they do not fit."""
        self._flash[:] = b"\xff" * self._board.flash.size
        for address, data in segments(image):
            flash = self._board.flash
            if address < flash.origin or address + len(data) > flash.end:
                raise FlashError(
                    f"{image} has {len(data)} bytes at 0x{address:08x}, outside the flash of {self._board.name}"
                )
            self._flash[address - flash.origin : address - flash.origin + len(data)] = data
        self._uc.ctl_flush_tb()
        self.fast.forget_code()

    def reset(self) -> None:
        """Registers and devices as after power-on; RAM as it was."""
        self.bus.reset()
        self.fast.clear()
        self.uart.reset()
        self._active, self._interrupt, self.story = 0, None, ""
        for register in (*_STACKED, arm.UC_ARM_REG_XPSR, arm.UC_ARM_REG_PRIMASK, arm.UC_ARM_REG_CONTROL):
            self._uc.reg_write(register, 0)
        if self._board.target.fpu:
            self._uc.reg_write(arm.UC_ARM_REG_FPSCR, 0)
        stack, entry = struct.unpack("<II", self._uc.mem_read(self.bus.vectors, 8))
        self._uc.reg_write(arm.UC_ARM_REG_SP, stack)
        self._uc.reg_write(arm.UC_ARM_REG_LR, 0xFFFFFFFF)
        self._uc.reg_write(arm.UC_ARM_REG_PC, entry | 1)

    def run(self) -> Why:
        """Execute until the firmware waits for the line, or long enough to look after the outside world."""
        end = self.fast.fields.cycles + _SLICE
        while True:
            trouble = self._execute(min(end, self.bus.next_wrap or end))
            if self.bus.reset_requested:
                self.reset()
            elif trouble is not None:
                if self._active == _HARD_FAULT:
                    self.story = f"{trouble.text} while handling a fault ({self.story})"
                    return Why.LOCKED
                self._fault(trouble)
            elif self.fast.fields.idle:
                return Why.IDLE
            elif self._systick_due():
                self.bus.wrap_taken()
                self._enter(_SYSTICK)
            elif self.fast.fields.cycles >= end:
                return Why.SLICE
            elif self._asleep():
                return Why.ASLEEP

    def _execute(self, limit: int) -> _Trouble | None:
        self._interrupt = None
        pc = self._uc.reg_read(arm.UC_ARM_REG_PC)
        try:
            self.fast.run(pc, limit)
        except unicorn.UcError as error:
            return self._trouble(error)
        if self._interrupt is not None:
            return self._interrupted_by(self._interrupt)
        return None

    def _trouble(self, error: unicorn.UcError) -> _Trouble | None:
        pc = self._uc.reg_read(arm.UC_ARM_REG_PC)
        if pc >= 0xFFFFFFE0 and self._active:
            self._leave()
            return None
        at = f"at pc 0x{pc:08x}"
        if error.errno in (unicorn.UC_ERR_INSN_INVALID,):
            return _Trouble(f"undefined instruction {at}", _UNDEFINED, _FORCED)
        if error.errno in (unicorn.UC_ERR_FETCH_UNMAPPED, unicorn.UC_ERR_FETCH_PROT):
            return _Trouble(f"jump to 0x{pc:08x}, where there is no code", _FETCH, _FORCED)
        return _Trouble(f"{error} of 0x{self._bad_address:08x} {at}", _PRECISE, _FORCED, self._bad_address)

    def _interrupted_by(self, number: int) -> _Trouble | None:
        pc = self._uc.reg_read(arm.UC_ARM_REG_PC)
        if pc >= 0xFFFFFFE0 and self._active:
            self._leave()
            return None
        if number == _PREFETCH:
            return _Trouble(f"jump to 0x{pc:08x}, where there is no code", _FETCH, _FORCED)
        if number == _BREAKPOINT:
            return _Trouble(f"breakpoint without a debugger at pc 0x{pc:08x}", 0, _DEBUG)
        return _Trouble(f"exception {number} of the core at pc 0x{pc:08x}", 0, _FORCED)

    def _fault(self, trouble: _Trouble) -> None:
        self.story = trouble.text
        self.bus.scs[CFSR], self.bus.scs[HFSR], self.bus.scs[BFAR] = trouble.cfsr, trouble.hfsr, trouble.address
        self._enter(_HARD_FAULT)

    def _enter(self, exception: int) -> None:
        """Stack the basic frame and go to the handler. FPU registers stay in place: no handler of ours uses them."""
        values = [self._uc.reg_read(register) for register in _STACKED]
        before = self._uc.reg_read(arm.UC_ARM_REG_SP)
        status = self._uc.reg_read(arm.UC_ARM_REG_XPSR) | _THUMB
        stack = (before - _FRAME.size) & ~7
        if stack != before - _FRAME.size:
            status |= _ALIGNED
        self._uc.reg_write(arm.UC_ARM_REG_SP, stack)
        if _holds(self._board.ram, stack, _FRAME.size):
            self._uc.mem_write(stack, _FRAME.pack(*values, status))
        (handler,) = struct.unpack("<I", self._uc.mem_read(self.bus.vectors + 4 * exception, 4))
        self._active = exception
        self._uc.reg_write(arm.UC_ARM_REG_IPSR, exception)
        self._uc.reg_write(arm.UC_ARM_REG_LR, _RETURN)
        self._uc.reg_write(arm.UC_ARM_REG_PC, handler | 1)

    def _leave(self) -> None:
        stack = self._uc.reg_read(arm.UC_ARM_REG_SP)
        *values, status = _FRAME.unpack(self._uc.mem_read(stack, _FRAME.size))
        self._active = 0
        self._uc.reg_write(arm.UC_ARM_REG_IPSR, 0)
        self._uc.reg_write(arm.UC_ARM_REG_XPSR, status & ~_ALIGNED)
        self._uc.reg_write(arm.UC_ARM_REG_SP, stack + _FRAME.size + (4 if status & _ALIGNED else 0))
        for register, value in zip(_STACKED, values, strict=True):
            self._uc.reg_write(register, value | 1 if register == arm.UC_ARM_REG_PC else value)

    def _systick_due(self) -> bool:
        due = self.bus.next_wrap
        return due is not None and self.fast.fields.cycles >= due and self._interruptible()

    def _interruptible(self) -> bool:
        return not self._active and not self._uc.reg_read(arm.UC_ARM_REG_PRIMASK) & 1

    def _asleep(self) -> bool:
        """Whether WFI ended the run. The time until SysTick's next interrupt, if there is one, is skipped."""
        pc = self._uc.reg_read(arm.UC_ARM_REG_PC)
        try:
            (code,) = struct.unpack("<H", self._uc.mem_read(pc - 2, 2))
        except unicorn.UcError:
            return False
        if code != _WFI:
            return False
        self.fast.fields.cycles = self.bus.next_wrap or self.fast.fields.cycles
        return True

    def _ask(self, now: bool) -> None:
        if not now:
            self.fast.fields.limit = 0
        elif self._interruptible():
            self._uc.emu_stop()

    def _interrupted(self, uc: unicorn.Uc, number: int, data: object) -> None:
        self._interrupt = number
        uc.emu_stop()

    def _invalid(self, uc: unicorn.Uc, kind: int, address: int, size: int, value: int, data: object) -> bool:
        self._bad_address = address
        return False

    def _map(self, page: int, read: object, write: object) -> None:
        self._uc.mmio_map(
            page,
            0x1000,
            lambda uc, offset, size, data: read(offset),  # type: ignore[operator]
            None,
            lambda uc, offset, size, value, data: write(offset, value),  # type: ignore[operator]
            None,
        )


def segments(image: Path) -> list[tuple[int, bytes]]:
    """(physical address, bytes) of everything an ELF image loads."""
    try:
        elf = ELFFile(io.BytesIO(image.read_bytes()))
        found = [(int(s["p_paddr"]), bytes(s.data())) for s in elf.iter_segments("PT_LOAD") if s["p_filesz"]]
    except (OSError, ELFError) as error:
        raise FlashError(f"{image} is no image ({error}); build it first") from error
    if not found:
        raise FlashError(f"{image} loads nothing; build it with a linker script")
    return found


def _holds(region: Region, address: int, size: int) -> bool:
    return region.origin <= address and address + size <= region.end
