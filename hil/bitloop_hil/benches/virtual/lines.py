"""The host's end of a board's serial line: bytes in, bytes out, whatever carries them."""

from __future__ import annotations

from typing import Protocol

from bitloop_hil.benches.virtual.devices.wire import Wire
from bitloop_hil.benches.virtual.fast import Fast

_UNDER_WAY = 1 << 18  # bytes on a wire before the host has to wait


class Line(Protocol):
    """What a process moves bytes with."""

    @property
    def room(self) -> int:
        """Bytes `feed` takes now."""

    @property
    def arrived(self) -> bool:
        """Whether everything the host has sent is with the firmware's UART."""

    def feed(self, data: bytes) -> None:
        """The host sends."""

    def drain(self) -> bytes:
        """What the host has received since the last call."""

    def speed(self, baud: int) -> None:
        """The host has set its port to this many baud."""


class FastLine:
    """The UART of a generic board: bytes are there at once, and wait for the firmware."""

    def __init__(self, fast: Fast) -> None:
        self._fast = fast

    @property
    def room(self) -> int:
        return self._fast.room

    @property
    def arrived(self) -> bool:
        return bool(self._fast.fields.taken == self._fast.fields.received)

    def feed(self, data: bytes) -> None:
        self._fast.feed(data)

    def drain(self) -> bytes:
        return self._fast.drain()

    def speed(self, baud: int) -> None:
        """Of no consequence here."""


class WireLine:
    """A line whose bytes take their time."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @property
    def room(self) -> int:
        return max(0, _UNDER_WAY - self._wire.waiting)

    @property
    def arrived(self) -> bool:
        return self._wire.waiting == 0

    def feed(self, data: bytes) -> None:
        self._wire.feed(data)

    def drain(self) -> bytes:
        return self._wire.drain()

    def speed(self, baud: int) -> None:
        self._wire.baud = baud
