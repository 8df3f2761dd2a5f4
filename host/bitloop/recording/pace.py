"""The pace at which numbered things came: a straight line through numbers and times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

POINTS = 1024
"""Most points a fit looks at; its cost grows with their square."""
_TWO_SIDED = 1.959964  # standard deviations that hold 95 %
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
    """A line that single late times cannot bend. However many there are, it keeps about `POINTS`, spread evenly."""

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._every, self._skipped = 1, 0

    def add(self, number: float, seconds: float) -> None:
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
        short, slope, long = _slopes(number, time)
        if short <= 0:
            return None
        early = time - slope * number
        jitter = _NORMAL * float(np.median(np.abs(early - np.median(early))))
        return Rate(1 / slope, 1 / long, 1 / short, jitter, float(np.ptp(time)))


def _slopes(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float, float]:
    """The median slope between two points, and before and behind it the bounds that hold it with 95 % confidence.

    P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, 1968; as scipy.stats.theilslopes, which
    takes a second to load when somebody waits for the recording to end.
    """
    count = len(x)
    first, second = np.triu_indices(count, 1)
    run = x[second] - x[first]
    slopes = np.sort((y[second] - y[first])[run > 0] / run[run > 0])
    wide = _TWO_SIDED * np.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low, high = round((len(slopes) - wide) / 2) - 1, round((len(slopes) + wide) / 2)
    return float(slopes[max(low, 0)]), float(np.median(slopes)), float(slopes[min(high, len(slopes) - 1)])


class Regression:
    """The slope of time over number in runs that each begin at a time of their own, however many points there are.

    Least squares with an intercept per run, for times without outliers.
    """

    def __init__(self) -> None:
        self._points, self._runs = 0, 0
        self._numbers, self._times, self._both = 0.0, 0.0, 0.0
        self._seconds = 0.0
        self.begin()

    def begin(self) -> None:
        """What follows is another run."""
        self._count, self._number, self._time, self._last = 0, 0.0, 0.0, 0.0

    def add(self, number: float, seconds: float) -> None:
        """Thing `number` of this run came at that time."""
        step, delay = number - self._number, seconds - self._time
        self._seconds += seconds - self._last if self._count else 0.0
        self._runs += self._count == 0
        self._points += 1
        self._count += 1
        self._last = seconds
        self._number += step / self._count
        self._time += delay / self._count
        share = (self._count - 1) / self._count  # sums of squares around a mean that moves, as by Welford
        self._numbers += share * step * step
        self._times += share * delay * delay
        self._both += share * step * delay

    def rate(self, late: float = 0.0) -> Rate | None:
        """The rate, with the standard deviation of all times as its jitter; None where too little is known.

        Times may be late by up to `late` seconds, even in the same way in every run, so the bounds allow for that.
        """
        freedom = self._points - self._runs - 1
        if freedom < 1 or self._both <= 0:
            return None
        from scipy.special import stdtrit

        slope = self._both / self._numbers
        variance = max(0.0, self._times - slope * self._both) / freedom
        by_chance = float(stdtrit(freedom, 0.975) * np.sqrt(variance / self._numbers)) / slope
        error = by_chance + late * self._runs / self._seconds
        if error >= 1:
            return None
        hertz = 1 / slope
        return Rate(hertz, hertz / (1 + error), hertz / (1 - error), float(np.sqrt(variance)), self._seconds)
