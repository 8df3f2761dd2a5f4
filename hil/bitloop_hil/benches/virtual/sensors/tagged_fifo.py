"""FIFOs of words of a tag and six bytes (AN5192, section 9): of the LSM6DSO and its successors.

Modes with a trigger behave as before the trigger, which is an interrupt the models do not have. Not modelled:
compression, timestamps and changes of configuration as words of their own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Protocol

from bitloop_hil.benches.virtual.sensors.output import Words, ticks

_BYPASS, _FIFO = 0, 1
_FILLS = (1, 3, 6)  # FIFO, continuous until the trigger, continuous
GYROSCOPE, ACCELEROMETER, TEMPERATURE = 1, 2, 3
WORD = 7
Head = Callable[[int, int], int]


def tagged(tag: int, slot: int) -> int:
    """The tag alone."""
    return tag << 3


def counted(tag: int, slot: int) -> int:
    """The tag and a count of time slots."""
    return tag << 3 | slot << 1


def with_parity(tag: int, slot: int) -> int:
    """Both, and a bit that makes the number of bits even."""
    head = counted(tag, slot)
    return head | head.bit_count() & 1


class Source(Protocol):
    """What is batched."""

    def value_at(self, moment: Fraction) -> Words:
        """Up to three words of 16 bits, as they are at that moment (in seconds)."""


class TaggedFifo:
    """`depth` words. Each source is batched at a rate of its own. `head` makes a word's first byte."""

    def __init__(self, depth: int, head: Head) -> None:
        self._depth, self._head = depth, head
        self.clear()

    def clear(self) -> None:
        """As after power-on."""
        self.threshold, self.stops_at_threshold = 0, False
        self._mode = _BYPASS
        self._rates: dict[int, Fraction] = {}
        self._ticks: dict[int, int] = {}
        self._words: deque[bytes] = deque()
        self.lost = self._lost_latched = False
        self._slot = 0

    def configure(self, mode: int, rates: Mapping[int, Fraction], now: int) -> None:
        """What the registers say: `rates` of batching by tag, OFF for those that are not batched."""
        for tag, rate in rates.items():
            if self._rates.get(tag) != rate or mode != self._mode:
                self._rates[tag], self._ticks[tag] = rate, ticks(rate, now)
        self._mode = mode
        if mode == _BYPASS:
            self._words.clear()
            self.lost = self._lost_latched = False

    def restart(self) -> None:
        """Time begins again."""
        self._ticks = dict.fromkeys(self._ticks, 0)

    def fill(self, sources: Mapping[int, Source], now: int) -> None:
        """With what the sources have in their batches, in the order of time."""
        due = []
        for tag in sources:
            rate = self._rates[tag]
            first, self._ticks[tag] = self._ticks[tag] + 1, ticks(rate, now)
            due += [(tick / rate, tag) for tick in range(first, self._ticks[tag] + 1)]
        if self._mode not in _FILLS:
            return
        last = None
        for moment, tag in sorted(due):
            if moment != last:
                self._slot, last = self._slot + 1 & 3, moment
            self._put(tag, sources[tag].value_at(moment))

    def status(self) -> bytes:
        """FIFO_STATUS1 and FIFO_STATUS2."""
        full, latched = self.level >= self._capacity, self._lost_latched
        return bytes(
            (self.level & 0xFF, self.reached << 7 | self.lost << 6 | full << 5 | latched << 3 | self.level >> 8),
        )

    @property
    def level(self) -> int:
        """Words that wait."""
        return len(self._words)

    @property
    def reached(self) -> bool:
        """As many as the threshold, or more."""
        return bool(self.threshold) and self.level >= self.threshold

    def forget_overrun(self) -> None:
        """FIFO_STATUS2 was read."""
        self._lost_latched = False

    def read(self, place: int) -> int:
        """A byte of the oldest word, the tag first; its last byte takes it out. Tag 0 says that there is none."""
        word = self._words[0] if self._words else bytes(WORD)
        if place == WORD - 1 and self._words:
            self._words.popleft()
            self.lost = False
        return word[place]

    @property
    def _capacity(self) -> int:
        return self.threshold if self.stops_at_threshold and self.threshold else self._depth

    def _put(self, tag: int, words: Words) -> None:
        if self.level >= self._capacity:
            self.lost = self._lost_latched = True
            if self._mode == _FIFO:
                return
            self._words.popleft()
        data = b"".join(int(word).to_bytes(2, "little", signed=True) for word in words)
        self._words.append(bytes((self._head(tag, self._slot),)) + data.ljust(WORD - 1, b"\0"))
