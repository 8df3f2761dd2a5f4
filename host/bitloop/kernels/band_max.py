"""Largest value of consecutive bands of a spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bitloop.kernels.bands import Bands
from bitloop.kernels.base import Signals
from bitloop.kernels.order import larger


@dataclass(frozen=True, slots=True)
class BandMax(Bands):
    """Band b of each axis is the largest of bins edges[b] to edges[b + 1] - 1: (axes, bins) to (axes, bands).

    A NaN in a band makes the band NaN.
    """

    kernel: ClassVar[str] = "band_max"

    def reference(self, x: Signals) -> Signals:
        bands = []
        for low, high in pairwise(self.edges):
            most = x[:, :, low]
            for i in range(low + 1, high):
                most = larger(most, x[:, :, i])
            bands.append(most)
        return np.stack(bands, axis=2)
