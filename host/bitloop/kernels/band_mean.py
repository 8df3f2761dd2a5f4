"""Mean of consecutive bands of a spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant, Shape, Signals, Stage


@dataclass(frozen=True, slots=True)
class BandMean(Stage):
    """Band b of each axis is the mean of bins edges[b] to edges[b + 1] - 1: (axes, bins) to (axes, bands)."""

    kernel: ClassVar[str] = "band_mean"

    edges: tuple[int, ...]

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise(self.edges))
        if len(self.edges) < 2 or self.edges[0] < 0 or self.edges[-1] > 65535 or not rising:
            raise LibraryError("band edges have to rise from 0 or more to at most 65535")

    def shape(self, given: Shape) -> Shape:
        if self.edges[-1] > given.length:
            raise LibraryError(f"the last band ends at bin {self.edges[-1]} of a spectrum of {given.length}")
        return Shape(given.axes, len(self.edges) - 1)

    def params(self, given: Shape) -> tuple[int, ...]:
        return (len(self.edges) - 1,)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("bands", np.array(self.edges, dtype=np.uint16), fitted=False),)

    def reference(self, x: Signals) -> Signals:
        bands = []
        for first, last in pairwise(self.edges):
            total = x[:, :, first].copy()
            for i in range(first + 1, last):  # upwards, as in the C
                total += x[:, :, i]
            bands.append(total / np.float32(last - first))
        return np.stack(bands, axis=2)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_band_mean({given.axes}, {given.length}, {len(self.edges) - 1}, {names['bands']}, x);"
