"""How a signal resembles itself a little later: periods, and how regular they are."""

from __future__ import annotations

from bitloop.kernels.autocorrelation import Autocorrelation
from bitloop.kernels.base import Shape
from bitloop.search.views.common import decimations, front, norms, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

_LAGS = (4, 8, 16, 24, 32, 48, 64)


def _options(given: Shape, unit: float) -> Options:
    if given.length < 12:
        return {}
    found: Options = {
        "decimate": decimations(given.length, 32)[:4],
        "difference": (False, False, True),
        "lags": tuple(lags for lags in _LAGS if 2 * lags <= given.length),
    }
    return {**norms(given), **found}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """Lags go no further than half of the samples that are left."""
    left = given.length // max(1, whole(chosen, "decimate"))
    return (*front(chosen), Autocorrelation(max(1, min(whole(chosen, "lags"), left // 2))))


VIEW = View("autocorrelation", _options, _stages)
