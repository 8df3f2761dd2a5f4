"""Why Unicorn stopped, in the architecture's words: a fault and what it leaves in the fault registers, or none."""

from __future__ import annotations

import unicorn

from bitloop_hil.benches.virtual import exceptions as bits
from bitloop_hil.benches.virtual import nvic as numbers
from bitloop_hil.benches.virtual.cpu import Cpu
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.exceptions import Fault, Status, overflowed
from bitloop_hil.benches.virtual.memory import Memory

SVC, FETCH, UNALIGNED_DATA, BREAKPOINT, RETURN, NO_COPROCESSOR = 2, 3, 4, 7, 8, 17
"""Numbers of Unicorn's interrupt hook."""
WFI, WFE, YIELD, SEV = 0xBF30, 0xBF20, 0xBF10, 0xBF40
_READS = (unicorn.UC_ERR_READ_UNMAPPED, unicorn.UC_ERR_READ_PROT)
_WRITES = (unicorn.UC_ERR_WRITE_UNMAPPED, unicorn.UC_ERR_WRITE_PROT)
_FETCHES = (unicorn.UC_ERR_FETCH_UNMAPPED, unicorn.UC_ERR_FETCH_PROT)
_EXC_RETURN = 0xF0000000
_NEAR_STACK = 1 << 16


class Stops:
    """Tells faults of one core. `bad_address` is the address of the last access Unicorn refused."""

    def __init__(self, cpu: Cpu, memory: Memory, status: Status) -> None:
        self._cpu, self._memory, self._status = cpu, memory, status
        self.bad_address = 0

    def opcode(self, address: int) -> int:
        """The half-word there, 0 where there is no memory."""
        try:
            return int.from_bytes(self._memory.read(address, 2), "little")
        except BusError:
            return 0

    @property
    def returns(self) -> bool:
        """Whether the PC is an EXC_RETURN, or would be one in a handler."""
        return self._cpu.pc & _EXC_RETURN == _EXC_RETURN

    def of_error(self, error: unicorn.UcError) -> Fault:
        """The fault behind an error of Unicorn."""
        if error.errno in _READS:
            return self.data("read", self.bad_address)
        if error.errno in _WRITES:
            return self.data("write", self.bad_address)
        if error.errno in _FETCHES:
            return self.fetch()
        if not self._cpu.thumb:
            return self.wrong_state()
        return Fault(numbers.USAGE_FAULT, bits.UNDEFINSTR, f"undefined instruction 0x{self.opcode(self._cpu.pc):04x}")

    def of_interrupt(self, number: int) -> Fault:
        """The fault behind a call of the interrupt hook that is neither SVC, BKPT nor a return."""
        if number == FETCH:
            return self.fetch() if self._cpu.thumb else self.wrong_state()
        if number == NO_COPROCESSOR:
            return self.no_coprocessor()
        if number == UNALIGNED_DATA:
            return Fault(numbers.USAGE_FAULT, bits.UNALIGNED, "unaligned access")
        return Fault(numbers.HARD_FAULT, 0, f"exception {number} of the emulator")

    def data(self, what: str, address: int) -> Fault:
        """A load or store to where nothing answers."""
        text = f"{what} of 0x{address:08x}, where nothing answers"
        if self._memory.block(address) is not None:
            text = f"{what} of 0x{address:08x}, which is flash and cannot be stored to"
        elif self._below_stack(address):
            text = f"stack overflow: {what} of 0x{address:08x}, below the RAM"
        return Fault(numbers.BUS_FAULT, bits.PRECISERR, text, address)

    def fetch(self) -> Fault:
        """A jump to where no code can be."""
        pc = self._cpu.pc
        text = f"jump to 0x{pc:08x}, where there is no code"
        if pc >> 28 in (0x4, 0x5, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF):  # never to be executed
            return Fault(numbers.MEM_MANAGE, bits.IACCVIOL, text)
        return Fault(numbers.BUS_FAULT, bits.IBUSERR, text)

    def before_fetch(self) -> Fault | None:
        """What Unicorn must not be asked to execute: it would not come back, or forget that the T bit is not set."""
        if not self._cpu.thumb:
            return self.wrong_state()
        return self.fetch() if self._memory.block(self._cpu.pc, 2) is None else None

    def wrong_state(self) -> Fault:
        """A jump to an even address, as to Arm code."""
        return Fault(numbers.USAGE_FAULT, bits.INVSTATE, "jump to an address without the Thumb bit")

    def no_coprocessor(self) -> Fault:
        """An instruction of an FPU that is off or not there."""
        missing = "is off (CPACR)" if self._cpu.fpu else "does not exist"
        return Fault(numbers.USAGE_FAULT, bits.NOCP, f"instruction of the FPU, which {missing}")

    def _below_stack(self, address: int) -> bool:
        near = abs(self._cpu.sp - address) < _NEAR_STACK
        return near and overflowed(address, self._status.vectors, self._memory)
