"""One transfer of a DMA channel or stream: how many items are left, and what moving some of them does to memory.

Items move in bulk: a peripheral that knows how many it would have moved by now asks for all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.devices.dma_bus import DmaBus


class Flag(Enum):
    """What a transfer reports."""

    HALF = "half"
    COMPLETE = "complete"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the registers asked for. Sizes in bytes per item; `second` is the other buffer of double buffering."""

    memory: int
    peripheral: int
    count: int
    to_peripheral: bool
    circular: bool = False
    memory_size: int = 1
    peripheral_size: int = 1
    memory_step: bool = True
    peripheral_step: bool = False
    second: int | None = None
    copies: bool = False  # from memory to memory, without a request


class Transfer:
    """A channel's work. `left` is what its counter register shows."""

    def __init__(self, bus: DmaBus, report: Callable[[Flag], None], note: Callable[[str], None], name: str) -> None:
        self._bus, self._report, self._note = bus, report, note
        self.name = name
        self.left = 0
        self.plan: Plan | None = None
        self.on_second = False

    def start(self, plan: Plan) -> None:
        """Enabled with these registers."""
        self.plan = plan if plan.count else None
        self.left = plan.count
        self.on_second = False

    def stop(self) -> None:
        """Disabled; `left` stays as it is read then."""
        self.plan = None
        self.on_second = False

    @property
    def boundary(self) -> int:
        """Items until the next flag; 0 if nothing moves."""
        if self.plan is None:
            return 0
        half = self.plan.count // 2
        done = self.plan.count - self.left
        return half - done if done < half else self.left

    def supply(self, wanted: int) -> int:
        """How many of so many items it would move before it ends."""
        if self.plan is None:
            return 0
        return wanted if self.plan.circular else min(wanted, self.left)

    def take(self, wanted: int) -> bytes:
        """Up to `wanted` items from memory, the low byte of each."""
        taken = bytearray()

        def load(address: int, items: int, plan: Plan) -> None:
            if plan.memory_step:
                taken.extend(self._bus.load(address, items * plan.memory_size)[:: plan.memory_size])
            else:
                taken.extend(self._bus.load(address, plan.memory_size)[:1] * items)

        self._pieces(wanted, load)
        return bytes(taken)

    def put(self, data: bytes) -> int:
        """Items from the peripheral, a byte each, to memory; how many of them it took."""
        return self.put_items(np.frombuffer(data, np.uint8))

    def put_items(self, items: NDArray[np.unsignedinteger[Any]]) -> int:
        """Items from the peripheral, as wide as its register is read, to memory; how many of them it took."""
        taken = 0

        def store(address: int, count: int, plan: Plan) -> None:
            nonlocal taken
            read = items[taken : taken + count].astype(f"<u{plan.peripheral_size}")
            wide = read.astype(f"<u{plan.memory_size}").tobytes()
            taken += count
            self._bus.store(address, wide if plan.memory_step else wide[-plan.memory_size :])

        self._pieces(len(items), store)
        return taken

    def copy(self) -> None:
        """All of a transfer from memory to memory: from `memory` if it goes to the peripheral's side, else to it."""
        plan = self.plan
        if plan is None:
            return
        sides = [
            (plan.memory, plan.memory_size, plan.memory_step),
            (plan.peripheral, plan.peripheral_size, plan.peripheral_step),
        ]
        source, sink = sides if plan.to_peripheral else reversed(sides)
        try:
            self._copy(plan.count, source, sink)
        except BusError as error:
            self._fail(error)
            return
        self._move(self.boundary)
        self._move(self.boundary)

    def _copy(self, count: int, source: tuple[int, int, bool], sink: tuple[int, int, bool]) -> None:
        (from_, from_size, from_step), (to, to_size, to_step) = source, sink
        items = self._bus.load(from_, from_size * (count if from_step else 1))
        if not from_step:
            items *= count
        if from_size != to_size:
            values = (items[i : i + from_size] for i in range(0, len(items), from_size))
            items = b"".join(value[:to_size].ljust(to_size, b"\0") for value in values)
        self._bus.store(to, items if to_step else items[-to_size:])

    def _pieces(self, wanted: int, move: Callable[[int, int, Plan], None]) -> None:
        """`move(address, items, plan)` up to the next flag, again and again; a bus error ends the transfer."""
        while wanted and self.plan is not None:
            plan = self.plan
            items = min(wanted, self.boundary)
            base = plan.second if self.on_second and plan.second is not None else plan.memory
            done = plan.count - self.left if plan.memory_step else 0
            try:
                move(base + done * plan.memory_size, items, plan)
            except BusError as error:
                self._fail(error)
                return
            wanted -= items
            self._move(items)

    def _move(self, items: int) -> None:
        plan = self.plan
        if plan is None or not items:
            return
        self.left -= items
        if plan.count - self.left == plan.count // 2:
            self._report(Flag.HALF)
        if self.left:
            return
        if plan.circular:
            self.left = plan.count
            self.on_second = plan.second is not None and not self.on_second
        else:
            self.plan = None
        self._report(Flag.COMPLETE)

    def _fail(self, error: BusError) -> None:
        self.plan = None
        self._note(f"{self.name} stopped with a transfer error: {error}")
        self._report(Flag.ERROR)
