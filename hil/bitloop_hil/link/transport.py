"""What carries bytes to and from a board, and the deadlines of waiting for them."""

from __future__ import annotations

import os
import select
import time
from dataclasses import dataclass
from typing import Protocol

import serial

from bitloop.errors import LinkError, LockError, ProbeError

_WRITE_SECONDS = 20.0
_CHUNK = 1 << 16


class Transport(Protocol):
    """A byte stream in both directions."""

    def read(self, timeout: float) -> bytes:
        """What has arrived, waiting up to `timeout` seconds for the first byte; empty if none came."""

    def write(self, data: bytes) -> None:
        """Send every byte."""

    def close(self) -> None:
        """Let go; safe to call twice."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock that is handed down to everything that waits."""

    at: float

    @staticmethod
    def after(seconds: float) -> Deadline:
        """So many seconds from now."""
        return Deadline(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds left; 0 once it has passed."""
        return max(0.0, self.at - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether there is no time left."""
        return self.left() == 0.0


class SerialTransport:
    """A serial port or pseudo-terminal by pyserial, for this process alone."""

    def __init__(self, port: str, baud: int = 921_600) -> None:
        self._port = port
        try:
            self._serial = serial.Serial(port, baud, timeout=0.05, write_timeout=_WRITE_SECONDS, exclusive=True)
        except serial.SerialException as error:
            if "lock" in str(error).lower():
                raise LockError(f"{port} is in use by another program; close it and try again") from error
            raise ProbeError(f"{port} cannot be opened ({error}); check the cable and the name") from error
        self._serial.reset_input_buffer()

    def read(self, timeout: float) -> bytes:
        # Every new timeout costs pyserial a reconfiguration of the port, so equal ones are left alone.
        if self._serial.timeout != timeout:
            self._serial.timeout = timeout
        try:
            data = bytes(self._serial.read(max(1, self._serial.in_waiting)))
            more = self._serial.in_waiting if data else 0
            return data + bytes(self._serial.read(more)) if more else data
        except (serial.SerialException, OSError) as error:
            raise LinkError(f"{self._port} went away while it was read ({error})") from error

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
        except serial.SerialTimeoutException as error:
            raise LinkError(f"{self._port} took no more bytes for {_WRITE_SECONDS:g} s") from error
        except (serial.SerialException, OSError) as error:
            raise LinkError(f"{self._port} went away while it was written ({error})") from error

    def close(self) -> None:
        self._serial.close()


class StreamTransport:
    """Two file descriptors (pipes, sockets). They are closed with the transport."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self._writer = reader, writer

    def read(self, timeout: float) -> bytes:
        if not select.select([self._reader], [], [], timeout)[0]:
            return b""
        try:
            data = os.read(self._reader, _CHUNK)
        except OSError as error:
            raise LinkError(f"the other end of the stream was closed ({error})") from error
        if not data:
            raise LinkError("the other end of the stream was closed")
        return data

    def write(self, data: bytes) -> None:
        deadline = Deadline.after(_WRITE_SECONDS)
        view = memoryview(data)
        while len(view):
            if not select.select([], [self._writer], [], deadline.left())[1]:
                raise LinkError(f"the other end of the stream took no more bytes for {_WRITE_SECONDS:g} s")
            try:
                view = view[os.write(self._writer, view[: select.PIPE_BUF]) :]
            except OSError as error:
                raise LinkError(f"the other end of the stream was closed ({error})") from error

    def close(self) -> None:
        for end in {self._reader, self._writer} - {-1}:
            os.close(end)
        self._reader = self._writer = -1
