"""The samples themselves."""

from __future__ import annotations

from bitloop.kernels.base import Shape
from bitloop.search.views.common import YES_OR_NO, back, decimations, floors, front
from bitloop.search.views.view import Chosen, Options, Stages, View


def _options(given: Shape, unit: float) -> Options:
    if given.length < 2:
        return {"floor": floors(unit)[:1] * 3 + floors(unit)[1:]}
    return {"decimate": decimations(given.length, 4), "center": YES_OR_NO, "difference": (False, False, True)}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    return (*front(chosen), *back(chosen))


VIEW = View("raw", _options, _stages)
