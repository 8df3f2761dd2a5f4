"""What the stages that pool a spectrum into bands have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant, Shape, Stage


@dataclass(frozen=True, slots=True)
class Bands(Stage):
    """Band b of each axis covers bins edges[b] to edges[b + 1] - 1: (axes, bins) to (axes, bands)."""

    edges: tuple[int, ...]

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise(self.edges))
        if len(self.edges) < 2 or self.edges[0] < 0 or self.edges[-1] > 65535 or not rising:
            raise LibraryError("band edges have to rise from 0 or more to at most 65535")

    def shape(self, given: Shape) -> Shape:
        if self.edges[-1] > given.length:
            raise LibraryError(f"the last band ends at bin {self.edges[-1]} of a spectrum of {given.length}")
        return Shape(given.axes, len(self.edges) - 1)

    def effort(self, given: Shape) -> float:
        return float(given.axes * (self.edges[-1] - self.edges[0]))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (len(self.edges) - 1,)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("bands", np.array(self.edges, dtype=np.uint16), fitted=False),)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        bands = len(self.edges) - 1
        return f"bl_{self.kernel}({given.axes}, {given.length}, {bands}, {names['bands']}, x);"

    def restricted(self, given: Shape, indices: Sequence[int]) -> tuple[Stage, tuple[int, ...]] | None:
        """Without the bands at either end that no axis needs."""
        bands = len(self.edges) - 1
        low, high = min(i % bands for i in indices), max(i % bands for i in indices)
        if high - low + 1 == bands:
            return None
        kept = high - low + 1
        return replace(self, edges=self.edges[low : high + 2]), tuple(
            i // bands * kept + i % bands - low for i in indices
        )
