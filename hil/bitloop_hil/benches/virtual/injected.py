"""Faults of the core on purpose, armed for the moment when so many more bytes have arrived from the host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.machine import Machine

KINDS = ("reset", "hang", "hardfault")
_WATCH = 2_000  # cycles between two looks whether the bytes are with the firmware


@dataclass(slots=True)
class _Armed:
    kind: str
    left: int  # bytes to come


class Injected:
    """Passes the host's bytes on, and strikes between the right two of them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._armed: _Armed | None = None
        self._held = b""

    @property
    def cycles(self) -> int | None:
        """How far the machine may run before `look`; None if nothing is about to happen."""
        return _WATCH if self._armed is not None and self._armed.left == 0 else None

    @property
    def room(self) -> int:
        """Bytes `feed` takes now."""
        return 0 if self._held else self._machine.line.room

    def arm(self, kind: str, arguments: dict[str, Any]) -> bool:
        """ "reset", "hang" or "hardfault" {after_bytes: n}; False for other kinds, ProbeError for wrong arguments."""
        if kind not in KINDS:
            return False
        after = arguments.get("after_bytes", 0)
        if type(after) is not int or after < 0:
            raise ProbeError(f"the fault {kind} comes after n bytes, with n from 0, not {after!r}")
        self._armed = _Armed(kind, after)
        self.look()
        return True

    def feed(self, data: bytes) -> None:
        """Bytes from the host; what comes after the fault waits for it."""
        first = len(data) if self._armed is None else min(self._armed.left, len(data))
        self._machine.line.feed(data[:first])
        self._held += data[first:]
        if self._armed is not None:
            self._armed.left -= first

    def look(self) -> None:
        """Strike if it is time."""
        armed = self._armed
        if armed is None or armed.left or not self._machine.line.arrived:
            return
        self._armed = None
        if armed.kind == "reset":
            self._machine.reset()
        elif armed.kind == "hang":
            self._machine.hang()
        else:
            self._machine.hard_fault()
        held, self._held = self._held, b""
        if held:
            self._machine.line.feed(held)

    def forget(self) -> None:
        """The board was reset by whoever holds it."""
        self._armed, self._held = None, b""
