"""Digital microphones: a bit per period of the clock they are given, whose mean follows the sound (MP34DT01-M)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.devices.pdm import Bits, Edge, PdmClock
from bitloop_hil.benches.virtual.sensors.motion import Motion, resting
from bitloop_hil.benches.virtual.sensors.output import Produced
from bitloop_hil.benches.virtual.sensors.sigma_delta import Modulator

QUANTITY = "sound"
_KEPT = 1 << 23  # bits that can be asked for afterwards
_LOOK = 8  # periods of the clock in which what it hears stays the same: microseconds
_REFERENCE, _QUIETEST = 94.0, 20e-6
"""dB of sound pressure at which a sensitivity is stated, and pascals (root mean square) at 0 dB."""


class Microphone:
    """A microphone with one bit. Its channel select pin says on which edge of the clock its bits are to be read."""

    NAME: str
    SENSITIVITY: float
    """dB of full scale, a sine's of amplitude 1, at 94 dB of sound pressure."""
    CLOCK_HZ: tuple[int, int]
    SEED = 1

    def __init__(self, edge: Edge, now: Callable[[], int], note: Callable[[str], None]) -> None:
        """`now` is virtual time in picoseconds; `note` tells people what a real one would not stand."""
        self.edge, self._now, self._note = edge, now, note
        self._motion, self._begins = resting(QUANTITY), 0
        self._watchers: list[Callable[[], None]] = []
        self.restart()

    @classmethod
    def full_scale(cls) -> float:
        """Pascals at which all bits are 1: the amplitude of the loudest sine."""
        loudest = _REFERENCE - cls.SENSITIVITY
        return math.sqrt(2.0) * _QUIETEST * 10 ** (loudest / 20)

    def restart(self) -> None:
        """Time begins again, and the motion with it; nothing was produced."""
        self._begins = 0
        self._forget()

    def _forget(self) -> None:
        self._modulator: Modulator | None = None
        self._draw = np.random.default_rng(self._motion.seed)
        self._clock: PdmClock | None = None
        self._first = self._end = 0  # number of the first bit on the tape, and how many there are
        self._tape: Bits = np.zeros(0, np.int8)

    def replay(self, quantity: str, motion: Motion) -> None:
        """It hears this from now on; ProbeError for other quantities."""
        self._look(quantity)
        self._motion, self._begins = motion, self._now()
        self._forget()

    def produced(self, quantity: str) -> Produced:
        """Its newest bits, 0 and 1, without a gap; the first one's number counts periods of its clock."""
        self._look(quantity)
        return Produced(self._first, (self._tape[: self._end] > 0).astype(np.int32)[:, np.newaxis])

    def detune(self, deviation: float) -> None:
        """ProbeError: it has no oscillator."""
        raise ProbeError(f"the {self.NAME} has no oscillator that could be off; it works by the clock of the board")

    def watch(self, before: Callable[[], None]) -> None:
        """`before` is called before the sound becomes another, or the bits are asked for."""
        self._watchers.append(before)

    def bits(self, clock: PdmClock, first: int, count: int) -> Bits:
        """The bits that are read at so many periods of a clock, -1 and 1. What nobody reads is not worked out."""
        if clock != self._clock:
            self._clock, self._end = clock, 0
            self._check(clock)
        if not self._end or first > self._first + self._end:
            self._first, self._end = first, 0
        missing = first + count - self._first - self._end
        if missing > 0:
            self._add(self._modulate(clock, self._first + self._end, missing))
        at = first - self._first
        return self._tape[at : at + count]

    def _modulate(self, clock: PdmClock, first: int, count: int) -> Bits:
        looks = range(first // _LOOK, (first + count - 1) // _LOOK + 1)
        moments = clock.seconds(self.edge, looks.start * _LOOK, len(looks), _LOOK) - self._begins / SECOND
        pressure = self._motion.at(moments)[:, 0]
        if self._motion.noise:
            pressure = pressure + self._draw.normal(0.0, self._motion.noise, len(looks))
        levels = np.repeat(pressure / self.full_scale(), _LOOK)[first % _LOOK :][:count]
        self._modulator = self._modulator or Modulator(self.SEED)
        return self._modulator.bits(levels)

    def _add(self, bits: Bits) -> None:
        if self._end + len(bits) > len(self._tape):
            kept = self._tape[max(0, self._end - _KEPT) : self._end].copy()
            self._first += self._end - len(kept)
            self._tape = np.empty(2 * _KEPT + len(bits), np.int8)
            self._tape[: len(kept)] = kept
            self._end = len(kept)
        self._tape[self._end : self._end + len(bits)] = bits
        self._end += len(bits)

    def _check(self, clock: PdmClock) -> None:
        low, high = self.CLOCK_HZ
        if not low <= clock.hertz <= high:
            self._note(
                f"{self.NAME} is clocked at {clock.hertz / 1e6:.3f} MHz; its data sheet says {low / 1e6:g} to"
                f" {high / 1e6:g} MHz"
            )

    def _look(self, quantity: str) -> None:
        if quantity != QUANTITY:
            raise ProbeError(f"the {self.NAME} does not measure {quantity!r}, but {QUANTITY}")
        for watch in self._watchers:
            watch()


class Mp34dt01(Microphone):
    """MP34DT01-M (DocID026493): acoustic and electrical characteristics, table 3; left while the clock is low."""

    NAME = "MP34DT01"
    SENSITIVITY = -26.0
    CLOCK_HZ = (1_000_000, 3_250_000)


MICROPHONES: Mapping[str, type[Microphone]] = {one.NAME: one for one in (Mp34dt01,)}
"""Every model by the name of its chip."""
