"""Recursive filters of second order in a row: a band of frequencies, whatever the length of the signal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant, Shape, Signals, Stage
from bitloop.kernels.checks import floats, real, whole
from bitloop.kernels.record import F32

SETTLED = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Biquad(Stage):
    """Sections b0 b1 b2 a1 a2 (a0 is 1), direct form II transposed, one after the other: (axes, length) stays.

    Each section begins as if the first sample had been there for ever, so that an offset makes no step. `sections` is
    float32 (sections, 5); the poles have to lie within the unit circle.
    """

    kernel: ClassVar[str] = "biquad"

    sections: F32

    def __post_init__(self) -> None:
        floats(self.sections, 2, "the sections of a filter", -1e6, 1e6)
        if self.sections.shape[1] != 5 or len(self.sections) > 16:
            raise LibraryError("a filter has to have 1 to 16 sections of 5 numbers: b0 b1 b2 a1 a2")
        a1, a2 = self.sections[:, 3].astype(np.float64), self.sections[:, 4].astype(np.float64)
        if not np.all((np.abs(a2) < 1) & (np.abs(a1) < 1 + a2)):
            raise LibraryError("the filter has a pole on or outside the unit circle: it would not settle")

    @classmethod
    def band(cls, low: float, high: float, order: int = 2) -> Biquad:
        """Butterworth filter that passes `low` to `high`, fractions of the rate from 0 to 0.5.

        `low` 0 makes it a low pass, `high` 0.5 a high pass. A band pass has `order` poles on either side.
        """
        real(low, 0.0, 0.5, "the lower edge of a band")
        real(high, 0.0, 0.5, "the upper edge of a band")
        whole(order, 1, 8, "the order of a filter")
        if low >= high or (low == 0 and high == 0.5):
            raise LibraryError(f"a band from {low:g} to {high:g} of the rate is none, or everything")
        return cls(_butterworth(low, high, order))

    def settling(self) -> int:
        """Samples until a hundredth of a step is left, by the slowest pole."""
        poles = [np.roots([1.0, a1, a2]) for _, _, _, a1, a2 in self.sections.astype(np.float64)]
        slowest = float(np.abs(poles).max())
        return math.ceil(math.log(SETTLED) / math.log(slowest)) if slowest > SETTLED else 1

    def shape(self, given: Shape) -> Shape:
        return given

    def effort(self, given: Shape) -> float:
        return float(given.size * len(self.sections))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (len(self.sections),)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("sections", self._table(), fitted=True),)

    def reference(self, x: Signals) -> Signals:
        for section in self._table():
            x = _section(x, section)
        return x

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_biquad({given.axes}, {given.length}, {len(self.sections)}, {names['sections']}, x);"

    def _table(self) -> NDArray[np.float32]:
        """The sections and what their memories hold at rest, per unit of constant input: (sections, 7)."""
        b0, b1, b2, a1, a2 = self.sections.astype(np.float64).T
        gain = (b0 + b1 + b2) / (1 + a1 + a2)
        rest = np.stack([gain - b0, b2 - a2 * gain], axis=1)
        return np.concatenate([self.sections, rest.astype(np.float32)], axis=1)


def _section(x: Signals, c: NDArray[np.float32]) -> Signals:
    b0, b1, b2, a1, a2 = c[:5]
    s1, s2 = c[5] * x[:, :, 0], c[6] * x[:, :, 0]
    out = np.empty_like(x)
    for i in range(x.shape[2]):
        given = x[:, :, i]
        y = b0 * given + s1
        s1 = b1 * given - a1 * y + s2
        s2 = b2 * given - a2 * y
        out[:, :, i] = y
    return out


@lru_cache(maxsize=256)
def _butterworth(low: float, high: float, order: int) -> NDArray[np.float32]:
    from scipy import signal  # takes long to import, and only a design needs it

    kind, edges = "bandpass", [2 * low, 2 * high]
    if low == 0 or high == 0.5:
        kind, edges = ("lowpass", [2 * high]) if low == 0 else ("highpass", [2 * low])
    sos = signal.butter(order, edges if len(edges) > 1 else edges[0], kind, output="sos")
    sections = np.ascontiguousarray(sos[:, [0, 1, 2, 4, 5]], dtype=np.float32)
    sections.setflags(write=False)
    return sections
