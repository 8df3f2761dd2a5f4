"""The process of a virtual board, from outside: started, heard, and ended with its standard input."""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from bitloop.errors import ProbeError
from bitloop_hil.closing import Closing

_START_SECONDS = 60.0  # the first start on a machine compiles a little C
_END_SECONDS = 5.0


class BoardProcess(Closing):
    """`python -m bitloop_hil.benches.virtual BOARD`, running. `first` is what it said first: its port and its socket.

    `shield` names what is in the board's Arduino connector. `apart` keeps a terminal's Ctrl-C away from the process.
    ProbeError if it does not start.
    """

    def __init__(self, board: str, socket: Path | None = None, apart: bool = False, shield: str = "") -> None:
        self._board = board
        command = [sys.executable, "-m", "bitloop_hil.benches.virtual", board]
        command += ["--socket", str(socket)] if socket else []
        command += ["--shield", shield] if shield else []
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            command,
            bufsize=0,  # so that nothing it says is hidden from `select`
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=apart,
        )
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101 - both asked for
        self.stdin: IO[bytes] = self._process.stdin
        self.stdout: IO[bytes] = self._process.stdout
        try:
            self.first = self._hear_first()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait(self) -> int:
        """Until it ends; its status."""
        return self._process.wait()

    def ended(self) -> ProbeError:
        """Wait for its end, and say how it ended and what it said about that."""
        status = self._process.wait()
        self._errors.seek(0)
        said = " ".join(self._errors.read().decode(errors="replace").split())[-400:] or "without a word"
        return ProbeError(f"the virtual board {self._board} ended with status {status} ({said})")

    def end(self) -> None:
        """End it; what it has said can still be read."""
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """End it and let go of what it said; safe to call twice."""
        self.end()
        self.stdout.close()
        self._errors.close()

    def _hear_first(self) -> dict[str, Any]:
        if not select.select([self.stdout], [], [], _START_SECONDS)[0]:
            raise ProbeError(f"the virtual board {self._board} did not start within {_START_SECONDS:g} s")
        line = self.stdout.readline()
        if not line:
            raise self.ended()
        said: dict[str, Any] = json.loads(line)
        if "error" in said:
            raise ProbeError(said["error"])
        return said
