"""FIFOs whose entries are whole samples, read through a window of registers: of many accelerometers and barometers.

Modes with a trigger behave as before the trigger, which is an interrupt the models do not have.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from enum import Enum


class Fill(Enum):
    """What a FIFO does with samples."""

    OFF = "nothing"
    UNTIL_FULL = "keeps the oldest"
    ALWAYS = "keeps the newest"


STREAM_MODES: Mapping[int, Fill] = {
    0: Fill.OFF,
    1: Fill.UNTIL_FULL,
    2: Fill.ALWAYS,
    3: Fill.ALWAYS,  # stream until the trigger
    6: Fill.ALWAYS,
}
"""By the code of three bits that these chips have; bypass until the trigger is nothing."""


class SampleFifo:
    """Of `depth` entries of the same size. `lost` says that a sample was lost since something was read."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.clear()

    def clear(self) -> None:
        """As after power-on."""
        self.fill, self.limit = Fill.OFF, self.depth
        self._entries: deque[bytes] = deque()
        self._last = b""
        self.lost = False

    def configure(self, fill: Fill, limit: int = 0) -> None:
        """What the registers say; `limit` (0: the depth) is where it stops or starts to lose. Off empties it."""
        self.fill, self.limit = fill, limit or self.depth
        if fill is Fill.OFF:
            self._entries.clear()
            self.lost = False

    def put(self, entry: bytes) -> None:
        """A new sample."""
        if self.fill is Fill.OFF:
            return
        if len(self._entries) >= self.limit:
            self.lost = True
            if self.fill is Fill.UNTIL_FULL:
                return
            self._entries.popleft()
        self._entries.append(entry)

    @property
    def level(self) -> int:
        """Samples that wait."""
        return len(self._entries)

    @property
    def full(self) -> bool:
        """No room is left."""
        return len(self._entries) >= self.limit

    def read(self, place: int) -> int:
        """A byte of the oldest sample; its last byte takes it out. An empty FIFO repeats what was read last."""
        entry = self._entries[0] if self._entries else self._last
        if place == len(entry) - 1 and self._entries:
            self._last = self._entries.popleft()
            self.lost = False
        return entry[place] if place < len(entry) else 0
