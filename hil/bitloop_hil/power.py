"""Powering a virtual board for every program of this user: pyOCD finds its probe, serial programs its port."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable

from bitloop.errors import BuildError, LockError
from bitloop_hil.board_process import BoardProcess
from bitloop_hil.boards import board_file, with_shield
from bitloop_hil.closing import Closing
from bitloop_hil.locks import BoardLock, holder
from bitloop_hil.published import Published, running, socket_path


class Powered(Closing):
    """A published virtual board, powered until it is closed. LockError if it is published already.

    `told` is called, from a thread, with what the board has to say: what keeps it silent, faults its core took.
    `shield` names what is in its Arduino connector; BuildError if there is no such.
    """

    def __init__(
        self, board: str, instance: str = "", told: Callable[[str], None] | None = None, shield: str = ""
    ) -> None:
        file = with_shield(board_file(board), shield) if shield else board_file(board)
        if file.probe is None or "virtual" not in file.benches:
            raise BuildError(f"board {board} has no debug probe on the virtual bench; choose one that has")
        name = f"{board}@{instance}" if instance else board
        path = socket_path(board, instance)
        self._lock = _power_lock(name)
        path.unlink(missing_ok=True)  # of a process that was killed
        self.published = Published(name, path.with_suffix(".tty"), path)
        self._listener: threading.Thread | None = None
        try:
            # Ctrl-C is for the command, which then ends the board.
            self._process = BoardProcess(board, path, apart=True, shield=shield)
        except BaseException:
            self._lock.close()
            raise
        try:
            self.published.port.unlink(missing_ok=True)
            self.published.port.symlink_to(self._process.first["port"])
            # Somebody has to read what it says, or it stands still once the pipe is full.
            self._listener = threading.Thread(target=self._listen, args=(told or _ignore,), daemon=True)
            self._listener.start()
        except BaseException:
            self.close()
            raise

    def wait(self) -> None:
        """Until the board's process ends, or the caller is interrupted."""
        self._process.wait()

    def close(self) -> None:
        """Cut the power; safe to call twice."""
        self._process.end()
        if self._listener is not None:
            self._listener.join()
        self._process.close()
        self.published.port.unlink(missing_ok=True)
        self.published.socket.unlink(missing_ok=True)
        self._lock.close()

    def _listen(self, told: Callable[[str], None]) -> None:
        for line in self._process.stdout:
            text = json.loads(line).get("text")
            if text:
                told(str(text))


def _power_lock(name: str) -> BoardLock:
    """Only one process of a user powers a board of that name; LockError names it."""
    lock = BoardLock(f"power-of-{os.getuid()}-{name}", f"powers the virtual {name}")
    try:
        lock.acquire()
    except LockError as error:
        who = holder(lock.serial)
        by = f" by {who.describe()}" if who else ""
        raise LockError(f"a virtual {name} is powered already{by}; end that one first") from error
    if running(name):
        lock.close()
        raise LockError(f"a virtual {name} runs already, started by other means; end that one first")
    return lock


def _ignore(text: str) -> None:
    """Nobody wants to know."""
