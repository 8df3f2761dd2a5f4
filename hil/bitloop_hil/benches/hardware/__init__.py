"""Bench `hardware`: a real board, flashed through its debug probe by pyOCD, spoken to over its serial port.

Probe, port and lock are tied by the probe's serial number, so that with several boards plugged in none is mistaken
for another. The port is opened before the board is reset: what it says first is not lost. Every image is read back
after programming. Programming is skipped when this very image was the last one that was programmed through this probe
and read back equal, and the board reports the build it reported then.

Ticks are cycles: the core's cycle counter or SysTick on the core's clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from bitloop.errors import BitloopError, BuildError, LinkError
from bitloop_hil.benches.hardware.attached import Attached, attached
from bitloop_hil.benches.hardware.flashed import Flashed, Segments
from bitloop_hil.board import Board, Programmed
from bitloop_hil.boards import BoardFile, board_file
from bitloop_hil.closing import Closing
from bitloop_hil.link.client import Describe, Link
from bitloop_hil.link.greeting import Greeting
from bitloop_hil.link.patience import Patience
from bitloop_hil.link.remote import open_port
from bitloop_hil.link.transport import Transport
from bitloop_hil.locks import BoardLock
from bitloop_hil.rig import Place
from bitloop_hil.segments import segments
from bitloop_hil.symbols import Symbols

_ASKING = Patience(hello=0.2, boot=0.4)  # a board that runs answers within milliseconds


class Programmer(Protocol):
    """What programs a board and resets it: bitloop_hil.probe.flasher.Flasher."""

    def flash(self, image: Path) -> Programmed:
        """Program and read back an image."""

    def reset(self) -> None:
        """Reset the chip and let it run."""

    def close(self) -> None:
        """Let go of the probe; safe to call twice."""


def open_hardware(place: Place, lock_seconds: float = 0.0) -> Board:
    """The board of a hardware place, locked; see `rig.open_place`."""
    file = board_file(place.board)
    found = attached(place, file)
    lock = BoardLock(found.serial, f"{place.name} ({place.board})", lock_seconds).acquire()
    try:
        return HardwareBoard(file, found, lock, lambda: _flasher(file, found, place.pack))
    except BaseException:
        lock.close()
        raise


def _flasher(file: BoardFile, found: Attached, pack: str) -> Programmer:
    from bitloop_hil.probe.flasher import Flasher

    if file.probe is None:
        raise BuildError(f"board {file.name} has no [probe] section, so nothing can flash it; choose another board")
    return Flasher(
        found.uid,
        file.probe.target,
        pack=pack or None,
        frequency=file.probe.frequency,
        connect_mode=file.probe.connect,
    )


class HardwareBoard(Closing):
    """A board behind a debug probe and a serial port as a `Board`; `start` connects to the probe once needed."""

    bench = "hardware"
    unit = "cycles"

    def __init__(self, file: BoardFile, found: Attached, lock: BoardLock, start: Callable[[], Programmer]) -> None:
        self.name, self.core = file.name, file.core
        self._found, self._lock, self._start = found, lock, start
        self._flashed = Flashed(found.serial)
        self._programmer: Programmer | None = None
        self._symbols: Symbols | None = None
        self._line: _Line | None = None

    def flash(self, image: Path) -> Programmed:
        """Program the image and read it back, unless the board runs it already."""
        began, parts = time.monotonic(), segments(image)
        self._symbols = Symbols(image)
        if self._runs(parts):
            size = sum(len(content) for _, content in parts)
            return Programmed(
                size, time.monotonic() - began, 0, True, f"the build the board reports, {self._found.uid}"
            )
        self._flashed.forget()
        programmed = self._probe().flash(image)
        self._flashed.programmed(parts)
        return programmed

    def reset(self) -> None:
        """Start the image from its reset vector; what it learned is gone."""
        self._open()
        self._probe().reset()

    def link(self) -> Link:
        """A link over the board's serial port; one at a time."""
        line = self._open()
        if line.taken:
            raise LinkError(f"{self.name} has a link already; close that one first")
        line.taken = True
        return _Link(line, self._flashed, self._symbols.describe if self._symbols else None)

    def close(self) -> None:
        """Let go of port, probe and lock; safe to call twice."""
        with ExitStack() as stack:
            stack.callback(self._lock.close)
            programmer, self._programmer = self._programmer, None
            if programmer is not None:
                stack.callback(programmer.close)
            if self._line is not None:
                stack.callback(self._line.close)

    def _runs(self, parts: Segments) -> bool:
        """Whether the board reports the build of this image, and its flash is known to hold it."""
        build = self._flashed.build(parts)
        if not build or (self._line is not None and self._line.taken and not self._line.closed):
            return False
        try:
            with Link(self._open(), patience=_ASKING) as link:
                return link.greet().build == build
        except BitloopError:  # it says nothing, or nothing bitloop knows
            return False

    def _open(self) -> _Line:
        """The port, open."""
        if self._line is None or self._line.closed:
            self._line = _Line(open_port(self._found.port, self._found.baud))
        return self._line

    def _probe(self) -> Programmer:
        if self._programmer is None:
            self._programmer = self._start()
        return self._programmer


class _Link(Link):
    """A link that remembers which build the board reported."""

    def __init__(self, line: _Line, flashed: Flashed, describe: Describe | None) -> None:
        super().__init__(line, describe=describe)
        self._flashed = flashed

    def greet(self, library_id: str | None = None, build: str | None = None) -> Greeting:
        greeting = super().greet(library_id, build)
        self._flashed.reported(greeting.build)
        return greeting


class _Line:
    """The open port. It is opened before a reset and handed to the link that comes after it, which closes it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.taken = self.closed = False

    def read(self, timeout: float) -> bytes:
        return self._transport.read(timeout)

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def close(self) -> None:
        self.closed = True
        self._transport.close()
