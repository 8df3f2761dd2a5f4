"""How axes go together, also with one of them late: phases between currents, the direction of a movement."""

from __future__ import annotations

from bitloop.kernels.base import Shape
from bitloop.kernels.correlation import Correlation
from bitloop.search.views.common import decimations, front, norms, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

_AXES = 16
"""Most axes whose pairs are looked at."""


def _options(given: Shape, unit: float) -> Options:
    if not 2 <= given.axes <= _AXES or given.length < 8:
        return {}
    return {
        **({"norm": (0, 0, -3)} if "norm" in norms(given) and given.axes % 3 == 0 else {}),
        "decimate": decimations(given.length, 24)[:3],
        "difference": (False, False, True),
        "lags": (0, 1, 1, 2, 2, 3, 5, 8) if given.axes <= 8 else (0, 1),
        "step": tuple(step for step in (1, 2, 3, 4, 6, 8) if 2 * step < given.length),
    }


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """No lag goes beyond half of the samples that are left."""
    left = given.length // max(1, whole(chosen, "decimate")) - 1
    step = whole(chosen, "step")
    return (*front(chosen), Correlation(min(whole(chosen, "lags"), left // 2 // step), step))


VIEW = View("correlation", _options, _stages)
