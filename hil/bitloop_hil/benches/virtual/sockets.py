"""The debug port of a board on a Unix socket, several clients at a time, without threads."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.debug_target import DebugPort, DebugSession

_CHUNK = 1 << 16
_CLIENTS = 8


class DebugServer:
    """Listens until it is closed. `handles` are what to wait for; `serve` those that stirred."""

    def __init__(self, path: Path, port: DebugPort) -> None:
        """ProbeError if the socket cannot be made, or somebody answers there already."""
        self.path, self._port = path, port
        self._clients: dict[int, tuple[socket.socket, DebugSession]] = {}
        self._listener = _listen(path)

    @property
    def handles(self) -> list[int]:
        """File numbers to wait for."""
        return [self._listener.fileno(), *self._clients]

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    def serve(self, ready: list[int]) -> bool:
        """Answer what has come in; whether anything has."""
        stirred = False
        for handle in ready:
            if handle == self._listener.fileno():
                stirred = True
                self._accept()
            elif handle in self._clients:
                stirred = True
                self._answer(handle)
        return stirred

    def close(self) -> None:
        """No more clients; the socket's file is gone."""
        for handle in list(self._clients):
            self._drop(handle)
        self._listener.close()
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        if len(self._clients) >= _CLIENTS:
            client.close()
            return
        self._clients[client.fileno()] = client, self._port.session()

    def _answer(self, handle: int) -> None:
        client, session = self._clients[handle]
        try:
            data = client.recv(_CHUNK)
            if not data:
                raise ConnectionError("hung up")
            client.sendall(session.receive(data))
        except OSError:
            self._drop(handle)

    def _drop(self, handle: int) -> None:
        client, session = self._clients.pop(handle)
        client.close()
        session.close()


def _listen(path: Path) -> socket.socket:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)  # nobody answers: left behind by a process that was killed
        else:
            raise ProbeError(f"a virtual board already listens at {path}; end it first")
    listener = socket.socket(socket.AF_UNIX)
    try:
        before = os.umask(0o077)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(_CLIENTS)
    except OSError as error:
        listener.close()
        raise ProbeError(f"the debug socket {path} cannot be made ({error}); choose another path") from error
    return listener
