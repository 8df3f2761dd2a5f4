"""Models that learn on the device: before they have learned anything."""

from __future__ import annotations

import numpy as np

from bitloop.kernels.gauge import GaugedModel
from bitloop.kernels.growing_prototypes import GrowingPrototypes
from bitloop.kernels.half_space_trees import HalfSpaceTrees
from bitloop.kernels.loda import Loda
from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.pca_residual import PcaResidual
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.sliding_neighbors import SlidingNeighbors
from bitloop.search.fits.entry import Entry, Hypers

SEED = 1
"""Of splits and projections that are drawn beforehand."""


def running_gaussian(features: int, hyper: Hypers, factor: float) -> GaugedModel:
    """One spread per feature."""
    return RunningGaussian(features, _single(factor), _single(hyper["floor"]), _memory(hyper), _smoothing(hyper))


def mahalanobis(features: int, hyper: Hypers, factor: float) -> GaugedModel:
    """The full covariance."""
    return Mahalanobis(features, _single(factor), _single(hyper["floor"]), _memory(hyper), _smoothing(hyper))


def pca_residual(features: int, hyper: Hypers, factor: float) -> GaugedModel:
    """What the first components do not explain, and with `inside` how far along them a signal lies."""
    components = max(1, min(int(hyper["components"]), features - 1, 64))
    fitted = (components, _single(hyper["inside"]), _single(hyper["floor"]), _single(factor))
    return PcaResidual(features, *fitted, _memory(hyper), _smoothing(hyper))


def growing_prototypes(features: int, hyper: Hypers, factor: float) -> GaugedModel:
    """The nearest of the places seen."""
    capacity, novelty = int(hyper["capacity"]), _single(hyper["novelty"])
    return GrowingPrototypes(features, capacity, novelty, _single(factor), _smoothing(hyper))


def sliding_neighbors(features: int, hyper: Hypers, factor: float) -> GaugedModel:
    """The k-th nearest of the last signals learned."""
    return SlidingNeighbors(features, int(hyper["capacity"]), int(hyper["k"]), _single(factor), _smoothing(hyper))


def half_space_trees(features: int, hyper: Hypers, factor: float) -> GaugedModel:
    """Counts at random splits of features that lie between 0 and 1."""
    sizes = int(hyper["trees"]), int(hyper["depth"]), _single(hyper["fewest"])
    model = HalfSpaceTrees.drawn(features, *sizes, _single(factor), SEED)
    return model.with_memories(_memory(hyper), _smoothing(hyper))


def loda(features: int, hyper: Hypers, factor: float) -> GaugedModel:
    """Histograms of random projections."""
    model = Loda.drawn(features, int(hyper["projections"]), int(hyper["bins"]), hyper["reach"], _single(factor), SEED)
    return model.with_memories(_memory(hyper), _smoothing(hyper))


def _single(value: float) -> float:
    """The float32 nearest to a number, as a float: what the C will see."""
    return float(np.float32(value))


def _memory(hyper: Hypers) -> int:
    return int(hyper.get("memory", 0))


def _smoothing(hyper: Hypers) -> int:
    return int(hyper.get("smoothing", 0))


_FLOOR = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_MEMORY = (0, 0, 0, 6, 8)
_STATES = {"smoothing": (0, 2, 3, 4, 4, 5)}

ENTRIES = (
    Entry(
        "running_gaussian", RunningGaussian, running_gaussian, {"floor": _FLOOR, "memory": _MEMORY}, states=_STATES
    ),
    Entry("mahalanobis", Mahalanobis, mahalanobis, {"floor": _FLOOR, "memory": _MEMORY}, most=64, states=_STATES),
    Entry(
        "pca_residual",
        PcaResidual,
        pca_residual,
        {"components": (1, 2, 3, 4, 6, 8, 12), "inside": (0, 0.1, 1), "floor": (1e-3, 1e-2, 1e-1), "memory": _MEMORY},
        most=256,
        states=_STATES,
    ),
    Entry(
        "growing_prototypes",
        GrowingPrototypes,
        growing_prototypes,
        {"capacity": (8, 16, 32, 64, 128), "novelty": (0.1, 0.2, 0.4, 0.7, 1.0, 1.5)},
        states=_STATES,
    ),
    Entry(
        "sliding_neighbors",
        SlidingNeighbors,
        sliding_neighbors,
        {"capacity": (32, 64, 128, 256, 512), "k": (1, 1, 2, 4)},
        states=_STATES,
    ),
    Entry(
        "half_space_trees",
        HalfSpaceTrees,
        half_space_trees,
        {"trees": (10, 25, 40), "depth": (4, 5, 6, 7), "fewest": (1, 3, 8), "memory": _MEMORY},
        ("minmax",),
        rounds=1,
        states=_STATES,
    ),
    Entry(
        "loda",
        Loda,
        loda,
        {"projections": (10, 25, 50), "bins": (16, 32, 64), "reach": (4, 8), "memory": _MEMORY},
        ("zscore", "robust"),
        rounds=1,
        states=_STATES,
    ),
)
