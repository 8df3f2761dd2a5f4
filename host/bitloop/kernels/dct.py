"""Discrete cosine transform: what turns logarithms of bands into cepstral coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Shape, Signals, Stage
from bitloop.kernels.circle import quarter_wave
from bitloop.kernels.restrict import first_of_each

LONGEST = 1024
"""Most samples per axis: the table has one cosine for each."""


@dataclass(frozen=True, slots=True)
class Dct(Stage):
    """First `kept` coefficients of the orthonormal DCT-II of each axis: (axes, length) to (axes, kept)."""

    kernel: ClassVar[str] = "dct"

    kept: int

    def __post_init__(self) -> None:
        checks.whole(self.kept, 1, LONGEST, "dct.kept")

    def shape(self, given: Shape) -> Shape:
        if not self.kept <= given.length <= LONGEST:
            raise LibraryError(
                f"{self.kept} cosine coefficients need {self.kept} to {LONGEST} samples per axis, not {given.length}"
            )
        return Shape(given.axes, self.kept)

    def workspace(self, given: Shape) -> int:
        return self.kept

    def effort(self, given: Shape) -> float:
        return float(given.size * self.kept)

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.kept,)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("cosine", quarter_wave(4 * given.length), fitted=False),)

    def reference(self, x: Signals) -> Signals:
        length = x.shape[2]
        wave, k = _full_wave(length), np.arange(self.kept)
        total = x[:, :, :1] * wave[k]
        for n in range(1, length):
            total += x[:, :, n, None] * wave[k * (2 * n + 1) % (4 * length)]
        scale = np.full(self.kept, np.sqrt(np.float32(2) / np.float32(length)), dtype=np.float32)
        scale[0] = np.sqrt(np.float32(1) / np.float32(length))
        return scale * total

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_dct({given.axes}, {given.length}, {self.kept}, {names['cosine']}, {names[WORK]}, x);"

    def restricted(self, given: Shape, indices: Sequence[int]) -> tuple[Stage, tuple[int, ...]] | None:
        """Without the last coefficients, if no axis needs them."""
        kept, places = first_of_each(self.kept, indices)
        return None if kept == self.kept else (Dct(kept), places)


def _full_wave(length: int) -> NDArray[np.float32]:
    """cos(2 pi j / (4 length)) for 0 <= j < 4 * length, from the quarter wave."""
    j = np.arange(4 * length)
    near = np.minimum(j, 4 * length - j)
    quarter = quarter_wave(4 * length)
    wave: NDArray[np.float32] = np.where(
        near <= length, quarter[np.minimum(near, length)], -quarter[np.minimum(2 * length - near, length)]
    )
    return wave
