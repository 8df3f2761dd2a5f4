"""Time statistics of each axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.order import larger, smaller, upwards
from bitloop.kernels.quotient import quotient
from bitloop.kernels.restrict import used_of_each

F32Array = NDArray[np.float32]

NAMES = (
    "mean",
    "rms",
    "peak_to_peak",
    "crest",
    "skewness",
    "kurtosis",
    "zero_crossings",
    "activity",
    "mobility",
    "complexity",
)
"""In the order of the C's bits, which is the order of the outputs."""


@dataclass(frozen=True, slots=True)
class Statistics(Stage):
    """Named statistics of each axis, in the order of NAMES: (axes, length) to (axes, len(which)).

    firmware/kernels/statistics.h defines each. A ratio whose denominator is 0, as of a constant axis, is 0.
    """

    kernel: ClassVar[str] = "statistics"

    which: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [name for name in self.which if name not in NAMES]
        if unknown:
            raise LibraryError(f"no statistic is called {unknown[0]!r}; choose from {', '.join(NAMES)}")
        if not self.which or len(set(self.which)) != len(self.which):
            raise LibraryError("statistics have to be at least one, each named once")
        object.__setattr__(self, "which", tuple(name for name in NAMES if name in self.which))

    def shape(self, given: Shape) -> Shape:
        if given.length < max(3, len(self.which)):
            raise LibraryError(
                f"{len(self.which)} statistics need at least {max(3, len(self.which))} samples per axis,"
                f" not {given.length}"
            )
        return Shape(given.axes, len(self.which))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (sum(1 << NAMES.index(name) for name in self.which),)

    def effort(self, given: Shape) -> float:
        """Steps per sample of each look at an axis that is needed; the second wants the mean of the first."""
        moments = {"skewness", "kurtosis", "zero_crossings", "activity", "mobility", "complexity"} & set(self.which)
        steps = {"mobility", "complexity"} & set(self.which)
        return float(given.size * (6 + (10 if moments else 0) + (6 if steps else 0)))

    def reference(self, x: Signals) -> Signals:
        found = _statistics(x)
        return np.stack([found[name] for name in self.which], axis=2)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        bits = " | ".join(f"BL_{name.upper()}" for name in self.which)
        return f"bl_statistics({given.axes}, {given.length}, {bits}, x);"

    def restricted(self, given: Shape, indices: Sequence[int]) -> tuple[Stage, tuple[int, ...]] | None:
        """Without the statistics that no axis needs."""
        used, places = used_of_each(len(self.which), indices)
        return None if len(used) == len(self.which) else (Statistics(tuple(self.which[i] for i in used)), places)


def _statistics(x: Signals) -> dict[str, F32Array]:
    n = np.float32(x.shape[2])
    low = high = x[:, :, 0]
    for i in range(1, x.shape[2]):
        low, high = smaller(low, x[:, :, i]), larger(high, x[:, :, i])
    mean = np.where(low == high, low, upwards(x) / n)
    rms = np.sqrt(upwards(x * x) / n)

    d = x - mean[:, :, None]
    square = d * d
    variance = upwards(square) / n
    m3, m4 = upwards(square * d) / n, upwards(square * square) / n
    below = d < 0
    crossings = np.count_nonzero(below[:, :, 1:] != below[:, :, :-1], axis=2)

    step = x[:, :, 1:] - x[:, :, :-1]
    bend = step[:, :, 1:] - step[:, :, :-1]
    d1 = upwards(step * step) / np.float32(x.shape[2] - 1)
    d2 = upwards(bend * bend) / np.float32(x.shape[2] - 2)
    mobility = np.sqrt(quotient(d1, variance))
    return {
        "mean": mean,
        "rms": rms,
        "peak_to_peak": high - low,
        "crest": quotient(larger(high, -low), rms),
        "skewness": quotient(m3, variance * np.sqrt(variance)),
        "kurtosis": quotient(m4, variance * variance),
        "zero_crossings": crossings.astype(np.float32),
        "activity": variance,
        "mobility": mobility,
        "complexity": quotient(np.sqrt(quotient(d2, d1)), mobility),
    }
