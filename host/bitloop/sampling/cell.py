"""One way of sampling: how many samples make a signal, and which part of the logs' rate they are taken at."""

from __future__ import annotations

import math
from dataclasses import dataclass

LENGTHS = tuple(1 << n for n in range(4, 13))
"""Samples per axis and signal."""
DIVISIONS = tuple(range(1, 33))
"""The logs' rate over the rate to sample at."""
LENGTH_WEIGHT, RATE_WEIGHT, DURATION_WEIGHT = 1.0, 0.5, 0.25
"""What doubling it costs. A buffer is RAM, a rate is energy, bus and computing time, a duration is only patience."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A cell of the matrix: `length` samples per axis at the logs' rate over `division`."""

    division: int
    length: int

    @property
    def span(self) -> int:
        """Samples of the log a signal stretches over."""
        return self.length * self.division

    @property
    def cost(self) -> float:
        """How much it asks of the device, in weighted doublings; only differences mean something."""
        length, rate, duration = math.log2(self.length), -math.log2(self.division), math.log2(self.span)
        return LENGTH_WEIGHT * length + RATE_WEIGHT * rate + DURATION_WEIGHT * duration


def cells(lengths: tuple[int, ...] = LENGTHS, divisions: tuple[int, ...] = DIVISIONS) -> tuple[Cell, ...]:
    """All cells in the order of the work: powers of two first, so that an interrupted matrix is a coarse one."""
    order = sorted(divisions, key=lambda d: (d & (d - 1) != 0, d))
    return tuple(Cell(division, length) for division in order for length in sorted(lengths))
