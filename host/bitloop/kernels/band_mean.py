"""Mean of consecutive bands of a spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bitloop.kernels.bands import Bands
from bitloop.kernels.base import Signals
from bitloop.kernels.order import upwards


@dataclass(frozen=True, slots=True)
class BandMean(Bands):
    """Band b of each axis is the mean of bins edges[b] to edges[b + 1] - 1: (axes, bins) to (axes, bands)."""

    kernel: ClassVar[str] = "band_mean"

    def reference(self, x: Signals) -> Signals:
        bands = [upwards(x[:, :, low:high]) / np.float32(high - low) for low, high in pairwise(self.edges)]
        return np.stack(bands, axis=2)
