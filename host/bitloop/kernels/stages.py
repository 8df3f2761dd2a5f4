"""The preprocessing kernels there are, by the name a library file gives them."""

from __future__ import annotations

from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Stage

STAGES: tuple[type[Stage], ...] = (BandMean,)
