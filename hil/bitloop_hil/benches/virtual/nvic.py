"""Which exception comes first: priorities, pending and active states of a core's exceptions (DDI 0403E B1.5, B3.4).

Exceptions are numbered as the core does: 2 NMI, 3 HardFault, 4..6 the configurable faults, 11 SVCall, 14 PendSV,
15 SysTick, 16 and up the interrupts. A smaller priority is more urgent.
"""

from __future__ import annotations

from dataclasses import dataclass

NMI, HARD_FAULT, MEM_MANAGE, BUS_FAULT, USAGE_FAULT = 2, 3, 4, 5, 6
SVCALL, DEBUG_MONITOR, PENDSV, SYSTICK, FIRST_INTERRUPT = 11, 12, 14, 15, 16
INTERRUPTS = 240
IDLE = 256  # less urgent than any exception
_FIXED = {1: -3, NMI: -2, HARD_FAULT: -1}


@dataclass(frozen=True, slots=True)
class Masks:
    """PRIMASK, FAULTMASK and BASEPRI as the core has them."""

    primask: bool = False
    faultmask: bool = False
    basepri: int = 0


class Nvic:
    """The states of all exceptions. `bits` of a priority are implemented, the upper ones of its byte."""

    def __init__(self, bits: int) -> None:
        self._implemented = 0xFF & ~((1 << (8 - bits)) - 1)
        self.reset()

    def reset(self) -> None:
        """Nothing pending, active or enabled; priorities 0."""
        self.pending: set[int] = set()
        self.active: list[int] = []
        self.group_shift = 1  # of PRIGROUP: bits below it are subpriority
        self._enabled: set[int] = set()
        self._lines: set[int] = set()
        self._priority: dict[int, int] = {}

    @property
    def current(self) -> int:
        """The exception being handled; 0 in thread mode."""
        return self.active[-1] if self.active else 0

    def enable(self, number: int, on: bool) -> None:
        """Enable an interrupt or a configurable fault."""
        if on:
            self._enabled.add(number)
        else:
            self._enabled.discard(number)

    def enabled(self, number: int) -> bool:
        """Whether it may be taken at all; the exceptions of the core but the configurable faults always may."""
        return number in self._enabled or (number < FIRST_INTERRUPT and not MEM_MANAGE <= number <= USAGE_FAULT)

    def set_priority(self, number: int, value: int) -> None:
        """Write a priority byte; bits that are not implemented stay 0."""
        self._priority[number] = value & self._implemented

    def priority(self, number: int) -> int:
        """The priority byte, or -3..-1 for reset, NMI and HardFault."""
        return _FIXED.get(number, self._priority.get(number, 0))

    def group(self, number: int) -> int:
        """The part of its priority that decides about preemption."""
        return self._group(self.priority(number))

    def line(self, interrupt: int, level: bool) -> None:
        """Drive an interrupt line: it pends while high, and a short pulse is not lost."""
        number = FIRST_INTERRUPT + interrupt
        if not level:
            self._lines.discard(number)
        elif number not in self._lines:
            self._lines.add(number)
            self.pending.add(number)

    def clear(self, number: int) -> None:
        """Write to ICPR: an asserted line pends again at once."""
        if number not in self._lines or number in self.active:
            self.pending.discard(number)

    def level(self, masks: Masks) -> int:
        """The priority the core executes at; only what is more urgent preempts it."""
        level = min((self.group(number) for number in self.active), default=IDLE)
        if masks.basepri & self._implemented:
            level = min(level, self._group(masks.basepri & self._implemented))
        if masks.primask:
            level = min(level, 0)
        return min(level, -1) if masks.faultmask else level

    def due(self, masks: Masks) -> int | None:
        """The exception to take now, if any: the most urgent, among equals that with the smallest number."""
        first = self._first()
        return first if first is not None and self.group(first) < self.level(masks) else None

    def wakes(self, masks: Masks) -> bool:
        """Whether WFI ends: something is pending that would be taken if PRIMASK were 0."""
        first = self._first()
        return first is not None and self.group(first) < self.level(Masks(False, masks.faultmask, masks.basepri))

    def masked(self, masks: Masks) -> bool:
        """Whether something waits only for PRIMASK, FAULTMASK or BASEPRI to change."""
        return self.due(masks) is None and self.due(Masks()) is not None

    def enter(self, number: int) -> None:
        """The core takes it."""
        self.pending.discard(number)
        self.active.append(number)

    def leave(self, number: int) -> None:
        """The core returns from it; a line that is still high pends again."""
        self.active.remove(number)
        if number in self._lines:
            self.pending.add(number)

    def _first(self) -> int | None:
        waiting = [number for number in self.pending if self.enabled(number)]
        return min(waiting, key=lambda number: (self.priority(number), number)) if waiting else None

    def _group(self, priority: int) -> int:
        return priority if priority < 0 else priority >> self.group_shift << self.group_shift
