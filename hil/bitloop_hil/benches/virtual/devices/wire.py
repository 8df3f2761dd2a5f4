"""The serial line between a board's USART and the host: bytes take their time on it, in both directions.

The host's end always sends and receives frames of eight data bits without parity. What the board's end makes of them
is the USART's business; what the host makes of the board's frames is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.clock import SECOND, Clock
from bitloop_hil.benches.virtual.devices.line_faults import Direction, LineFaults
from bitloop_hil.benches.virtual.devices.serial_frame import PLAIN, Format, Sampler, alike


class Wire:
    """One line. `feed` and `drain` are the host's end, everything else is the USART's."""

    def __init__(self, clock: Clock, baud: int) -> None:
        """`baud` is the host's speed until it sets another."""
        self._clock = clock
        self._set(baud)
        self._faults = LineFaults()
        self._to_board = bytearray()
        self._start = 0  # when the first byte of `_to_board` begins
        self._free = 0  # when the line to the board is free again
        self._to_host = bytearray()
        self._sampler: Sampler | None = None
        self._sampled_at = (0, 0)
        self.before: Callable[[], None] = lambda: None
        """Called before bytes or the speed change, so that the board's end takes what has arrived by now."""
        self.after: Callable[[], None] = lambda: None
        """Called after bytes or the speed have changed."""

    @property
    def baud(self) -> int:
        """The host's speed."""
        return self._baud

    @baud.setter
    def baud(self, baud: int) -> None:
        if baud <= 0:
            raise ProbeError(f"the host set its serial port to {baud} baud; choose a speed of at least 1")
        if baud == self._baud:
            return
        self.before()
        self._set(baud)
        self._start = max(self._start, self._clock.now())
        self.after()

    def _set(self, baud: int) -> None:
        self._baud = baud
        self.bit = SECOND // baud
        """Picoseconds per bit at the host's speed."""
        self.frame = PLAIN.duration(self.bit)
        """Picoseconds per byte at the host's speed."""

    def feed(self, data: bytes) -> None:
        """The host sends: its bytes follow one another on the line from now on."""
        data = self._faults.apply(Direction.TO_BOARD, data)
        if not data:
            return
        self.before()
        if not self._to_board:
            self._start = max(self._clock.now(), self._free)
        self._to_board += data
        self._free = self._start + len(self._to_board) * self.frame
        self.after()

    def drain(self) -> bytes:
        """What the host has received since the last call."""
        self.before()
        if self._sampler is not None:
            self._listen(self._clock.now())
        data = bytes(self._to_host)
        self._to_host.clear()
        return self._faults.apply(Direction.TO_HOST, data)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way to the board, and nothing waits for `drain`."""
        return not self._to_board and not self._to_host

    @property
    def waiting(self) -> int:
        """Bytes from the host that have not arrived yet (as of the board's last look)."""
        return len(self._to_board)

    def inject(self, kind: str, **arguments: Any) -> None:
        """A fault of the line (`line_faults`); ProbeError if there is no such."""
        self._faults.inject(kind, **arguments)

    def reset(self) -> None:
        """The clock begins anew: what was under way to the board is lost, what has left it is not."""
        self._to_board.clear()
        self._start = self._free = 0
        self._sampler = None

    def arrived(self) -> int:
        """How many bytes have arrived and were not taken."""
        if not self._to_board:
            return 0
        return max(0, min((self._clock.now() - self._start) // self.frame, len(self._to_board)))

    def arrival(self, index: int) -> int:
        """When the byte of that index, among those not taken, has arrived."""
        return self._start + (index + 1) * self.frame

    def take(self, count: int) -> bytes:
        """So many bytes off the line."""
        data = bytes(self._to_board[:count])
        del self._to_board[:count]
        self._start += count * self.frame
        return data

    def send(self, start: int, data: bytes, bit: int, frame: Format) -> None:
        """The board sends: frames of `bit` picoseconds per bit, one after the other from `start` on."""
        if self._sampler is None and alike(bit, frame, self.bit, PLAIN):
            self._to_host += data
            return
        if self._sampler is None or self._sampled_at != (self.bit, bit):
            self._sampler, self._sampled_at = Sampler(self.bit), (self.bit, bit)
        duration = frame.duration(bit)
        for i, value in enumerate(data):
            self._sampler.hear(start + i * duration, value, bit, frame)

    def _listen(self, until: int) -> None:
        """A host that finds no stop bit reads 0, as terminals do."""
        if self._sampler is not None:
            self._to_host += bytes(0 if one.framing_error else one.value & 0xFF for one in self._sampler.take(until))
