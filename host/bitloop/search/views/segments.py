"""Statistics of the parts of a signal: what happens when, for gestures and whatever else has a course."""

from __future__ import annotations

from bitloop.kernels.base import Shape
from bitloop.kernels.segments import Segments
from bitloop.kernels.statistics import Statistics
from bitloop.search.views.common import back, cuts, floors, front, names, norms, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

_SETS = (
    ("mean",),
    ("mean",),
    ("rms",),
    ("activity",),
    ("mean", "peak_to_peak"),
    ("mean", "activity"),
    ("rms", "mobility"),
    ("mean", "rms", "peak_to_peak", "mobility"),
)
_POSITIVE = {"rms", "peak_to_peak", "activity", "mobility"}


def _options(given: Shape, unit: float) -> Options:
    if given.length < 12:
        return {}
    found: Options = {
        "difference": (False, False, False, True),
        "center": (False, False, True),
        "segments": cuts(given.length, 4)[1:],
        "which": _SETS,
        "floor": (0.0, *floors(unit)),
    }
    return {**norms(given), **found}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """Fewer parts where they would be too short for their statistics; logarithms only of what is never negative."""
    which = names(chosen, "which")
    parts = min(whole(chosen, "segments"), (given.length - 1) // max(3, len(which)))
    logs = back(chosen) if set(which) <= _POSITIVE else []
    return (*front(chosen), Segments(max(2, parts)), Statistics(which), *logs)


VIEW = View("segments", _options, _stages, rounds=2)
