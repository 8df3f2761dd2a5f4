"""Faults of a serial line on purpose: bytes dropped, doubled or flipped, one of every so many, or the line cut."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from bitloop.errors import ProbeError


class Direction(Enum):
    """Which of the line's two wires."""

    TO_BOARD = "to-board"
    TO_HOST = "to-host"


@dataclass
class _Fault:
    kind: str
    direction: Direction
    every: int
    bit: int = 0
    seen: int = 0

    def apply(self, data: bytes) -> bytes:
        first = self.every - 1 - self.seen % self.every
        self.seen += len(data)
        if self.kind == "uart-cut":
            return b""
        hit = range(first, len(data), self.every)
        if not hit:
            return data
        changed = bytearray(data)
        if self.kind == "uart-flip":
            for i in hit:
                changed[i] ^= 1 << self.bit
        elif self.kind == "uart-drop":
            del changed[first :: self.every]
        else:
            for i in reversed(hit):
                changed.insert(i, changed[i])
        return bytes(changed)


KINDS = ("uart-drop", "uart-double", "uart-flip", "uart-cut")


class LineFaults:
    """What is wrong with a line.

    `uart-drop`, `uart-double`, `uart-flip` {every: n, direction: "to-board" | "to-host", bit: 0..7} hit every n-th
    byte that passes in that direction; `uart-cut` {direction} lets nothing pass; `uart-ok` mends everything.
    """

    def __init__(self) -> None:
        self._faults: list[_Fault] = []

    def inject(self, kind: str, *, every: Any = 1, direction: Any = "to-board", bit: Any = 0, **others: Any) -> None:
        """One more fault; ProbeError if its kind or an argument is none of the above."""
        if kind == "uart-ok":
            self._faults.clear()
            return
        if kind not in KINDS:
            raise ProbeError(f"a serial line has no fault {kind!r}; choose uart-ok or one of {', '.join(KINDS)}")
        if others:
            raise ProbeError(f"{kind} has no argument {min(others)!r}; it takes every, direction and bit")
        if type(every) is not int or every < 1 or type(bit) is not int or not 0 <= bit < 8:
            raise ProbeError(
                f"{kind} with every = {every} and bit = {bit}; every has to be at least 1 and bit 0 to 7"
            )
        try:
            where = Direction(direction)
        except ValueError:
            known = " or ".join(d.value for d in Direction)
            raise ProbeError(f"{kind} with direction = {direction!r}; it has to be {known}") from None
        self._faults.append(_Fault(kind, where, every, bit))

    def apply(self, direction: Direction, data: bytes) -> bytes:
        """What of these bytes comes out at the other end."""
        for fault in self._faults:
            if fault.direction is direction:
                data = fault.apply(data)
        return data
