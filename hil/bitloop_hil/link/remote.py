"""Serial ports by name: local ones, and those other machines serve as `socket://host:port` or `rfc2217://host:port`.

Both are for trusted networks: neither knows a password. An RFC 2217 server sets the speed of the line as it is told;
a plain socket has whatever speed its server chose.
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import serial

from bitloop.errors import LinkError, ProbeError
from bitloop_hil.link.transport import Deadline, SerialTransport, StreamTransport, Transport

DEFAULT_BAUD = 921_600
SCHEMES = ("socket", "rfc2217")
_CONNECT_SECONDS = 5.0
_POLL_SECONDS = 0.02


def open_port(port: str, baud: int = DEFAULT_BAUD) -> Transport:
    """The transport behind a port's name; ProbeError if it cannot be opened, LockError if another program has it."""
    scheme = scheme_of(port)
    if scheme == "socket":
        return SocketTransport(port)
    if scheme == "rfc2217":
        return Rfc2217Transport(port, baud)
    return SerialTransport(port, baud)


def scheme_of(port: str) -> str:
    """`socket` or `rfc2217`; empty for a local port. ProbeError for another scheme, or without host and port."""
    if "://" not in port:
        return ""
    try:
        parts = urlsplit(port)
        whole = parts.scheme in SCHEMES and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        whole = False
    if not whole:
        raise ProbeError(f"{port!r} names no port; write a device, socket://host:port or rfc2217://host:port")
    return parts.scheme


class SocketTransport(StreamTransport):
    """A TCP connection that carries the bytes of a serial port, read in pieces as big as they come."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            connection = socket.create_connection((parts.hostname, parts.port), _CONNECT_SECONDS)
        except OSError as error:
            raise ProbeError(f"{url} cannot be reached ({error}); check that its server runs") from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        end = connection.detach()
        super().__init__(end, end)


class Rfc2217Transport:
    """A serial port another machine serves by RFC 2217 (Telnet COM port control), by pyserial."""

    def __init__(self, url: str, baud: int) -> None:
        self._url = url
        # pyserial negotiates the whole port anew whenever its timeout is changed, so it polls with one.
        try:
            self._serial = serial.serial_for_url(url, baud, timeout=_POLL_SECONDS)
        except (serial.SerialException, OSError, ValueError) as error:
            raise ProbeError(f"{url} cannot be opened ({error}); check that its server runs") from error

    def read(self, timeout: float) -> bytes:
        deadline = Deadline.after(timeout)
        while True:
            try:
                data = bytes(self._serial.read(1)) + self._waiting()
            except (serial.SerialException, OSError) as error:
                raise LinkError(f"{self._url} went away while it was read ({error})") from error
            if data or deadline.passed:
                return data

    def _waiting(self) -> bytes:
        """What else has arrived, taken at once: pyserial's `read` takes it byte by byte, slower than a fast line."""
        buffer = self._serial._read_buffer  # a queue of single bytes, and of None where the connection ended
        with buffer.mutex:
            pieces = list(buffer.queue)
            if None in pieces:
                pieces = pieces[: pieces.index(None)]
            for _ in pieces:
                buffer.queue.popleft()
        return b"".join(pieces)

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
        except (serial.SerialException, OSError) as error:
            raise LinkError(f"{self._url} went away while it was written ({error})") from error

    def close(self) -> None:
        self._serial.close()
