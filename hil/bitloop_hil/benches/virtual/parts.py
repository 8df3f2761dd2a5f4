"""The parts of a machine that its runner works with."""

from __future__ import annotations

from dataclasses import dataclass

from bitloop_hil.benches.virtual.bus import Bus
from bitloop_hil.benches.virtual.clock import Clock
from bitloop_hil.benches.virtual.code import Code
from bitloop_hil.benches.virtual.cpu import Cpu
from bitloop_hil.benches.virtual.debug import Debug
from bitloop_hil.benches.virtual.exceptions import Exceptions, Status
from bitloop_hil.benches.virtual.fast import Fast
from bitloop_hil.benches.virtual.memory import Memory
from bitloop_hil.benches.virtual.nvic import Nvic
from bitloop_hil.benches.virtual.stops import Stops
from bitloop_hil.benches.virtual.systick import SysTick
from bitloop_hil.benches.virtual.traps import Traps


@dataclass(frozen=True, slots=True)
class Parts:
    """Of one machine. `traps_by_ccr`: CCR decides whether unaligned accesses and divisions by 0 are faults."""

    cpu: Cpu
    memory: Memory
    fast: Fast
    code: Code
    clock: Clock
    nvic: Nvic
    status: Status
    systick: SysTick
    bus: Bus
    exceptions: Exceptions
    stops: Stops
    traps: Traps
    debug: Debug
    traps_by_ccr: bool
