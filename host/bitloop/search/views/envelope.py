"""How large a signal is over time: its course in parts, or its spectrum, in which modulations show."""

from __future__ import annotations

from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Shape, Stage
from bitloop.kernels.decimate import Decimate
from bitloop.kernels.envelope import Envelope
from bitloop.kernels.hann import Hann
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.search.views.common import back, floors, front, norms, real, whole
from bitloop.search.views.spectrum import LENGTHS, band_edges
from bitloop.search.views.view import Chosen, Options, Stages, View

_SHARES = tuple(1 / 2**n for n in range(6))
_POINTS = (4, 8, 12, 16, 24)


def _options(given: Shape, unit: float) -> Options:
    if given.length < 16:
        return {}
    factors = tuple(f for f in range(1, 17) if given.length // f in LENGTHS)
    found: Options = {
        "center": (True, True, False),
        "difference": (False, False, True),
        "share": _SHARES,
        "decimate": (0, *(factors[:1] * len(factors)), *factors[1:]),
        "points": tuple(points for points in _POINTS if 2 * points <= given.length),
        "floor": floors(unit),
    }
    return {**norms(given), **found}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """`decimate` 0 is the course, in so many points; else a spectrum after that factor, in so many bands."""
    factor, points = whole(chosen, "decimate"), whole(chosen, "points")
    length = given.length - bool(chosen["difference"])
    stages: list[Stage] = [*front({**chosen, "decimate": 1}), Envelope(real(chosen, "share"))]
    if not factor:
        return (*stages, *_fewer(length // points), *back(chosen))
    if length // factor not in LENGTHS:  # the difference took the one sample too many
        stages = [*front({**chosen, "decimate": 1, "difference": False}), Envelope(real(chosen, "share"))]
    stages += [*_fewer(factor), RemoveMean(), Hann(), RfftMagnitude()]
    bins = given.length // factor // 2 + 1
    return (*stages, BandMean(band_edges(bins, points, "linear")), *back(chosen))


def _fewer(factor: int) -> list[Stage]:
    return [Decimate(factor)] if factor > 1 else []


VIEW = View("envelope", _options, _stages)
