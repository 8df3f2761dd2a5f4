"""How often a signal has which value: between limits that training signals set, or relative to each signal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.histogram import Histogram
from bitloop.native import host
from bitloop.search.views.common import front, norms, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

_BINS = (4, 6, 8, 12, 16, 24)
_MOST = 256
"""Signals looked at for the limits."""


def _options(given: Shape, unit: float) -> Options:
    if given.length < 16:
        return {}
    found: Options = {
        "limits": ("fixed", "fixed", "fixed", "range", "sigma"),
        "difference": (False, False, True),
        "bins": tuple(bins for bins in _BINS if 2 * bins <= given.length),
    }
    return {**norms(given), **found}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """With limits of a width of 1 where they are to be fitted."""
    shape, stages = given, front(chosen)
    for stage in stages:
        shape = stage.shape(shape)
    bins, kind = whole(chosen, "bins"), str(chosen["limits"])
    if kind != "fixed":
        return (*stages, Histogram.relative(bins, kind))
    limits = np.stack([np.zeros(shape.axes), np.ones(shape.axes)]).astype(np.float32)
    return (*stages, Histogram(bins, kind, limits))


def _fit(chosen: Chosen, given: Shape, x: Signals, y: NDArray[Any], seed: int) -> Stages:
    stages = _stages(chosen, given)
    if chosen["limits"] != "fixed":
        return stages
    x = x[np.unique(np.linspace(0, len(x) - 1, _MOST).astype(np.int64))]
    before: tuple[Stage, ...] = stages[:-1]
    for stage in before:
        x = stage.run(x, host())
    return (*before, Histogram.fitted(whole(chosen, "bins"), x))


VIEW = View("histogram", _options, _stages, _fit)
