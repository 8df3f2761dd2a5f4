"""What a debugger can do to a core: the border between the machine and the debug port in front of it.

The machine offers a `DebugTarget`. The debug port (AP, DHCSR, DCRSR, DFSR, breakpoint unit, ROM table) translates the
debugger's accesses into it; everything else in the private peripheral bus, DEMCR and AIRCR included, is the machine's
and reached by `read` and `write` like any register.
"""

from __future__ import annotations

from enum import IntFlag
from typing import Any, Protocol

XPSR, MSP, PSP, CFBP, FPSCR, S0 = 16, 17, 18, 20, 33, 64
"""Registers beside R0..R15, as DCRSR.REGSEL numbers them (DDI 0403E C1.6.3); S1..S31 follow S0."""


class Stop(IntFlag):
    """Why a core went into debug state: the bits of DFSR (DDI 0403E C1.6.1)."""

    HALTED = 1  # asked to, or after a step
    BKPT = 2  # a BKPT instruction or a breakpoint
    VCATCH = 8  # DEMCR asked to stop at this exception or reset


class DebugTarget(Protocol):
    """Run control and memory of one core.

    `enabled` is DHCSR.C_DEBUGEN: without it BKPT is a fault, nothing is caught, and breakpoints are ignored.
    `mask_interrupts` is C_MASKINTS. `breakpoints` are addresses of instructions (even). `stops` gathers why the core
    stopped until somebody clears it. `resets` counts system resets, whoever asked for them.
    """

    core: str
    enabled: bool
    mask_interrupts: bool
    breakpoints: set[int]
    stops: Stop
    resets: int

    @property
    def halted(self) -> bool:
        """In debug state; a core held in reset is not."""

    @property
    def locked_up(self) -> bool:
        """S_LOCKUP: a fault came while a fault was handled. `halt` and `reset` get it out of there."""

    @property
    def asleep(self) -> bool:
        """S_SLEEP: waits in WFI or WFE."""

    @property
    def retired(self) -> int:
        """Instructions executed since the machine was made: S_RETIRE_ST is set when this has grown."""

    def read(self, address: int, size: int) -> bytes:
        """Memory or registers as the AHB-AP reads them; BusError where nothing answers.

        A device sees aligned words if address and size are multiples of 4, else half-words or bytes.
        """

    def write(self, address: int, data: bytes) -> None:
        """The same for writing. What goes to the flash does there what a store of the core would do."""

    def read_register(self, number: int) -> int:
        """A register by its REGSEL while the core is halted. xPSR reads with its T bit, PC without bit 0."""

    def write_register(self, number: int, value: int) -> None:
        """The same for writing."""

    def halt(self) -> None:
        """Go into debug state now; needs `enabled`, and nothing happens if it is halted already."""

    def resume(self) -> None:
        """Leave debug state. A breakpoint at the PC is stepped over once, as the BKPT of a flash algorithm is not."""

    def step(self) -> None:
        """Execute one instruction and be halted after it (`Stop.HALTED`), interrupts taken unless masked.

        An IT block is stepped through as a whole.
        """

    def reset(self, halt: bool = False) -> None:
        """System reset. It stops at the first instruction if `halt`, or if enabled and DEMCR.VC_CORERESET is set."""

    def hold_reset(self, held: bool) -> None:
        """The nRST pin: held, the core stands in reset and is not halted; released, it starts as `reset` does."""

    def pump(self, cycles: int) -> None:
        """Let the core run for about so many cycles unless it is halted, held or locked up; it may halt earlier."""


class DebugSession(Protocol):
    """One client at the socket of the debug port. It does no input or output of its own."""

    def receive(self, data: bytes) -> bytes:
        """Bytes from the client, cut anywhere, and the answer to what is complete; ConnectionError hangs up."""

    def close(self) -> None:
        """The client is gone."""


class DebugPort(Protocol):
    """The debug port of a board, made from a `DebugTarget`; what its process serves on the Unix socket."""

    def session(self) -> DebugSession:
        """A client has connected."""

    def inject(self, kind: str, arguments: dict[str, Any]) -> bool:
        """A fault on purpose; False if the kind is none of the probe's. BitloopError if its arguments are wrong."""
