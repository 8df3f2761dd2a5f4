"""Powering a virtual board for every program of this user: pyOCD finds its probe, serial programs its port."""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
from pathlib import Path

from bitloop.errors import BuildError, LockError, ProbeError
from bitloop_hil.boards import board_file
from bitloop_hil.closing import Closing
from bitloop_hil.published import Published, running, socket_path

_START_SECONDS = 60.0  # the first start on a machine compiles a little C
_END_SECONDS = 5.0


class Powered(Closing):
    """A published virtual board, powered until it is closed. LockError if it is published already."""

    def __init__(self, board: str, instance: str = "") -> None:
        file = board_file(board)
        if file.probe is None or "virtual" not in file.benches:
            raise BuildError(f"board {board} has no debug probe on the virtual bench; choose one that has")
        name = f"{board}@{instance}" if instance else board
        if running(name):
            raise LockError(f"a virtual {name} is powered already; end that one first")
        path = socket_path(board, instance)
        path.unlink(missing_ok=True)  # of a process that was killed
        self.published = Published(name, path.with_suffix(".tty"), path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bitloop_hil.benches.virtual", board, "--socket", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            self.published.port.unlink(missing_ok=True)
            self.published.port.symlink_to(self._port())
        except BaseException:
            self.close()
            raise

    def wait(self) -> None:
        """Until the board's process ends, or the caller is interrupted."""
        self._process.wait()

    def close(self) -> None:
        """Cut the power; safe to call twice."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.published.port.unlink(missing_ok=True)
        self.published.socket.unlink(missing_ok=True)

    def _port(self) -> Path:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101 - it was asked for
        line = stream.readline() if select.select([stream], [], [], _START_SECONDS)[0] else b""
        try:
            return Path(json.loads(line)["port"])
        except (ValueError, KeyError) as error:
            raise ProbeError(f"the virtual board {self.published.name} did not start; see what it said") from error
