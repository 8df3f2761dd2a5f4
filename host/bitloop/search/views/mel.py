"""The mean spectrum of a signal of any length in triangular bands, on the mel scale or nearly linear.

Spectra of overlapping frames are averaged first (Welch), which takes the noise out of long signals.
"""

from __future__ import annotations

from bitloop.kernels.active_segments import ActiveSegments
from bitloop.kernels.base import Shape, Stage
from bitloop.kernels.power import Power
from bitloop.search.views.common import YES_OR_NO
from bitloop.search.views.frames import CORNERS, logarithm, logarithms, sizes, spectrogram
from bitloop.search.views.view import Chosen, Options, Stages, View

_MOST = 256
"""Frames of a signal, overlapping by half."""


def options(given: Shape, unit: float) -> Options:
    """Choices of a mean spectrum and its logarithm."""
    frames = sizes(given.length - 1, 1, _MOST)[-4:]
    if not frames:
        return {}
    return {
        "difference": (False, False, True),
        "frame": frames,
        "bands": tuple(b for b in (6, 12, 16, 24, 32, 48) if b < frames[-1] // 2),
        "corner": CORNERS,
        "power": YES_OR_NO,
        "floor": logarithms(unit),
    }


def mean_spectrum(chosen: Chosen, given: Shape) -> list[Stage]:
    """Stages up to the logarithm."""
    stages, frames = spectrogram({**chosen, "overlap": 50}, given.length)
    if chosen["power"]:
        stages.append(Power())
    if frames > 1:
        stages.append(ActiveSegments(frames, 1, 0.0, 0.0, False))
    return stages + logarithm(chosen)


def _options(given: Shape, unit: float) -> Options:
    found = options(given, unit)
    return {**found, "floor": (0.0, *found["floor"])} if found else {}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    return tuple(mean_spectrum(chosen, given))


VIEW = View("mel", _options, _stages)
