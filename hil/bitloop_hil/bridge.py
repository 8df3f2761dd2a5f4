"""Serving a board's serial port to other machines: as a plain socket, or by RFC 2217 with the speed under control.

One client at a time, and only while nobody else on this machine uses the board: the bridge holds the lock of the
board for as long as a client is connected. There is no password: listen where only trusted machines can connect.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
from dataclasses import dataclass, field
from typing import Protocol

import serial
import serial.rfc2217

from bitloop.errors import LockError, ProbeError
from bitloop_hil.closing import Closing
from bitloop_hil.locks import BoardLock

PROTOCOLS = ("socket", "rfc2217")
_LOG = logging.getLogger(__name__)
_CHUNK = 1 << 16
_SEND_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: a local serial port at a speed, under the lock of its board (none where `serial` is empty)."""

    port: str
    baud: int
    serial: str = ""


class Bridge(Closing):
    """Listens from the start; `serve` carries bytes until another thread calls `stop`. ProbeError if it cannot."""

    def __init__(self, served: Served, protocol: str = "rfc2217", host: str = "127.0.0.1", port: int = 0) -> None:
        if protocol not in PROTOCOLS:
            raise ProbeError(f"a port cannot be served as {protocol!r}; choose {' or '.join(PROTOCOLS)}")
        self._served, self._protocol, self._host = served, protocol, host
        try:
            self._listener = socket.create_server((host, port))
        except OSError as error:
            raise ProbeError(f"port {port} of {host} cannot be listened on ({error}); choose another") from error
        self._wake, self._waker = os.pipe()

    @property
    def url(self) -> str:
        """What a client writes as `port` in its rig file."""
        return f"{self._protocol}://{self._host}:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        """One client after the other. A client that cannot be served is cut off, and the log says why."""
        while self._wake not in self._ready(self._listener.fileno()):
            client, (host, *_) = self._listener.accept()
            with client:
                try:
                    with self._lock(host):
                        self._carry(client)
                except (LockError, serial.SerialException, OSError) as error:
                    _LOG.warning("the client at %s is cut off: %s", host, error)

    def stop(self) -> None:
        """End `serve`, from any thread."""
        os.write(self._waker, b"x")

    def close(self) -> None:
        """Stop listening; safe to call twice."""
        self._listener.close()
        for end in {self._wake, self._waker} - {-1}:
            os.close(end)
        self._wake = self._waker = -1

    def _lock(self, host: str) -> contextlib.AbstractContextManager[object]:
        serial_number = self._served.serial
        return BoardLock(serial_number, f"served to {host}") if serial_number else contextlib.nullcontext()

    def _carry(self, client: socket.socket) -> None:
        client.settimeout(_SEND_SECONDS)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with _Port(
            self._served.port, self._served.baud, timeout=0, write_timeout=_SEND_SECONDS, exclusive=True
        ) as line:
            codec: _Codec = _Telnet(line, client) if self._protocol == "rfc2217" else _Plain()
            while True:
                ready = self._ready(client.fileno(), line.fileno())
                if self._wake in ready:
                    return
                if line.fileno() in ready:
                    client.sendall(codec.outgoing(bytes(line.read(_CHUNK))))
                if client.fileno() in ready:
                    data = client.recv(_CHUNK)
                    if not data:
                        return
                    line.write(codec.incoming(data))

    def _ready(self, *files: int) -> list[int]:
        return select.select([self._wake, *files], [], [])[0]


class _Codec(Protocol):
    """How bytes of the line travel."""

    def outgoing(self, data: bytes) -> bytes: ...

    def incoming(self, data: bytes) -> bytes: ...


class _Plain:
    """As they are."""

    def outgoing(self, data: bytes) -> bytes:
        return data

    def incoming(self, data: bytes) -> bytes:
        return data


class _Telnet:
    """By RFC 2217: what the client asks of the port is done on the way."""

    def __init__(self, line: serial.Serial, client: socket.socket) -> None:
        self._manager = serial.rfc2217.PortManager(line, _Writer(client))

    def outgoing(self, data: bytes) -> bytes:
        return data.replace(b"\xff", b"\xff\xff")

    def incoming(self, data: bytes) -> bytes:
        return b"".join(self._manager.filter(data))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Where pyserial sends its side of the negotiation."""

    client: socket.socket = field(repr=False)

    def write(self, data: bytes) -> None:
        self.client.sendall(data)


class _Port(serial.Serial):  # type: ignore[misc]  # pyserial has no types
    """A serial port that may lack modem lines, as pseudo-terminals and some adapters do."""

    def _update_dtr_state(self) -> None:
        with contextlib.suppress(OSError):
            super()._update_dtr_state()

    def _update_rts_state(self) -> None:
        with contextlib.suppress(OSError):
            super()._update_rts_state()

    @property
    def cts(self) -> bool:
        return True

    @property
    def dsr(self) -> bool:
        return True

    @property
    def ri(self) -> bool:
        return False

    @property
    def cd(self) -> bool:
        return True
