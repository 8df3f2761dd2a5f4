"""The FIFO of the LSM6DS3 and LSM6DSL: words of 16 bits in a pattern that follows from decimation factors.

AN5040, section 9. Modes with a trigger behave as before the trigger, which is an interrupt the models do not have.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from bitloop_hil.benches.virtual.sensors.output import OFF, Output, ticks

_BYPASS, _FIFO, _CONTINUOUS_TO_FIFO, _CONTINUOUS = 0, 1, 3, 6
_FILLS = {_FIFO, _CONTINUOUS_TO_FIFO, _CONTINUOUS}


class PatternFifo:
    """`depth` words. Each keeps its place in the pattern; a data set is the three words of one sensor."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self.clear()

    def clear(self) -> None:
        """As after power-on."""
        self.stops_at_threshold = False
        self._mode, self._rate, self._factors, self._threshold = _BYPASS, OFF, (0, 0), 0
        self._words: deque[tuple[int, int]] = deque()
        self._lost = False
        self.restart(0)

    def restart(self, now: int) -> None:
        """Its ticks are counted from now on, and the pattern begins."""
        self._tick = ticks(self._rate, now)
        self._turn = self._place = 0

    def configure(self, mode: int, rate: Fraction, factors: tuple[int, int], threshold: int, now: int) -> None:
        """What the registers say; a change of mode, rate or factors begins the pattern again."""
        self._threshold = threshold
        if (mode, rate, factors) == (self._mode, self._rate, self._factors):
            return
        self._mode, self._rate, self._factors = mode, rate, factors
        if mode == _BYPASS:
            self._words.clear()
            self._lost = False
        self.restart(now)

    def fill(self, outputs: Sequence[Output], now: int) -> None:
        """With what the outputs have in their batches, set by set as the FIFO's own rate takes it."""
        if self._mode not in _FILLS or not self._rate:
            return
        first, self._tick = self._tick + 1, ticks(self._rate, now)
        for tick in range(first, self._tick + 1):
            self._take(outputs, tick / self._rate)

    def read(self, register: int) -> int:
        """FIFO_STATUS1 to 4, FIFO_DATA_OUT_L and H, which takes a word out."""
        level = min(len(self._words), self._depth - 1)
        place = self._words[0][1] if self._words else self._place
        if register == 1:
            return self._flags(level) | level >> 8
        if register == 5 and self._words:
            self._lost = False
            return self._words.popleft()[0] >> 8
        data = self._words[0][0] & 0xFF if self._words else 0
        return (level & 0xFF, 0, place & 0xFF, place >> 8, data, 0)[register]

    def _flags(self, level: int) -> int:
        reached = bool(self._threshold) and level >= self._threshold
        full = len(self._words) + self._next_words() > self._capacity
        return reached << 7 | (full or self._lost) << 6 | full << 5 | (not self._words) << 4

    @property
    def _capacity(self) -> int:
        return self._threshold if self.stops_at_threshold and self._threshold else self._depth

    def _next_words(self) -> int:
        return sum(3 for factor in self._factors if factor and self._turn % factor == 0)

    def _take(self, outputs: Sequence[Output], moment: Fraction) -> None:
        cycle = lcm(*(factor for factor in self._factors if factor))
        if self._turn % cycle == 0:
            self._place = 0
        words = [
            int(word)
            for output, factor in zip(outputs, self._factors, strict=True)
            if factor and output.rate and self._turn % factor == 0
            for word in output.value_at(moment)
        ]
        self._turn += 1
        if len(self._words) + len(words) > self._capacity:
            if self._mode == _FIFO:
                self._place += len(words)
                return
            self._lost = True
            for _ in range(min(len(words), len(self._words))):
                self._words.popleft()
        for word in words:
            self._words.append((word & 0xFFFF, self._place))
            self._place += 1
