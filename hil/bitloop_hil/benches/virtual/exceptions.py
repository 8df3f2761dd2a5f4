"""Exception entry and return, and what becomes of faults (DDI 0403E B1.5, DDI 0419E B1.5).

Entry stacks eight words, or 26 with the FPU's registers where CONTROL.FPCA says that they are in use: the space that
lazy stacking reserves is filled at once. An exception that comes while another one's stacking passes time and is more
urgent is entered first; one that is due at a return is entered without unstacking.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from bitloop_hil.benches.virtual import nvic as numbers
from bitloop_hil.benches.virtual.cpu import ALIGNED, EXCEPTION, FP_ACTIVE, PROCESS_STACK, THUMB, Cpu
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.identity import Identity
from bitloop_hil.benches.virtual.memory import Memory
from bitloop_hil.benches.virtual.nvic import Nvic

_BASIC = struct.Struct("<8I")
_SINGLES, _EXTENDED = 16, 18 * 4  # S0..S15, then FPSCR and a reserved word
_RETURN, _TO_THREAD, _ON_PROCESS, _NO_FP = 0xFFFFFFE1, 1 << 3, 1 << 2, 1 << 4
_NON_BASE = 1  # CCR.NONBASETHRDENA: thread mode may be returned to with exceptions active
_TAIL = 6  # cycles from a return to the handler entered instead

IACCVIOL, DACCVIOL, MUNSTKERR, MSTKERR, MMARVALID = 1 << 0, 1 << 1, 1 << 3, 1 << 4, 1 << 7
IBUSERR, PRECISERR, UNSTKERR, STKERR, BFARVALID = 1 << 8, 1 << 9, 1 << 11, 1 << 12, 1 << 15
UNDEFINSTR, INVSTATE, INVPC, NOCP, UNALIGNED, DIVBYZERO = (1 << bit for bit in (16, 17, 18, 19, 24, 25))
VECTTBL, FORCED, DEBUGEVT = 1 << 1, 1 << 30, 1 << 31
_NAMES = {
    numbers.HARD_FAULT: "HardFault",
    numbers.MEM_MANAGE: "MemManage",
    numbers.BUS_FAULT: "BusFault",
    numbers.USAGE_FAULT: "UsageFault",
}


class Lockup(Exception):  # noqa: N818 - it is what the architecture calls a lockup
    """The core cannot go on: a fault came while it could not take one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: its exception, what it sets in CFSR, the address for MMFAR or BFAR, and a clause for people."""

    kind: int
    bits: int
    text: str
    address: int | None = None
    hfsr: int = 0


@dataclass(slots=True)
class Status:
    """The fault registers, CCR and what else decides about exceptions. PPB shows and changes them."""

    ccr: int = 0x200
    cfsr: int = 0
    hfsr: int = 0
    mmfar: int = 0
    bfar: int = 0
    fpccr: int = 0xC0000000
    fpu_on: bool = False
    sleep_on_exit: bool = False
    vectors: int = 0


class Exceptions:
    """Moves a core into and out of its handlers. `story` tells the fault taken last."""

    def __init__(
        self, cpu: Cpu, nvic: Nvic, status: Status, identity: Identity, memory: Memory, skip: Callable[[int], None]
    ) -> None:
        self._cpu, self._nvic, self._status = cpu, nvic, status
        self._identity, self._memory, self._skip = identity, memory, skip
        self.story = ""

    def enter(self, number: int) -> None:
        """Take a pending exception; a fault on the way there is taken instead."""
        skip = self._identity.entry_cycles
        try:
            self._push(number)
        except BusError:
            self._skip(skip)
            self._fault_on_stack(number, "entering", STKERR if self._identity.mainline else 0)
            return
        self._skip(skip)
        due = self._nvic.due(self._cpu.masks)  # a late one goes first, on the frame that was just pushed
        late = due is not None and self._nvic.priority(due) < self._nvic.priority(number)
        self._start(due if late and due is not None else number, self._cpu.lr)

    def leave(self, value: int) -> None:
        """Return from the exception being handled, with an EXC_RETURN as Unicorn left it in the PC."""
        value |= 1
        number = self._nvic.current
        nested = len(self._nvic.active) > 1
        legal = not nested or self._status.ccr & _NON_BASE if value & _TO_THREAD else nested
        if value not in self._returns() or not legal:
            self._nvic.leave(number)
            self.fault(Fault(numbers.USAGE_FAULT, INVPC, f"return by 0x{value:08x}, which is no EXC_RETURN here"))
            return
        if number != numbers.NMI:
            self._cpu.unmask_faults()
        self._nvic.leave(number)
        due = self._nvic.due(self._cpu.masks)
        if due is not None:
            self._skip(_TAIL)
            self._start(due, value)
            return
        try:
            self._pop(value)
        except BusError:
            self._fault_on_stack(number, "returning from", UNSTKERR if self._identity.mainline else 0)
            return
        self._skip(self._identity.return_cycles)

    def fault(self, fault: Fault) -> None:
        """Take a fault, as its own exception or as HardFault; Lockup if neither is possible."""
        lr = self._cpu.lr
        status = self._status
        status.cfsr |= fault.bits
        if fault.address is not None and fault.kind == numbers.BUS_FAULT:
            status.cfsr, status.bfar = status.cfsr | BFARVALID, fault.address
        elif fault.address is not None and fault.kind == numbers.MEM_MANAGE:
            status.cfsr, status.mmfar = status.cfsr | MMARVALID, fault.address
        taken, level = fault.kind, self._nvic.level(self._cpu.masks)
        if taken != numbers.HARD_FAULT and (
            not self._identity.mainline or not self._nvic.enabled(taken) or self._nvic.group(taken) >= level
        ):
            taken = numbers.HARD_FAULT
            status.hfsr |= FORCED
        status.hfsr |= fault.hfsr
        told = self._tell(fault, taken, lr)
        if self._nvic.group(taken) >= level:
            raise Lockup(f"{told} while {self._doing()} ({self.story})" if self.story else told)
        self.story = told
        self._nvic.pending.add(taken)
        self.enter(taken)

    def _tell(self, fault: Fault, taken: int, lr: int) -> str:
        text = f"{_NAMES[taken]}: {fault.text}, pc 0x{self._cpu.pc:08x}, lr 0x{lr:08x}"
        if self._identity.mainline:
            status = self._status
            text += f", CFSR 0x{status.cfsr:08x}, HFSR 0x{status.hfsr:08x}"
            text += f", MMFAR 0x{status.mmfar:08x}" if status.cfsr & MMARVALID else ""
            text += f", BFAR 0x{status.bfar:08x}" if status.cfsr & BFARVALID else ""
        return text

    def _doing(self) -> str:
        number = self._nvic.current
        return f"handling {_NAMES[number]}" if number in _NAMES else f"handling exception {number}"

    def _fault_on_stack(self, number: int, doing: str, bits: int) -> None:
        """The stack cannot be used: the fault is entered without a frame."""
        status = self._status
        status.cfsr |= bits
        own = numbers.BUS_FAULT
        taken = own if self._identity.mainline and self._nvic.enabled(own) else numbers.HARD_FAULT
        if number in (numbers.HARD_FAULT, numbers.NMI, own):
            taken = numbers.HARD_FAULT
        level = self._nvic.level(self._cpu.masks)
        what = f"stack at 0x{self._cpu.sp:08x} outside the RAM, {doing} exception {number}"
        if self._overflowed():
            what = f"stack overflow: {what}"
        if taken == numbers.HARD_FAULT and number != numbers.HARD_FAULT:
            status.hfsr |= FORCED
        before = self.story
        self.story = f"{_NAMES[taken]}: {what}" + (f" ({before})" if number in _NAMES and before else "")
        if self._nvic.group(taken) >= level and number != numbers.HARD_FAULT:
            raise Lockup(self.story)
        self._nvic.pending.discard(number if number in _NAMES else 0)
        self._start(taken, self._cpu.lr)

    def _overflowed(self) -> bool:
        return overflowed(self._cpu.sp, self._status.vectors, self._memory)

    def _returns(self) -> tuple[int, ...]:
        basic = (0xFFFFFFF1, 0xFFFFFFF9, 0xFFFFFFFD)
        return (*basic, 0xFFFFFFE1, 0xFFFFFFE9, 0xFFFFFFED) if self._identity.fpu else basic

    def _extended(self) -> bool:
        wanted = self._identity.fpu and self._status.fpu_on and self._status.fpccr >> 31
        return bool(wanted and self._cpu.control & FP_ACTIVE)

    def _push(self, number: int) -> None:
        """The frame, and EXC_RETURN in LR. SP has moved even if there is no memory."""
        cpu, extended = self._cpu, self._extended()
        value = _RETURN | (0 if extended else _NO_FP)
        if not self._nvic.active:
            value |= _TO_THREAD | (_ON_PROCESS if cpu.control & PROCESS_STACK else 0)
        status = cpu.xpsr
        frame = _BASIC.size + (_EXTENDED if extended else 0)
        before = cpu.sp
        align = self._status.ccr & ALIGNED or extended
        stack = before - frame & (~7 if align else ~3)
        if stack != before - frame:
            status |= ALIGNED
        data = _BASIC.pack(*cpu.stacked(), cpu.pc, status)
        if extended:
            data += cpu.singles(_SINGLES) + struct.pack("<II", cpu.fpscr, 0)
        cpu.sp = stack & 0xFFFFFFFF
        self._memory.write(cpu.sp, data)
        cpu.lr = value

    def _start(self, number: int, value: int) -> None:
        """Into the handler: no FP context, main stack, exception number, vector."""
        cpu = self._cpu
        if not self._nvic.active:
            cpu.control &= ~(PROCESS_STACK | FP_ACTIVE)
        elif cpu.control & FP_ACTIVE:
            cpu.control &= ~FP_ACTIVE
        self._nvic.enter(number)
        cpu.interrupt_state(number)
        cpu.lr = value
        try:
            vector = self._memory.word(self._status.vectors + 4 * number)
        except BusError:
            self._vector_fault(number)
            return
        cpu.pc = vector
        if not vector & 1:
            text = f"the vector of exception {number} is 0x{vector:08x}, without the Thumb bit"
            self.fault(Fault(numbers.USAGE_FAULT, INVSTATE, text))

    def _vector_fault(self, number: int) -> None:
        text = f"the vector of exception {number} cannot be read at 0x{self._status.vectors + 4 * number:08x}"
        if number == numbers.HARD_FAULT:
            raise Lockup(text)
        self._status.hfsr |= VECTTBL
        self.fault(Fault(numbers.HARD_FAULT, 0, text))

    def _pop(self, value: int) -> None:
        cpu, extended = self._cpu, not value & _NO_FP
        thread = bool(value & _TO_THREAD)
        control = cpu.control & ~(PROCESS_STACK | FP_ACTIVE)
        process = bool(value & _ON_PROCESS)
        stack = cpu.selected(18 if process else 17)
        frame = _BASIC.size + (_EXTENDED if extended else 0)
        data = self._memory.read(stack, frame)
        *registers, pc, status = _BASIC.unpack(data[: _BASIC.size])
        stack += frame + (4 if status & ALIGNED else 0)
        if extended:
            cpu.unstack_singles(data[_BASIC.size : _BASIC.size + 4 * _SINGLES])
            (cpu.fpscr,) = struct.unpack_from("<I", data, _BASIC.size + 4 * _SINGLES)
        cpu.select(18 if process else 17, stack)
        cpu.xpsr = status & ~(ALIGNED | EXCEPTION) | THUMB | (0 if thread else self._nvic.current)
        cpu.control = control | (PROCESS_STACK if process else 0) | (FP_ACTIVE if extended else 0)
        cpu.unstack(tuple(registers))
        cpu.pc = pc


def overflowed(sp: int, vectors: int, memory: Memory) -> bool:
    """Whether a stack pointer is below the RAM that the initial one points into, as after a stack overflow."""
    try:
        initial = memory.word(vectors)
    except BusError:
        return False
    for block in memory.ram:
        if block.origin < initial <= block.end:
            return not block.origin <= sp <= block.end and sp - block.origin & 0xFFFFFFFF >= 0x80000000
    return False
