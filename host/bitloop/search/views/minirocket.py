"""MiniRocket: shares of positions at which random convolutions exceed thresholds.

Its features are many and each is weak, so that linear models with their strength chosen on signals left out
(`ridge_classifier`, `ridge_loo`) make the most of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Shape, Signals
from bitloop.kernels.minirocket import AXES
from bitloop.native import host
from bitloop.search import rocket
from bitloop.search.views.common import YES_OR_NO, decimations, front, norms, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

_SIZES = (84, 168, 336, 504, 672, 1344)
"""The last is more than a model takes: for heads to choose from."""
_LEAST = 16
"""Samples that kernels of nine taps find something in."""


def _options(given: Shape, unit: float) -> Options:
    if given.length < _LEAST or given.axes > AXES:
        return {}
    factors = decimations(given.length, 48)
    return {
        **norms(given),
        "features": _SIZES,
        "decimate": (1,) * len(factors) + factors[1:],
        "center": YES_OR_NO,
        "steps": YES_OR_NO,
    }


def _stages(chosen: Chosen, given: Shape) -> Stages:
    stages = front(chosen)
    for stage in stages:
        given = stage.shape(given)
    return (*stages, rocket.plan(given, whole(chosen, "features"), bool(chosen["steps"]), 0))


def _fit(chosen: Chosen, given: Shape, x: Signals, y: NDArray[Any], seed: int) -> Stages:
    stages = front(chosen)
    with np.errstate(all="ignore"):
        for stage in stages:
            x = stage.run(x, host())
    good = np.isfinite(x).all(axis=(1, 2))
    return (*stages, rocket.fit(x[good], whole(chosen, "features"), seed, bool(chosen["steps"])))


VIEW = View("minirocket", _options, _stages, _fit, cheap=0.3)
