"""The pace at which numbered things came: a straight line that a few late ones cannot bend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

POINTS = 1024
"""Most points a fit looks at; its cost grows with their square."""
_NORMAL = 1.4826  # standard deviation of normal noise over the median of its absolute values


@dataclass(frozen=True, slots=True)
class Rate:
    """`hertz` things per second, between `low` and `high` with 95 % confidence, measured over `seconds`.

    `jitter` is the spread of single times around the regular ones, in seconds: the standard deviation where it is
    normal, of which single late ones are no part (1.4826 times the median of the absolute deviations).
    """

    hertz: float
    low: float
    high: float
    jitter: float
    seconds: float


class Pace:
    """Collects (number, time); however long it goes on, it keeps about `POINTS` of them, spread evenly."""

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._every, self._skipped = 1, 0

    def add(self, number: int, seconds: float) -> None:
        """Thing `number` came at that time; numbers and times grow."""
        self._skipped += 1
        if self._skipped < self._every:
            return
        self._skipped = 0
        self._points.append((number, seconds))
        if len(self._points) >= 2 * POINTS:
            self._points = self._points[::2]
            self._every *= 2

    def rate(self) -> Rate | None:
        """The pace by the slope of Theil and Sen (the median of all slopes between two); None with under 3 points."""
        points = np.array(self._points[:: -(-len(self._points) // POINTS) or 1], dtype=np.float64)
        if len(points) < 3:
            return None
        number, time = points[:, 0], points[:, 1]
        if not (np.ptp(number) and np.ptp(time)):
            return None
        from scipy.stats import theilslopes

        slope, _, short, long = theilslopes(time, number)
        if short <= 0:
            return None
        early = time - slope * number
        jitter = _NORMAL * float(np.median(np.abs(early - np.median(early))))
        return Rate(1 / float(slope), 1 / float(long), 1 / float(short), jitter, float(np.ptp(time)))
