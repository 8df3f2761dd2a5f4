"""Cepstrum of the mean spectrum: the shape of its envelope, and harmonics at equal steps, in a few numbers."""

from __future__ import annotations

from bitloop.kernels.base import Shape
from bitloop.kernels.dct import Dct
from bitloop.search.views import mel
from bitloop.search.views.common import whole
from bitloop.search.views.view import Chosen, Options, Stages, View


def _options(given: Shape, unit: float) -> Options:
    found = mel.options(given, unit)
    return {**found, "coefficients": (6, 10, 16, 24)} if found else {}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    stages = mel.mean_spectrum(chosen, given)
    shape = given
    for stage in stages:
        shape = stage.shape(shape)
    return (*stages, Dct(min(whole(chosen, "coefficients"), shape.length)))


VIEW = View("cepstrum", _options, _stages)
