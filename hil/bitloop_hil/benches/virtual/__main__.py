"""The process of one virtual board: `python -m bitloop_hil.benches.virtual BOARD`.

It opens a pseudo-terminal, says its path as the first line of JSON on standard output, and then does what lines of
JSON on standard input say: `{"do": "flash", "image": PATH}`, `{"do": "reset"}`. Each is answered by `{"done": ...}`
or `{"error": ..., "class": ...}`; `{"event": ...}` comes on its own. It ends with its standard input, so it cannot
outlive who started it.
"""

from __future__ import annotations

import json
import os
import select
import sys
import tty
from pathlib import Path
from typing import Any

from bitloop.errors import BitloopError
from bitloop_hil.benches.virtual.machine import Machine, Why
from bitloop_hil.boards import board_file

_CHUNK = 1 << 16
_NAP = 0.05  # seconds between looks at a core that sleeps


class Bench:
    """Carries bytes between the pseudo-terminal and the machine, and commands from standard input."""

    def __init__(self, board: str) -> None:
        self._machine = Machine(board_file(board))
        # This end keeps the terminal's other side open too: without that, reading fails whenever no host is there.
        self._line, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._line, False)
        self._port = os.ttyname(self._far)
        self._running = self._flashed = False
        self._commands = b""
        self._outgoing = b""
        self._told = 0

    def serve(self) -> None:
        """Until standard input ends."""
        self._say({"port": self._port})
        while self._exchange(self._step()):
            pass

    def _step(self) -> float | None:
        """Run the machine for a while; returns how long to wait for the outside world (None: until it stirs)."""
        if not self._running:
            return None
        why = self._machine.run()
        self._outgoing += self._machine.fast.drain()
        for note in self._machine.uart.notes[self._told :]:
            self._say({"event": "note", "text": note})
        self._told = len(self._machine.uart.notes)
        if why is Why.LOCKED:
            self._running = False
            self._say({"event": "locked", "text": self._machine.story})
        return {Why.IDLE: None, Why.SLICE: 0.0, Why.ASLEEP: _NAP, Why.LOCKED: None}[why]

    def _exchange(self, wait: float | None) -> bool:
        """Move what there is to move; False when standard input has ended."""
        listen = [sys.stdin.fileno()]
        if not self._running or self._machine.fast.room >= _CHUNK:
            listen.append(self._line)
        ready, writable, _ = select.select(listen, [self._line] if self._outgoing else [], [], wait)
        if writable:
            self._outgoing = self._outgoing[os.write(self._line, self._outgoing) :]
        if self._line in ready:
            data = os.read(self._line, _CHUNK)
            if self._running:  # a board that stands still hears nothing
                self._machine.fast.feed(data)
        return sys.stdin.fileno() not in ready or self._listen()

    def _listen(self) -> bool:
        data = os.read(sys.stdin.fileno(), _CHUNK)
        *lines, self._commands = (self._commands + data).split(b"\n")
        for line in lines:
            try:
                self._do(json.loads(line))
            except BitloopError as error:
                self._say({"error": str(error), "class": type(error).__name__})
        return bool(data)

    def _do(self, command: dict[str, Any]) -> None:
        if command["do"] == "flash":
            self._running = False
            self._machine.load(Path(command["image"]))
        else:
            self._machine.reset()
            self._machine.uart.notes.clear()
            self._outgoing, self._told, self._running = b"", 0, True
        self._say({"done": command["do"]})

    def _say(self, what: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    Bench(sys.argv[1]).serve()
