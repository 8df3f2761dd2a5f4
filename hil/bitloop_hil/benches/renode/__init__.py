"""Bench `renode`: Renode as one more opinion, where somebody has installed it.

Renode runs in a process per reset, from a generated script (`platform.py`), the board's UART on a pseudo-terminal.
Ticks are Renode's virtual time at one instruction per cycle of the core's clock, so they are instructions; it
advances them in blocks, so single counts are rounded.

What it cannot do: cycle timing, flash programming (an image is loaded, not programmed), a line with a speed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from bitloop.errors import BootError, ProbeError
from bitloop_hil.benches.emulated import EmulatedBoard
from bitloop_hil.benches.renode.platform import Files, unknown, write
from bitloop_hil.boards import BoardFile
from bitloop_hil.closing import Closing
from bitloop_hil.link.client import Link
from bitloop_hil.link.transport import Deadline, SerialTransport
from bitloop_hil.symbols import Symbols

EXECUTABLE = "renode"
_START_SECONDS = 60.0  # it is a .NET program, and compiles what it runs
_END_SECONDS = 5.0
_LOOK_AGAIN = 0.05
_FILES = Files()


def executable() -> str:
    """Path of Renode; ProbeError where it is not installed."""
    found = shutil.which(EXECUTABLE)
    if found is None:
        raise ProbeError(f"{EXECUTABLE} is not on the PATH; install it (https://renode.io) or use another bench")
    return found


class _Run(Closing):
    """One Renode process in a temporary folder."""

    def __init__(self, program: str, board: BoardFile, image: Path) -> None:
        self._name = board.name
        self._temporary = tempfile.TemporaryDirectory(prefix="bitloop-renode-")
        self._folder = Path(self._temporary.name)
        shutil.copyfile(image, self._folder / _FILES.image)
        script = write(board, self._folder)
        self._said = (self._folder / "said").open("wb+")
        try:
            self._process = subprocess.Popen(
                [program, "--console", "--disable-xwt", "--plain", str(script)],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=self._said,
                stderr=self._said,
            )
        except OSError as error:
            self._release()
            raise ProbeError(f"{program} cannot be started ({error})") from error
        try:
            self._await_line(Deadline.after(_START_SECONDS))
        except BaseException:
            self.close()
            raise

    def line(self) -> SerialTransport:
        """The board's serial line."""
        return _Line(self, str((self._folder / _FILES.line).resolve()))

    def check(self) -> None:
        """BootError, with its last words, if Renode has ended."""
        status = self._process.poll()
        if status is not None:
            raise BootError(f"{EXECUTABLE} ended with status {status} while it was {self._name} ({self._words()})")

    def close(self) -> None:
        """End Renode; safe to call twice."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            try:
                self._process.stdin.write(b"quit\n")
                self._process.stdin.close()
            except OSError:
                pass  # it has ended already
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._release()

    def _await_line(self, deadline: Deadline) -> None:
        while not (self._folder / _FILES.line).exists():
            self.check()
            if deadline.passed:
                raise ProbeError(
                    f"{EXECUTABLE} gave {self._name} no serial line within {_START_SECONDS:g} s ({self._words()})"
                )
            time.sleep(_LOOK_AGAIN)

    def _words(self) -> str:
        self._said.seek(0)
        return " ".join(self._said.read().decode(errors="replace").split())[-400:] or "without a word"

    def _release(self) -> None:
        self._said.close()
        self._temporary.cleanup()


class RenodeBoard(EmulatedBoard[_Run]):
    """A board in Renode as a `Board`; ProbeError where Renode is not installed or has no such board."""

    bench = "renode"

    def __init__(self, board: BoardFile) -> None:
        if reason := unknown(board):
            raise ProbeError(f"bench renode has no board {board.name!r}: {reason}; use the virtual bench")
        self._program = executable()
        super().__init__(board.name, board.core)
        self._board = board

    def _start(self, image: Path) -> _Run:
        return _Run(self._program, self._board, image)

    def _link(self, run: _Run, image: Path) -> Link:
        return Link(run.line(), describe=Symbols(image).describe)


class _Line(SerialTransport):
    """The serial line, with an eye on Renode whenever it is silent."""

    def __init__(self, run: _Run, port: str) -> None:
        super().__init__(port)
        self._run = run

    def read(self, timeout: float) -> bytes:
        data = super().read(timeout)
        if not data:
            self._run.check()
        return data
