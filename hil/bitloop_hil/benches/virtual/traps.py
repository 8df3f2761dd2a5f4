"""What CCR makes a fault of and Unicorn does not: division by 0 and unaligned accesses, watched for on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import unicorn
import unicorn.arm_const as arm

from bitloop_hil.benches.virtual import exceptions as bits
from bitloop_hil.benches.virtual import nvic as numbers
from bitloop_hil.benches.virtual.exceptions import Fault
from bitloop_hil.benches.virtual.memory import Memory

UNALIGN_TRP, DIV_0_TRP = 1 << 3, 1 << 4
_LOW = (*range(arm.UC_ARM_REG_R0, arm.UC_ARM_REG_R12 + 1), arm.UC_ARM_REG_SP, arm.UC_ARM_REG_LR, arm.UC_ARM_REG_PC)


class Traps:
    """Hooks that stop the core before such an instruction; `caught` is then its fault."""

    def __init__(self, uc: unicorn.Uc, memory: Memory, stop: Callable[[], None]) -> None:
        self._uc, self._memory, self._stop = uc, memory, stop
        self._hooks: list[Any] = []
        self._watched = 0
        self.caught: Fault | None = None

    def watch(self, ccr: int) -> None:
        """As CCR says; nothing happens if that is what it said before."""
        wanted = ccr & (UNALIGN_TRP | DIV_0_TRP)
        if wanted == self._watched:
            return
        while self._hooks:
            self._uc.hook_del(self._hooks.pop())
        self._watched = wanted
        if wanted & DIV_0_TRP:
            for address in self._divisions():
                self._hooks.append(self._uc.hook_add(unicorn.UC_HOOK_CODE, self._divides, begin=address, end=address))
        if wanted & UNALIGN_TRP:
            kinds = unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE
            self._hooks.append(self._uc.hook_add(kinds, self._accesses))
        self._uc.ctl_flush_tb()

    def _divisions(self) -> list[int]:
        """Where SDIV or UDIV may stand; data that looks like one is never executed."""
        found = []
        for block in self._memory.blocks:
            if not block.writable:
                data = bytes(block.data)
                at = data.find(0xFB, 1)
                while at > 0 and at + 2 < len(data):
                    if at % 2 and data[at - 1] & 0xD0 == 0x90 and data[at + 1] & 0xF0 == 0xF0:
                        found.append(block.origin + at - 1)
                    at = data.find(0xFB, at + 1)
        return found

    def _divides(self, uc: unicorn.Uc, address: int, size: int, data: object) -> None:
        divisor = self._memory.read(address + 2, 1)[0] & 0xF
        if uc.reg_read(_LOW[divisor]) == 0:
            self._catch(Fault(numbers.USAGE_FAULT, bits.DIVBYZERO, "division by 0"))

    def _accesses(self, uc: unicorn.Uc, kind: int, address: int, size: int, value: int, data: object) -> None:
        if address % size:
            self._catch(Fault(numbers.USAGE_FAULT, bits.UNALIGNED, f"unaligned access to 0x{address:08x}"))

    def _catch(self, fault: Fault) -> None:
        if self.caught is None:
            self.caught = fault
        self._stop()
