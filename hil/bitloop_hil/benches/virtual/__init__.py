"""Bench `virtual`: Unicorn executes the very image a real board would be flashed with, in a process of its own.

The UART of the board is a pseudo-terminal, opened with pyserial like any serial port. Boards with a probe are flashed
by pyOCD through a debug port of their own, and read back; generic ones are loaded directly. Ticks are cycles of the
core's cycle model, in memory without wait states. Faults run the image's own handler, which tells the host; the bench
names them, too.

Sensors on I²C and SPI are models of their registers; `replay` says what they feel.

What it cannot do: exact cycles of a real chip's buses and flash, USB, power.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BootError, FlashError, ProbeError
from bitloop_hil import published
from bitloop_hil.benches.virtual.sensors.output import Produced
from bitloop_hil.board import Programmed
from bitloop_hil.board_process import BoardProcess
from bitloop_hil.boards import BoardFile, with_shield
from bitloop_hil.closing import Closing
from bitloop_hil.link.client import Link
from bitloop_hil.link.transport import Deadline, SerialTransport
from bitloop_hil.probe.flasher import Flasher
from bitloop_hil.symbols import Symbols

_COMMAND_SECONDS = 30.0
_INSTANCES = itertools.count()


class VirtualBoard(Closing):
    """A board in Unicorn as a `Board`."""

    bench = "virtual"
    unit = "cycles"

    def __init__(self, board: BoardFile, shield: str = "") -> None:
        """`shield` names what is in its Arduino connector."""
        if shield:
            with_shield(board, shield)  # a wrong one is refused before anything starts
        self.name, self.core = board.name, board.core
        self._symbols: Symbols | None = None
        self._lines: list[dict[str, Any]] = []
        self._partial = b""
        self._notes: list[str] = []
        self._faults: list[str] = []
        self._locked = ""
        self._links: list[Link] = []
        self._flasher: Flasher | None = None
        self._debugged = False
        socket = None
        if board.probe is not None:
            instance = f"{os.getpid()}-{next(_INSTANCES)}"
            socket = published.socket_path(board.name, instance)
            self._flasher = Flasher(
                f"virtual:{board.name}@{instance}",
                board.probe.target,
                frequency=board.probe.frequency,
                connect_mode=board.probe.connect,
            )
        self._process = BoardProcess(board.name, socket, shield=shield)
        self.port = str(self._process.first["port"])

    def flash(self, image: Path) -> Programmed | None:
        """Program the image; the board stands still until the next reset. None where it was loaded directly."""
        done = None
        if self._flasher is None:
            self._command({"do": "load", "image": str(image.resolve())})
        else:
            done = self._flasher.flash(image)
            self._debugged = True
        self._symbols = Symbols(image)
        return done

    def reset(self) -> None:
        """Start the image from its reset vector; what it learned is gone."""
        if self._symbols is None:
            raise ProbeError(f"{self.name} has no image; flash one first")
        if self._debugged and self._flasher is not None:  # the debugger lets go of the core
            self._flasher.reset()
            self._debugged = False
        self._command({"do": "reset"})

    def inject(self, kind: str, **arguments: int | str) -> None:
        """A fault on purpose, as the page about faults lists them; ProbeError if there is no such."""
        self._command({"do": "fault", **arguments, "kind": kind})

    def replay(
        self,
        sensor: str,
        quantity: str,
        values: NDArray[np.float64],
        rate_hz: float,
        *,
        repeat: bool = True,
        noise: float = 0.0,
        seed: int = 0,
    ) -> None:
        """Let a sensor of the board feel a motion from now on, and from its beginning after each reset.

        `values` are (samples, axes) in physical units: g, degrees/s, gauss, °C, % relative humidity, hPa, Pa, or V at
        a pin (`sensor` is `PA0`, say), each held until the next. After the last one they begin again, or without
        `repeat` the last is held. `noise` is the standard deviation of what is added to each of the sensor's samples.
        ProbeError says what does not fit.
        """
        how = {"rate_hz": rate_hz, "repeat": repeat, "noise": noise, "seed": seed}
        with tempfile.TemporaryDirectory(prefix="bitloop-") as folder:
            path = Path(folder) / "motion.npy"
            np.save(path, np.asarray(values, dtype=np.float64), allow_pickle=False)
            self._command({"do": "replay", "sensor": sensor, "quantity": quantity, "values": str(path), **how})

    def produced(self, sensor: str, quantity: str) -> Produced:
        """What a sensor has put out of a quantity since the motion or the board started, as its registers had it."""
        with tempfile.TemporaryDirectory(prefix="bitloop-") as folder:
            path = Path(folder) / "produced.npy"
            done = self._command({"do": "produced", "sensor": sensor, "quantity": quantity, "to": str(path)})
            return Produced(int(done["first"]), np.load(path, allow_pickle=False))

    def detune(self, sensor: str, deviation: float) -> None:
        """Let a sensor's oscillator run faster by this part of its frequency (0.013 is 1.3 %)."""
        self._command({"do": "detune", "sensor": sensor, "deviation": deviation})

    def link(self) -> Link:
        """A link over the board's serial port; one at a time."""
        describe = self._symbols.describe if self._symbols else None
        link = Link(_Line(self), describe=describe, notes=self.notes)
        self._links.append(link)
        return link

    def close(self) -> None:
        """End the process; safe to call twice."""
        while self._links:
            self._links.pop().close()
        if self._flasher is not None:
            self._flasher.close()
        self._process.close()

    def check(self) -> None:
        """BootError if the core has locked up, ProbeError if the bench is gone."""
        self._listen(0.0)
        if self._locked:
            where = self._symbols.annotate(self._locked) if self._symbols else self._locked
            raise BootError(f"the core of {self.name} locked up: {where}")

    def notes(self) -> str:
        """What keeps the board from working, as far as the bench can see, and the faults its core took."""
        if self._process.running:
            self._listen(0.0)
        faults = [self._symbols.annotate(fault) if self._symbols else fault for fault in self._faults]
        return "; ".join(self._notes + faults)

    def _command(self, command: dict[str, Any]) -> dict[str, Any]:
        try:
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
        except OSError as error:
            raise self._process.ended() from error
        return self._answer("done", Deadline.after(_COMMAND_SECONDS))

    def _answer(self, key: str, deadline: Deadline) -> dict[str, Any]:
        while True:
            while self._lines:
                line = self._lines.pop(0)
                if "error" in line:
                    raise {"FlashError": FlashError}.get(line["class"], ProbeError)(line["error"])
                if key in line:
                    return line
            if deadline.passed:
                raise ProbeError(f"the virtual board {self.name} did not answer {key!r} in time; start it again")
            self._listen(deadline.left())

    def _listen(self, seconds: float) -> None:
        """Take what the process says within so many seconds."""
        handle = self._process.stdout.fileno()
        if not select.select([handle], [], [], seconds)[0]:
            return
        data = os.read(handle, 1 << 16)
        if not data:
            raise self._process.ended()
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in map(json.loads, lines):
            if line.get("event") == "started":
                self._locked, self._notes, self._faults = "", [], []
            elif line.get("event") == "locked":
                self._locked = str(line["text"])
            elif line.get("event") == "note":
                self._notes.append(str(line["text"]))
            elif line.get("event") == "fault":
                self._faults.append(str(line["text"]))
            else:
                self._lines.append(line)


class _Line(SerialTransport):
    """The serial port, with an eye on the board whenever it is silent."""

    def __init__(self, board: VirtualBoard) -> None:
        super().__init__(board.port)
        self._board = board

    def read(self, timeout: float) -> bytes:
        data = super().read(timeout)
        if not data:
            self._board.check()
        return data
