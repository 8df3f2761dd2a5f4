"""Triangular bands of a spectrum: a mel filter bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant, Shape, Signals, Stage

Edges = tuple[int, ...]
"""Bins where triangles begin, peak and end: band b from edges[b] over edges[b + 1] to edges[b + 2]."""


@dataclass(frozen=True, slots=True)
class MelBands(Stage):
    """Means of bins weighted by overlapping triangles: (axes, bins) to (axes, bands).

    Band b rises from edges[b] to edges[b + 1] and falls to edges[b + 2]; one band fewer than the edges less one.
    """

    kernel: ClassVar[str] = "mel_bands"

    edges: Edges

    def __post_init__(self) -> None:
        check_edges(self.edges)

    def shape(self, given: Shape) -> Shape:
        if self.edges[-1] > given.length:
            raise LibraryError(f"the last band ends at bin {self.edges[-1]} of a spectrum of {given.length}")
        return Shape(given.axes, len(self.edges) - 2)

    def effort(self, given: Shape) -> float:
        """Every bin twice, and a division per band."""
        return float(given.axes * (2 * (self.edges[-1] - self.edges[0]) + 8 * (len(self.edges) - 2)))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (len(self.edges) - 2,)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return tables(self.edges)

    def reference(self, x: Signals) -> Signals:
        return pool(x, self.edges)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        bands = len(self.edges) - 2
        return f"bl_mel_bands({given.axes}, {given.length}, {bands}, {names['edges']}, {names['rise']}, x);"


def check_edges(edges: Edges) -> None:
    """Edges of at least one triangle, rising, so that no band is empty and the C works in place."""
    rising = all(low < high for low, high in pairwise(edges))
    if len(edges) < 3 or edges[0] < 0 or edges[-1] > 65535 or not rising:
        raise LibraryError("edges of triangular bands are at least 3 and rise from 0 or more to at most 65535")


def tables(edges: Edges) -> tuple[Constant, Constant]:
    """The edges, and the weight of each bin from edges[0] + 1 to the last edge on the side that rises."""
    return (
        Constant("edges", np.array(edges, dtype=np.uint16), fitted=False),
        Constant("rise", _rise(edges), fitted=False),
    )


def pool(x: Signals, edges: Edges) -> Signals:
    """(signals, axes, bins) to (signals, axes, bands); each sum upwards, as in the C."""
    start, weight = edges[0] + 1, _rise(edges)
    bands = []
    for low, peak, high in zip(edges, edges[1:], edges[2:], strict=False):
        total = weight[low + 1 - start] * x[:, :, low + 1]
        for i in range(low + 2, high):
            total += (weight[i - start] if i <= peak else np.float32(1) - weight[i - start]) * x[:, :, i]
        bands.append(total / np.float32((high - low) / 2))
    return np.stack(bands, axis=2)


def mel_edges(bins: int, bands: int, corner: float, low: float = 0.0) -> Edges:
    """Edges at equal steps of ln(1 + f / corner) from `low` to the last bin; all frequencies as shares of Nyquist's.

    The mel scale is linear below about 700 Hz and logarithmic above: `corner` is 700 over half the sampling rate,
    0.175 at 8 kHz. Where bins are wider than steps, a step is one bin. LibraryError where the bins do not suffice.
    """
    room = bins - 1 - int(low * (bins - 1))
    if bands < 1 or room < bands + 1:
        raise LibraryError(f"{bands} triangular bands need at least {bands + 2} bins, not {room + 1}")
    ends = np.log1p(np.array([low, 1.0]) / corner)
    places = np.round(corner * np.expm1(np.linspace(ends[0], ends[1], bands + 2)) * (bins - 1))
    edges = [int(places[0])]
    for i, place in enumerate(places[1:], start=1):
        left = len(places) - 1 - i  # edges that still have to fit between this one and the last bin
        edges.append(min(max(int(place), edges[-1] + 1), bins - 1 - left))
    return tuple(edges)


def _rise(edges: Edges) -> NDArray[np.float32]:
    shares = [np.arange(1, high - low + 1) / np.float64(high - low) for low, high in pairwise(edges)]
    return np.concatenate(shares).astype(np.float32)
