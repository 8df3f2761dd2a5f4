"""Statistics of each axis over time."""

from __future__ import annotations

from bitloop.kernels.base import Shape
from bitloop.kernels.statistics import NAMES, Statistics
from bitloop.search.views.common import back, decimations, floors, front, names, norms
from bitloop.search.views.view import Chosen, Options, Stages, View

SETS = (
    ("rms",),
    ("mean", "rms"),
    ("rms", "kurtosis"),
    ("rms", "peak_to_peak", "kurtosis"),
    ("rms", "crest", "zero_crossings"),
    ("activity", "mobility", "complexity"),
    ("rms", "mobility", "complexity"),
    ("mean", "rms", "peak_to_peak", "zero_crossings"),
    ("mean", "peak_to_peak", "activity", "mobility"),
    ("mean", "rms", "skewness", "kurtosis", "zero_crossings", "mobility"),
    NAMES,
)
_POSITIVE = {"rms", "peak_to_peak", "crest", "kurtosis", "activity", "mobility", "complexity"}


def _options(given: Shape, unit: float) -> Options:
    if given.length < 3:
        return {}
    return {
        **norms(given),
        "decimate": decimations(given.length, 16),
        "difference": (False, False, True),
        "center": (False, False, True),
        "which": tuple(which for which in SETS if len(which) <= given.length),
        "floor": (0.0, *floors(unit)),
    }


def _stages(chosen: Chosen, given: Shape) -> Stages:
    which = names(chosen, "which")
    logs = back(chosen) if set(which) <= _POSITIVE else []
    return (*front(chosen), Statistics(which), *logs)


VIEW = View("statistics", _options, _stages, rounds=2)
