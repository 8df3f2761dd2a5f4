"""Frames of an asynchronous serial line, and what a receiver at another speed or format makes of them.

A receiver waits for a falling edge, then looks at the middle of each bit by its own clock. Times are picoseconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_SAME_SPEED = 0.02  # of the bit time: below that every receiver reads every bit right
_SAMPLES = (7.5 / 16, 8.5 / 16, 9.5 / 16)  # of a bit, by majority: what a receiver of 16 samples a bit does


@dataclass(frozen=True, slots=True)
class Format:
    """Bits of a frame after the start bit: `data` with the parity bit, if any, then stop bits (in half bits)."""

    data: int = 8
    parity: str = ""  # "", "even" or "odd"
    stop_halves: int = 2

    def duration(self, bit: int) -> int:
        """Picoseconds a frame takes at `bit` picoseconds per bit."""
        return bit * (2 * (1 + self.data) + self.stop_halves) // 2

    def levels(self, value: int) -> list[int]:
        """The line's levels, a bit each, without the stop bits."""
        bits = self.data - bool(self.parity)
        levels = [0, *(value >> i & 1 for i in range(bits))]
        if self.parity:
            levels.append((sum(levels) & 1) ^ (self.parity == "odd"))
        return levels


PLAIN = Format()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a receiver made of a frame, and when it was sure."""

    when: int
    value: int
    framing_error: bool = False
    parity_error: bool = False


def alike(sender_bit: int, sender: Format, receiver_bit: int, receiver: Format) -> bool:
    """Whether a receiver reads such a sender right, byte by byte, whatever is sent."""
    return sender == receiver and abs(receiver_bit / sender_bit - 1) <= _SAME_SPEED


class Sampler:
    """A receiver that samples the line's levels. `hear` frames, then `take` what it made of them."""

    def __init__(self, bit: int, frame: Format = PLAIN) -> None:
        """`bit` is the receiver's bit time."""
        self._bit, self._format = bit, frame
        self._edges: deque[tuple[int, int]] = deque()  # (time, level from then on)
        self._level = 1  # before the first edge
        self._known = 0  # the line is known up to here
        self._free = 0  # the receiver looks for a start bit from here on

    def hear(self, start: int, value: int, bit: int, frame: Format) -> None:
        """A frame begins at `start`, sent with that bit time; the line was idle since the frame before."""
        last = self._edges[-1][1] if self._edges else self._level
        for i, level in enumerate((*frame.levels(value), 1)):
            if level != last:
                self._edges.append((start + i * bit, level))
                last = level
        self._known = start + frame.duration(bit)

    def take(self, until: int) -> list[Heard]:
        """The frames it is done with by `until`; the line is idle where nothing was heard."""
        self._known = max(self._known, until)
        heard: list[Heard] = []
        while (one := self._frame()) is not None:
            heard.append(one)
        return heard

    @property
    def pending(self) -> bool:
        """Whether there are levels it has not made anything of yet."""
        return bool(self._edges)

    def _frame(self) -> Heard | None:
        while (start := self._start()) is not None:
            end = start + (1 + self._format.data) * self._bit + self._bit * 10 // 16
            if end > self._known:
                return None
            if self._bit_at(start, 0):  # a spike, not a start bit
                self._free = start + self._bit
                continue
            self._free = end
            return self._read(start, end)
        return None

    def _start(self) -> int | None:
        """When the line falls with the receiver free; what came before is forgotten."""
        while self._edges and (self._edges[0][0] < self._free or self._level == 0):
            self._level = self._edges.popleft()[1]
        return self._edges[0][0] if self._edges else None

    def _read(self, start: int, end: int) -> Heard:
        bits = [self._bit_at(start, 1 + i) for i in range(self._format.data)]
        width = self._format.data - bool(self._format.parity)
        value = sum(bit << i for i, bit in enumerate(bits[:width]))
        odd = bool(self._format.parity) and (sum(bits) & 1) != (self._format.parity == "odd")
        return Heard(end, value, not self._bit_at(start, 1 + self._format.data), odd)

    def _bit_at(self, start: int, index: int) -> int:
        first = start + index * self._bit
        return int(sum(self._level_at(first + int(at * self._bit)) for at in _SAMPLES) >= 2)

    def _level_at(self, when: int) -> int:
        level = self._level
        for edge, after in self._edges:
            if edge > when:
                break
            level = after
        return level
