"""A recipe: everything that determines a candidate except the signals, as plain data that hashes and pickles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bitloop.kernels.band_max import BandMax
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Shape, Stage
from bitloop.kernels.decimate import Decimate
from bitloop.kernels.difference import Difference
from bitloop.kernels.hann import Hann
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.pipeline import Preprocessing
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.scale import Scale
from bitloop.kernels.statistics import Statistics

Hyper = tuple[tuple[str, float], ...]
"""Hyper-parameters of a model by name, in a fixed order."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One view of the signal: `raw` samples, `statistics` or `spectrum`, after decimation and differencing.

    `bands` 0 keeps every bin; `spacing` (linear, log) and `pool` (mean, max) say how bins become bands. `floor`
    above 0 takes logarithms, of nothing smaller. `which` names the statistics.
    """

    view: str
    decimate: int = 1
    center: bool = False
    difference: bool = False
    bands: int = 0
    spacing: str = "linear"
    pool: str = "mean"
    floor: float = 0.0
    which: tuple[str, ...] = ()

    def stages(self, given: Shape) -> tuple[Stage, ...]:
        """The kernels, in order, for signals of that shape; LibraryError where they do not fit it."""
        stages: list[Stage] = []
        if self.decimate > 1:
            stages.append(Decimate(self.decimate))
        if self.difference and self.view != "spectrum":
            stages.append(Difference())
        if self.center:
            stages.append(RemoveMean())
        if self.view == "statistics":
            stages.append(Statistics(self.which))
        if self.view == "spectrum":
            stages += [Hann(), RfftMagnitude()]
            if self.bands:
                edges = band_edges(given.length // self.decimate // 2 + 1, self.bands, self.spacing)
                stages.append(BandMax(edges) if self.pool == "max" else BandMean(edges))
        if self.floor > 0:
            stages.append(Logarithm(self.floor))
        return tuple(stages)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Branches, scaling of the features (zscore, minmax, robust or none) and a model with its hyper-parameters."""

    branches: tuple[Branch, ...]
    scale: str
    model: str
    hyper: Hyper = ()

    @property
    def family(self) -> str:
        """Views and model, as `statistics+spectrum/linear`."""
        return "+".join(branch.view for branch in self.branches) + "/" + self.model

    def preprocessing(self, given: Shape, scale: Scale | None = None) -> Preprocessing:
        """The preprocessing kernels; `scale`, once fitted, is the head."""
        branches = tuple(branch.stages(given) for branch in self.branches)
        return Preprocessing(given.axes, given.length, branches, () if scale is None else (scale,))


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
