"""Statistics of one band of frequencies, of any length, and of how its loudness changes."""

from __future__ import annotations

from bitloop.kernels.base import Shape, Stage
from bitloop.kernels.biquad import Biquad
from bitloop.kernels.envelope import Envelope
from bitloop.kernels.segments import Segments
from bitloop.kernels.statistics import Statistics
from bitloop.search.views.common import back, cuts, floors, front, names, norms, real, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

BANDS = {
    "0-0.02": (0.0, 0.02),
    "0-0.05": (0.0, 0.05),
    "0-0.1": (0.0, 0.1),
    "0.02-0.08": (0.02, 0.08),
    "0.05-0.15": (0.05, 0.15),
    "0.1-0.25": (0.1, 0.25),
    "0.2-0.35": (0.2, 0.35),
    "0.3-0.5": (0.3, 0.5),
    "0.15-0.5": (0.15, 0.5),
    "0.05-0.5": (0.05, 0.5),
}
"""Fractions of the sampling rate."""
_SETS = (
    ("rms",),
    ("activity",),
    ("mean", "peak_to_peak"),
    ("rms", "kurtosis"),
    ("rms", "crest", "kurtosis"),
    ("rms", "mobility", "complexity"),
    ("mean", "rms", "peak_to_peak", "zero_crossings"),
)
_POSITIVE = {"rms", "crest", "kurtosis", "activity", "mobility", "complexity"}


def _options(given: Shape, unit: float) -> Options:
    if given.length < 16:
        return {}
    found: Options = {
        "band": tuple(BANDS),
        "order": (1, 2, 3),
        "envelope": (0.0, 0.0, 0.5, 0.1),
        "segments": (1, 1, *cuts(given.length, 8)[1:]),
        "which": _SETS,
        "floor": floors(unit),
    }
    return {**norms(given), **found}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """`envelope` 0 leaves the band as it is; logarithms only of what is never negative."""
    low, high = BANDS[str(chosen["band"])]
    stages: list[Stage] = [*front(chosen), Biquad.band(low, high, whole(chosen, "order"))]
    share, parts, which = real(chosen, "envelope"), whole(chosen, "segments"), names(chosen, "which")
    if share > 0:
        stages.append(Envelope(share))
    if parts > 1:
        stages.append(Segments(parts))
    return (*stages, Statistics(which), *(back(chosen) if set(which) <= _POSITIVE else []))


VIEW = View("band", _options, _stages)
