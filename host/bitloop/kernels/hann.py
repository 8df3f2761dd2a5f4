"""Hann window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant, Shape, Signals, Stage
from bitloop.kernels.circle import half_hann


@dataclass(frozen=True, slots=True)
class Hann(Stage):
    """Times the periodic window (1 - cos(2 pi i / length)) / 2, made for Fourier transforms: (axes, length) stays."""

    kernel: ClassVar[str] = "hann"

    def shape(self, given: Shape) -> Shape:
        if not 2 <= given.length <= 4096:
            raise LibraryError(f"a Hann window has 2 to 4096 samples, not {given.length}")
        return given

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("window", half_hann(given.length), fitted=False),)

    def reference(self, x: Signals) -> Signals:
        i = np.arange(x.shape[2])
        window: NDArray[np.float32] = half_hann(x.shape[2])[np.minimum(i, x.shape[2] - i)]
        return x * window

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_hann({given.axes}, {given.length}, {names['window']}, x);"
