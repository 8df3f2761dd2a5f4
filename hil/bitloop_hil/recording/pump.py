"""Reading ahead: a thread empties a port, whose buffer runs over while a disk is slow or a plot is drawn.

The kernel keeps 4 KiB for a serial port, 44 ms at 921,600 baud.
"""

from __future__ import annotations

import queue
import threading
import time

from bitloop.errors import BitloopError
from bitloop_hil.closing import Closing
from bitloop_hil.link.transport import Transport

_SLICE = 0.1  # seconds of one read, and the longest a close takes


class Pump(Closing):
    """A `Transport` that is read from all the time. Closing it closes the one below."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._arrived: queue.SimpleQueue[tuple[float, bytes | BitloopError]] = queue.SimpleQueue()
        self._ended: BitloopError | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="pump", daemon=True)
        self._thread.start()

    def take(self, timeout: float) -> list[tuple[float, bytes]]:
        """All that has arrived, with monotonic times, waiting up to `timeout` seconds for the first of it.

        Once everything has been taken, what ended the line is raised, and again each time.
        """
        if self._ended is not None:
            raise self._ended
        pieces: list[tuple[float, bytes]] = []
        try:
            while True:
                at, data = self._arrived.get(timeout=timeout) if not pieces else self._arrived.get_nowait()
                if isinstance(data, BitloopError):
                    self._ended = data
                    break
                pieces.append((at, data))
        except queue.Empty:
            return pieces
        if not pieces:
            raise self._ended
        return pieces

    def read(self, timeout: float) -> bytes:
        """What has arrived, waiting up to `timeout` seconds for the first of it."""
        return b"".join(data for _, data in self.take(timeout))

    def write(self, data: bytes) -> None:
        """Send every byte."""
        self._transport.write(data)

    def close(self) -> None:
        """Let go of the line; safe to call twice."""
        self._closing.set()
        self._thread.join()
        self._transport.close()

    def _read(self) -> None:
        while not self._closing.is_set():
            try:
                data = self._transport.read(_SLICE)
            except BitloopError as error:
                self._arrived.put((time.monotonic(), error))
                return
            if data:
                self._arrived.put((time.monotonic(), data))
