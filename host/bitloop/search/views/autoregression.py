"""The shape of a spectrum in a few coefficients, whatever the length of a signal and however large it is."""

from __future__ import annotations

from bitloop.kernels.autoregression import Autoregression
from bitloop.kernels.base import Shape
from bitloop.search.views.common import YES_OR_NO, decimations, front, norms, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

_ORDERS = (2, 3, 4, 6, 8, 12, 16, 24)


def _options(given: Shape, unit: float) -> Options:
    if given.length < 12:
        return {}
    found: Options = {
        "decimate": decimations(given.length, 48)[:4],
        "difference": (False, False, True),
        "order": tuple(order for order in _ORDERS if 4 * order <= given.length),
        "reflection": YES_OR_NO,
    }
    return {**norms(given), **found}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """The order goes no further than a quarter of the samples that are left."""
    left = given.length // max(1, whole(chosen, "decimate"))
    order = max(2, min(whole(chosen, "order"), left // 4))
    return (*front(chosen), Autoregression(order, bool(chosen["reflection"])))


VIEW = View("autoregression", _options, _stages)
