"""What Unicorn has translated and the engine has priced, and when that is to be forgotten or not to be executed."""

from __future__ import annotations

from collections.abc import Callable

import unicorn

from bitloop_hil.benches.virtual.exceptions import Status
from bitloop_hil.benches.virtual.fast import Fast, Pricer
from bitloop_hil.benches.virtual.memory import Memory

_PIECE = 1 << 10  # bytes; at most as large as a block of code can be


class Code:
    """The code of one core. `refused` is the address of a block that uses an FPU which is off."""

    def __init__(self, uc: unicorn.Uc, memory: Memory, status: Status, fpu: bool, pricer: Pricer) -> None:
        self._uc, self._memory, self._status, self._fpu, self._pricer = uc, memory, status, fpu, pricer
        self.stop: Callable[[], None] = lambda: None
        self.refused: int | None = None
        self.stepping = False  # to the very instruction that is refused
        self.stale = False
        self._counted = False
        self._executed: set[int] = set()  # pieces of memory

    def changed(self, first: int, size: int) -> None:
        """Memory has new content there: what was executed of it is forgotten before the core goes on."""
        pieces = range(self._piece(first), self._piece(first + size - 1) + 1)
        if not self._executed.isdisjoint(pieces):
            self.stale = True

    def before_running(self, fast: Fast, counted: bool) -> None:
        """Forget what has to be. `counted`: the engine is about to count single instructions."""
        self.refused = None
        if counted or self._counted:  # what was translated the other way would not be counted, or slowly
            self._counted = counted
            self._uc.ctl_flush_tb()
        if self.stale:
            self.stale = False
            self._executed.clear()
            self._uc.ctl_flush_tb()
            fast.forget_code()

    def price(self, address: int, code: bytes, entry: int) -> tuple[int, int, int]:
        """What a block costs; it is also where an FPU that is off is noticed, before the block is executed."""
        if self._fpu and not self._status.fpu_on and not self.stepping and uses_fpu(code):
            self.refused = address
            self.stop()
        self._executed.update((self._piece(address), self._piece(address + len(code) - 1)))
        return self._pricer(address, code, entry)

    def _piece(self, address: int) -> int:
        """Where the flash is seen twice, it is the same."""
        block = self._memory.block(address)
        if block is not None and not block.writable:
            address += self._memory.flash.origin - block.origin
        return address // _PIECE


def uses_fpu(code: bytes) -> bool:
    """Whether there is an instruction of coprocessor 10 or 11 in the block."""
    at = 0
    while at < len(code):
        if code[at + 1] < 0xE8:
            at += 2
            continue
        if code[at + 1] & 0xEC == 0xEC and code[at + 3] & 0x0E == 0x0A:
            return True
        at += 4
    return False
