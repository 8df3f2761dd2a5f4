"""The process of one virtual board: `python -m bitloop_hil.benches.virtual BOARD [--socket PATH] [--shield NAME]`.

It opens a pseudo-terminal, and at PATH the board's debug port, says both in its first line of JSON on standard output
(`{"port": ..., "socket": ...}`), and then does what lines of JSON on standard input say: `{"do": "load", "image":
PATH}` puts an image into the flash directly, as no probe could, `{"do": "reset"}` presses the button, and `{"do":
"fault", "kind": ..., ...}` does something wrong on purpose; feeling.py has those about sensors. Each is answered by
`{"done": ...}` or `{"error": ..., "class": ...}`; `{"event": "note" | "fault" | "locked", "text": ...}` comes on its
own, `{"event": "started"}` with a reset. It ends with its standard input, so it cannot outlive who started it.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import sys
import termios
import tty
from pathlib import Path
from typing import Any

from bitloop.errors import BitloopError, ProbeError
from bitloop_hil.benches.virtual.feeling import order
from bitloop_hil.benches.virtual.injected import Injected
from bitloop_hil.benches.virtual.machine import SLICE, Machine, Why
from bitloop_hil.benches.virtual.sockets import DebugServer
from bitloop_hil.boards import board_file, with_shield
from bitloop_hil.probe.debug_port import DebugPort

_CHUNK = 1 << 16
_DEBUGGED = 50_000  # cycles, about half a millisecond
_OUTGOING = 1 << 20  # bytes the host has not read; beyond them the board stands still
_SPEEDS = {getattr(termios, f"B{baud}"): baud for baud in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)}
_SPEEDS |= {
    getattr(termios, f"B{baud}"): baud
    for baud in (230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000, 3000000)
    if hasattr(termios, f"B{baud}")
}
_OUTPUT_SPEED = 5  # in what tcgetattr returns


class Bench:
    """Carries bytes between pseudo-terminal, debug socket and machine, and commands from standard input."""

    def __init__(self, board: str, path: Path | None, shield: str = "") -> None:
        file = with_shield(board_file(board), shield) if shield else board_file(board)
        self._machine = Machine(file)
        self._injected = Injected(self._machine)
        self._debug: DebugPort | None = None
        self._server: DebugServer | None = None
        if path is not None:
            self._debug = DebugPort(self._machine.debug, board, file.chip.family if file.chip else "")
            self._server = DebugServer(path, self._debug)
        # This end keeps the terminal's other side open too: without that, reading fails whenever no host is there.
        self._line, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._line, False)
        self._speed = termios.tcgetattr(self._line)[_OUTPUT_SPEED]
        self._on = file.chip is not None  # a board with a probe runs what is in its flash as soon as it has power
        self._waited = False
        self._commands = b""
        self._outgoing = b""
        self._notes_told = 0
        self._story = ""

    def serve(self) -> None:
        """Until standard input ends."""
        self._say({"port": os.ttyname(self._far), "socket": str(self._server.path) if self._server else ""})
        try:
            while self._exchange(self._step()):
                pass
        finally:
            if self._server:
                self._server.close()

    def _step(self) -> float | None:
        """Run the machine for a while; returns how long to wait for the outside world (None: until it stirs)."""
        if not self._on:
            return None
        if len(self._outgoing) > _OUTGOING:
            return None
        self._injected.look()
        watch = self._injected.cycles
        why = self._machine.run(self._waited, watch or self._slice)
        self._waited = False
        self._outgoing += self._machine.line.drain()
        self._tell()
        if watch is not None:
            self._injected.look()
            return 0.0 if self._injected.cycles is not None or self._machine.line.room else None
        return {Why.SLICE: 0.0, Why.ASLEEP: self._machine.seconds_asleep}.get(why)

    @property
    def _slice(self) -> int:
        """Cycles between two looks at the outside world: few while a debugger asks one question after the other."""
        return _DEBUGGED if self._server and self._server.clients else SLICE

    def _tell(self) -> None:
        """What the machine has to say for itself."""
        machine = self._machine
        if self._notes_told > len(machine.notes):  # a reset has begun a new list
            self._notes_told = 0
        for note in machine.notes[self._notes_told :]:
            self._say({"event": "note", "text": note})
        self._notes_told = len(machine.notes)
        if machine.story != self._story:
            self._story = machine.story
            if self._story:
                self._say({"event": "locked" if machine.debug.locked_up else "fault", "text": self._story})

    def _exchange(self, wait: float | None) -> bool:
        """Move what there is to move; False when standard input has ended."""
        commands = sys.stdin.fileno()
        listen = [commands, *(self._server.handles if self._server else ())]
        if not self._on or self._injected.room >= _CHUNK:
            listen.append(self._line)
        ready, writable, _ = select.select(listen, [self._line] if self._outgoing else [], [], wait)
        self._waited = not ready and not writable
        self._follow_speed()
        if writable:
            self._outgoing = self._outgoing[os.write(self._line, self._outgoing) :]
        if self._line in ready:
            self._receive(os.read(self._line, _CHUNK))
        if self._server and self._server.serve(ready):
            self._machine.heard()
        return commands not in ready or self._listen()

    def _receive(self, data: bytes) -> None:
        if not self._on:  # a board that stands still hears nothing
            return
        self._machine.heard()
        self._injected.feed(data)

    def _follow_speed(self) -> None:
        """A host that sets the speed of its port may be one that only listens."""
        speed = termios.tcgetattr(self._line)[_OUTPUT_SPEED]
        if speed != self._speed and speed in _SPEEDS:
            self._speed = speed
            self._machine.line.speed(_SPEEDS[speed])

    def _listen(self) -> bool:
        data = os.read(sys.stdin.fileno(), _CHUNK)
        *lines, self._commands = (self._commands + data).split(b"\n")
        for line in lines:
            try:
                command = json.loads(line)
                answer = order(self._machine.sensors, command)
                if answer is None:
                    self._do(command)
            except BitloopError as error:
                self._say({"error": str(error), "class": type(error).__name__})
            else:
                self._say({"done": command["do"], **(answer or {})})
        return bool(data)

    def _do(self, command: dict[str, Any]) -> None:
        match command:
            case {"do": "load", "image": str(image)}:
                self._on = False
                self._machine.load_image(Path(image))
            case {"do": "reset"}:
                self._injected.forget()
                self._say({"event": "started"})  # what was told until now is about the past
                self._machine.reset()
                self._machine.heard()
                self._outgoing, self._story, self._on = b"", "", True
            case {"do": "fault", "kind": str(kind), **arguments}:
                self._inject(kind, arguments)
            case _:
                raise ProbeError(f"a virtual board does not understand {command!r}")

    def _inject(self, kind: str, arguments: dict[str, Any]) -> None:
        """Into the core, the probe, the flash or the line: whoever knows such a fault."""
        if self._injected.arm(kind, arguments) or (self._debug and self._debug.inject(kind, arguments)):
            return
        self._machine.inject(kind, arguments)

    def _say(self, what: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Be a board."""
    parser = argparse.ArgumentParser(prog="python -m bitloop_hil.benches.virtual")
    parser.add_argument("board")
    parser.add_argument("--socket", type=Path)
    parser.add_argument("--shield", default="")
    arguments = parser.parse_args()
    Bench(arguments.board, arguments.socket, arguments.shield).serve()


if __name__ == "__main__":
    main()
