"""The registers of a core in Unicorn, by their architectural meaning.

Unicorn is told the core by its model and not by UC_MODE_MCLASS, which makes a Cortex-M33 of every core: then an M0
would execute what only an M33 has.
"""

from __future__ import annotations

import struct

import unicorn
import unicorn.arm_const as arm

from bitloop.targets import Target
from bitloop_hil.benches.virtual import debug_target as regsel
from bitloop_hil.benches.virtual.nvic import Masks

THUMB, ALIGNED = 1 << 24, 1 << 9  # xPSR: the T bit, and in a stacked xPSR that the stack was aligned
EXCEPTION = 0x1FF
UNPRIVILEGED, PROCESS_STACK, FP_ACTIVE = 1, 2, 4  # CONTROL: nPRIV, SPSEL, FPCA
_NO_SFPA, _SFPA = 7, 8
_STACKED = (
    arm.UC_ARM_REG_R0,
    arm.UC_ARM_REG_R1,
    arm.UC_ARM_REG_R2,
    arm.UC_ARM_REG_R3,
    arm.UC_ARM_REG_R12,
    arm.UC_ARM_REG_LR,
)
_CORE = (*_STACKED[:4], *range(arm.UC_ARM_REG_R4, arm.UC_ARM_REG_R12 + 1), arm.UC_ARM_REG_SP, arm.UC_ARM_REG_LR)
_SINGLES = tuple(range(arm.UC_ARM_REG_S0, arm.UC_ARM_REG_S31 + 1))


