"""Energies of octaves, over a whole signal or over its parts: coarse spectra of any length that cost little."""

from __future__ import annotations

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Stage
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.segments import Segments
from bitloop.kernels.wavelet import Wavelet
from bitloop.search.views.common import YES_OR_NO, cuts, floors, front, norms, real, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

_SMALLEST = 1e-37


def _options(given: Shape, unit: float) -> Options:
    if given.length < 8:
        return {}
    found: Options = {
        "wavelet": ("haar", "db2"),
        "levels": tuple(n for n in range(2, 9) if _fits("db2", n, given.length)) or (1,),
        "segments": (1, 1, *cuts(given.length, 16)[1:]),
        "center": YES_OR_NO,
        "floor": floors(unit),
    }
    return {**norms(given), **found}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """As many levels as the parts of a signal have; the floor is one of amplitudes, and energies are squares."""
    stages: list[Stage] = front(chosen)
    parts, name = whole(chosen, "segments"), str(chosen["wavelet"])
    if parts > 1:
        stages.append(Segments(parts))
    levels = max(n for n in range(1, whole(chosen, "levels") + 1) if n == 1 or _fits(name, n, given.length // parts))
    stages.append(Wavelet(name, levels))
    floor = real(chosen, "floor")
    if floor > 0:
        stages.append(Logarithm(float(np.float32(max(floor * floor, _SMALLEST)))))
    return tuple(stages)


def _fits(name: str, levels: int, length: int) -> bool:
    try:
        Wavelet(name, levels).shape(Shape(1, length))
    except LibraryError:
        return False
    return True


VIEW = View("wavelet", _options, _stages)
