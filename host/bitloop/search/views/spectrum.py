"""The magnitude spectrum of each axis, whole or in bands."""

from __future__ import annotations

import numpy as np

from bitloop.kernels.band_max import BandMax
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Shape, Stage
from bitloop.kernels.hann import Hann
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.search.views.common import YES_OR_NO, back, floors, front, norms, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

LENGTHS = tuple(1 << n for n in range(4, 13))
_BANDS = (0, 4, 8, 12, 16, 24, 32, 48, 64)


def _options(given: Shape, unit: float) -> Options:
    factors = tuple(f for f in range(1, 17) if given.length // f in LENGTHS)
    if not factors:
        return {}
    bins = given.length // factors[0] // 2
    return {
        **norms(given),
        "decimate": (factors[0],) * len(factors) + factors[1:],
        "center": (True, True, False),
        "window": YES_OR_NO[::-1],
        "bands": tuple(b for b in _BANDS if b < bins and (b or bins <= 64)) or (0,),
        "spacing": ("linear", "log"),
        "pool": ("mean", "max"),
        "floor": floors(unit),
    }


def _stages(chosen: Chosen, given: Shape) -> Stages:
    stages: list[Stage] = front(chosen)
    if chosen.get("window", True):
        stages.append(Hann())
    stages.append(RfftMagnitude())
    bins = given.length // max(1, whole(chosen, "decimate")) // 2 + 1
    bands = whole(chosen, "bands")
    if bands:
        edges = band_edges(bins, bands, str(chosen["spacing"]))
        stages.append(BandMax(edges) if chosen["pool"] == "max" else BandMean(edges))
    return (*stages, *back(chosen))


def band_edges(bins: int, bands: int, spacing: str) -> tuple[int, ...]:
    """At most `bands` bands over bins 1 to `bins` - 1; the constant part is no vibration and left out."""
    count = min(bands, bins - 1)
    ideal = np.geomspace(1, bins, count + 1) if spacing == "log" else np.linspace(1, bins, count + 1)
    edges = np.round(ideal).astype(np.int64)
    for i in range(1, len(edges)):  # narrow bands at the low end keep at least one bin each
        edges[i] = max(edges[i], edges[i - 1] + 1)
    edges[-1] = bins
    for i in range(len(edges) - 2, -1, -1):
        edges[i] = min(edges[i], edges[i + 1] - 1)
    return tuple(int(edge) for edge in edges)


VIEW = View("spectrum", _options, _stages, rounds=2)