class Cpu:
    """One core and its registers. Those of the FPU exist if `fpu` is set."""

    def __init__(self, core: Target) -> None:
        self.fpu = core.fpu
        self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self.uc.ctl_set_cpu_model(getattr(arm, core.unicorn))

    def reset(self, stack: int, entry: int) -> None:
        """As after a reset: from `entry` (with its Thumb bit) on the main stack, everything else 0."""
        write = self.uc.reg_write
        self.interrupt_state(0)
        self.control = 0
        for register in _CORE:
            write(register, 0)
        for register in (arm.UC_ARM_REG_PRIMASK, arm.UC_ARM_REG_FAULTMASK, arm.UC_ARM_REG_BASEPRI):
            write(register, 0)
        if self.fpu:
            write(arm.UC_ARM_REG_FPSCR, 0)
        write(arm.UC_ARM_REG_MSP, stack & ~3)
        write(arm.UC_ARM_REG_PSP, 0)
        write(arm.UC_ARM_REG_LR, 0xFFFFFFFF)
        self.xpsr = THUMB
        self.pc = entry & ~1

    @property
    def pc(self) -> int:
        """Address of the next instruction."""
        return int(self.uc.reg_read(arm.UC_ARM_REG_PC)) & ~1

    @pc.setter
    def pc(self, address: int) -> None:
        self.uc.reg_write(arm.UC_ARM_REG_PC, address | 1)

    @property
    def lr(self) -> int:
        """R14."""
        return int(self.uc.reg_read(arm.UC_ARM_REG_LR))

    @lr.setter
    def lr(self, value: int) -> None:
        self.uc.reg_write(arm.UC_ARM_REG_LR, value)

    @property
    def sp(self) -> int:
        """The stack pointer in use."""
        return int(self.uc.reg_read(arm.UC_ARM_REG_SP))

    @sp.setter
    def sp(self, value: int) -> None:
        self.uc.reg_write(arm.UC_ARM_REG_SP, value)

    @property
    def xpsr(self) -> int:
        """Flags, ITSTATE, exception number; the T bit is always set."""
        return int(self.uc.reg_read(arm.UC_ARM_REG_XPSR)) | THUMB

    @xpsr.setter
    def xpsr(self, value: int) -> None:
        self.uc.reg_write(arm.UC_ARM_REG_XPSR_NZCVQG, value | THUMB)

    @property
    def thumb(self) -> bool:
        """The T bit as Unicorn has it: not set after a jump to an even address."""
        return bool(int(self.uc.reg_read(arm.UC_ARM_REG_XPSR)) & THUMB)

    @property
    def control(self) -> int:
        """CONTROL: nPRIV, SPSEL, FPCA."""
        return int(self.uc.reg_read(arm.UC_ARM_REG_CONTROL)) & _NO_SFPA

    @control.setter
    def control(self, value: int) -> None:
        secure = _SFPA if value & FP_ACTIVE else 0  # the state of an M33's FPU in its secure half, where it starts
        self.uc.reg_write(arm.UC_ARM_REG_CONTROL, value & _NO_SFPA | secure)

    @property
    def exception(self) -> int:
        """IPSR."""
        return self.xpsr & EXCEPTION

    @property
    def privileged(self) -> bool:
        """Handlers are, threads unless CONTROL.nPRIV says otherwise."""
        return not self.control & UNPRIVILEGED or bool(self.exception)

    @property
    def masks(self) -> Masks:
        """What keeps exceptions away."""
        read = self.uc.reg_read
        return Masks(
            bool(read(arm.UC_ARM_REG_PRIMASK) & 1),
            bool(read(arm.UC_ARM_REG_FAULTMASK) & 1),
            read(arm.UC_ARM_REG_BASEPRI) & 0xFF,
        )

    def unmask_faults(self) -> None:
        """FAULTMASK = 0, as returning from an exception does."""
        self.uc.reg_write(arm.UC_ARM_REG_FAULTMASK, 0)

    def interrupt_state(self, number: int) -> None:
        """IPSR, and with it the stack pointer in use; the rest of xPSR but the T bit and the flags is cleared."""
        self.xpsr = self.xpsr & 0xF80F0000 | number

    def stacked(self) -> list[int]:
        """R0..R3, R12, LR: what an exception pushes before PC and xPSR."""
        return [int(self.uc.reg_read(register)) for register in _STACKED]

    def unstack(self, values: tuple[int, ...]) -> None:
        """The same back."""
        for register, value in zip(_STACKED, values, strict=True):
            self.uc.reg_write(register, value)

    def singles(self, count: int) -> bytes:
        """S0 and up, as an exception pushes them."""
        return struct.pack(f"<{count}I", *(self.uc.reg_read(register) for register in _SINGLES[:count]))

    def unstack_singles(self, data: bytes) -> None:
        """The same back."""
        for register, (value,) in zip(_SINGLES, struct.iter_unpack("<I", data), strict=False):
            self.uc.reg_write(register, value)

    @property
    def fpscr(self) -> int:
        """FPSCR."""
        return int(self.uc.reg_read(arm.UC_ARM_REG_FPSCR))

    @fpscr.setter
    def fpscr(self, value: int) -> None:
        self.uc.reg_write(arm.UC_ARM_REG_FPSCR, value)

    def selected(self, number: int) -> int:
        """A register by its REGSEL; what does not exist reads 0."""
        if number == 15:
            return self.pc
        if number == regsel.XPSR:
            return self.xpsr
        if number == regsel.CFBP:
            masks = self.masks
            return self.control << 24 | masks.faultmask << 16 | masks.basepri << 8 | masks.primask
        register = self._register(number)
        return int(self.uc.reg_read(register)) if register is not None else 0

    def select(self, number: int, value: int) -> None:
        """Write a register by its REGSEL."""
        value &= 0xFFFFFFFF
        if number == 15:
            self.pc = value & ~1
        elif number == regsel.XPSR:
            self.xpsr = value
        elif number == regsel.CFBP:
            self._set_masks(value)
        elif (register := self._register(number)) is not None:
            self.uc.reg_write(register, value)

    def _set_masks(self, value: int) -> None:
        for register, shift, mask in (
            (arm.UC_ARM_REG_PRIMASK, 0, 1),
            (arm.UC_ARM_REG_BASEPRI, 8, 0xFF),
            (arm.UC_ARM_REG_FAULTMASK, 16, 1),
            (arm.UC_ARM_REG_CONTROL, 24, _NO_SFPA),
        ):
            self.uc.reg_write(register, value >> shift & mask)

    def _register(self, number: int) -> int | None:
        if number < len(_CORE):
            return int(_CORE[number])
        if number == regsel.MSP:
            return int(arm.UC_ARM_REG_MSP)
        if number == regsel.PSP:
            return int(arm.UC_ARM_REG_PSP)
        if self.fpu and number == regsel.FPSCR:
            return int(arm.UC_ARM_REG_FPSCR)
        if self.fpu and regsel.S0 <= number < regsel.S0 + len(_SINGLES):
            return int(_SINGLES[number - regsel.S0])
        return None
