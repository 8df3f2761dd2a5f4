"""Lines of digital microphones: a clock goes out, and one bit comes back at each of its edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bitloop_hil.benches.virtual.clock import SECOND

Bits = NDArray[np.int8]


class Edge(Enum):
    """Where a bit is read: at the rising edge what was driven while the clock was low, or at the falling one."""

    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class PdmClock:
    """Runs from `origin` on with this period, both in picoseconds: low, then high. Periods count from 0."""

    origin: Fraction
    period: Fraction

    @property
    def hertz(self) -> float:
        """Periods in a second."""
        return float(SECOND / self.period)

    def edges(self, edge: Edge, now: int) -> int:
        """How many of these edges there were until now."""
        return max(0, int((now - self._first(edge)) // self.period) + 1)

    def moment(self, edge: Edge, number: int) -> int:
        """When that one is, in picoseconds, rounded up."""
        return -int(-(self._first(edge) + number * self.period) // 1)

    def seconds(self, edge: Edge, first: int, count: int, step: int = 1) -> NDArray[np.float64]:
        """The moments of so many of them, of every `step`-th."""
        numbers = np.arange(first, first + count * step, step, dtype=np.float64)
        return (float(self._first(edge)) + numbers * float(self.period)) / SECOND

    def _first(self, edge: Edge) -> Fraction:
        return self.origin + self.period * (Fraction(1, 2) if edge is Edge.RISING else 1)


class PdmSource(Protocol):
    """A microphone."""

    edge: Edge

    def bits(self, clock: PdmClock, first: int, count: int) -> Bits:
        """The bits that are read at so many periods of a clock, -1 and 1."""

    def watch(self, before: Callable[[], None]) -> None:
        """`before` is called before what it hears becomes another, or its bits are asked for."""


class PdmLine:
    """A data line with the microphones on it, two at most, and what keeps clock or bits from their pins."""

    def __init__(
        self, name: str, sources: Sequence[PdmSource], problem: Callable[[], str], note: Callable[[str], None]
    ) -> None:
        self._sources = {source.edge: source for source in sources}
        self._name, self._problem, self._note = name, problem, note

    def watch(self, before: Callable[[], None]) -> None:
        """`before` is called before what a microphone hears becomes another, or its bits are asked for."""
        for source in self._sources.values():
            source.watch(before)

    def bits(self, edge: Edge, clock: PdmClock, first: int, count: int) -> Bits:
        """What is read at so many edges. A line that nobody drives stays low."""
        problem = self._problem()
        if not problem and edge not in self._sources:
            level = "low" if edge is Edge.RISING else "high"
            problem = f"no microphone drives the line at {self._name} while the clock is {level}"
        if problem:
            self._note(problem)
            return np.full(count, -1, np.int8)
        return self._sources[edge].bits(clock, first, count)
