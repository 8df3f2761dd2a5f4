"""One quantity as a chip puts it out: sampled at its rate, saturated at its range, in counts of its resolution."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.sensors.motion import AT_REST, Motion, resting

Words = NDArray[np.int32]
_KEPT = 1 << 20  # samples that can be asked for afterwards
_PIECES, _BLOCK = 1 << 10, 1 << 16  # so many pieces, or samples, are joined
OFF = Fraction(0)


@dataclass(frozen=True, slots=True)
class Produced:
    """The registers' values of consecutive samples, (samples, axes), the first of which has the index `first`."""

    first: int
    words: Words


@dataclass(frozen=True, slots=True)
class Scale:
    """How a quantity becomes counts: count 0 is `origin`, one count is `lsb`, both in units of the quantity.

    Counts beyond `low` and `high` saturate; `shift` moves what is left of a register's bits to the left.
    """

    lsb: float
    low: int = -(1 << 15)
    high: int = (1 << 15) - 1
    shift: int = 0
    origin: float = 0.0

    def words(self, values: NDArray[np.float64]) -> Words:
        """Physical values as they stand in registers, signed."""
        counts = np.clip(np.rint((values - self.origin) / self.lsb), self.low, self.high)
        return counts.astype(np.int32) << self.shift


def rates(text: str) -> tuple[Fraction, ...]:
    """Rates in Hz by their code from 0 on; 0 is OFF."""
    return tuple(Fraction(hertz) for hertz in text.split())


def ticks(rate: Fraction, now: int) -> int:
    """Ticks of a rate in Hz until now, in picoseconds."""
    return now * rate.numerator // (rate.denominator * SECOND)


class _Kept:
    """The newest samples: small pieces are joined to blocks, and the oldest blocks are let go."""

    def __init__(self, axes: int) -> None:
        self._blocks: deque[Words] = deque()
        self._pieces: list[Words] = [np.zeros((0, axes), np.int32)]
        self._count = self._loose = self._gone = 0

    def add(self, words: Words) -> None:
        """The next samples."""
        self._pieces.append(words)
        self._count += len(words)
        self._loose += len(words)
        if len(self._pieces) >= _PIECES or self._loose >= _BLOCK:
            self._blocks.append(np.concatenate(self._pieces))
            self._pieces, self._loose = [words[:0]], 0
        while self._blocks and self._count - len(self._blocks[0]) >= _KEPT:
            gone = len(self._blocks.popleft())
            self._count, self._gone = self._count - gone, self._gone + gone

    def all(self) -> Produced:
        """What is kept."""
        return Produced(self._gone, np.concatenate([*self._blocks, *self._pieces]))


class Output:
    """Samples are taken at whole multiples of the period since the sensor's time 0: equal rates are in step."""

    def __init__(self, quantity: str, axes: int = 0) -> None:
        """Of a quantity's axes a chip may have the first ones only."""
        self.quantity = quantity
        self.axes = axes or len(AT_REST[quantity])
        self.rate = OFF
        self.scale = Scale(1.0)
        self._motion, self._begins = resting(quantity), 0
        self.restart()

    def restart(self) -> None:
        """Time begins again, and the motion with it; nothing was produced."""
        self._begins = self._tick = 0
        self._draw = np.random.default_rng(self._motion.seed)
        self._forget()

    def replay(self, motion: Motion, now: int) -> None:
        """From now on it feels this; nothing was produced."""
        self._motion, self._begins = motion, now
        self._draw = np.random.default_rng(motion.seed)
        self._forget()

    def _forget(self) -> None:
        self.batch: Words = np.zeros((0, self.axes), np.int32)
        self._before = np.zeros(self.axes, np.int32)
        self._kept = _Kept(self.axes)

    def run(self, rate: Fraction, now: int) -> None:
        """Samples come at this rate from now on; OFF if none."""
        if rate != self.rate:
            self.rate, self._tick = rate, ticks(rate, now)

    def advance(self, now: int) -> bool:
        """Take every sample up to now into `batch`; whether there are any."""
        until = ticks(self.rate, now)
        if self.rate == OFF or until <= self._tick:
            self.batch = self.batch[:0]
            return False
        self.batch = self._take(np.arange(self._tick + 1, until + 1))
        self._tick = until
        return True

    def once(self, now: int) -> None:
        """One sample now into `batch`, outside of any rate."""
        self.batch = self.sample(np.array([now / SECOND]))

    def value_at(self, moment: Fraction) -> Words:
        """The newest sample at a moment (in seconds) within the batch."""
        place = int(moment * self.rate) - (self._tick - len(self.batch)) - 1
        return self.batch[place] if place >= 0 else self._before

    def settle(self) -> None:
        """Everybody has seen the batch."""
        if len(self.batch):
            self._before = self.batch[-1]

    def produced(self) -> Produced:
        """What it has put out since the motion began, as far as it is kept."""
        return self._kept.all()

    def _take(self, numbers: NDArray[np.int64]) -> Words:
        return self.sample(numbers.astype(np.float64) * float(1 / self.rate))

    def sample(self, seconds: NDArray[np.float64]) -> Words:
        """Samples at these moments."""
        values = self._motion.at(seconds - self._begins / SECOND)[:, : self.axes]
        if self._motion.noise:
            values = values + self._draw.normal(0.0, self._motion.noise, values.shape)
        words = self.scale.words(values)
        self._kept.add(words)
        return words
