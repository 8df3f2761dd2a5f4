"""Cepstral coefficients over the course of a signal, as for speech: how its spectrum changes while something happens.

Frames, mel bands, logarithm, means of equal parts of the active part, cosine transform. Averaging comes before the
transform: both are linear, and there are fewer segments than frames. Loudness is left to other views: what it says of
one speaker or place misleads about the next.
"""

from __future__ import annotations

from bitloop.kernels.active_segments import ActiveSegments
from bitloop.kernels.base import Shape
from bitloop.kernels.dct import Dct
from bitloop.kernels.mel_spectrogram import MelSpectrogram
from bitloop.search.views.common import YES_OR_NO, real, whole
from bitloop.search.views.frames import CORNERS, RANGES, logarithm, sizes, spectrogram
from bitloop.search.views.view import Chosen, Options, Stages, View

_FEWEST, _MOST = 5, 128
"""Frames of a signal, overlapping by half."""


def _options(given: Shape, unit: float) -> Options:
    frames = sizes(given.length - 1, _FEWEST, _MOST)
    if not frames:
        return {}
    return {
        "difference": YES_OR_NO,
        "frame": frames,
        "overlap": (50, 50, 50, 75),
        "bands": tuple(b for b in (12, 16, 20, 24, 32) if b < frames[-1] // 2) or (frames[-1] // 2,),
        "corner": CORNERS[:-1],
        "floor": RANGES,
        "active": (0.0, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5),
        "segments": (3, 5, 8, 12),
        "centering": (0.0, 0.3, 0.5),
        "steps": (False, False, True),
        "coefficients": (0, 13, 20),
    }


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """Segments and coefficients are no more than there are frames and bands; 0 coefficients are the bands."""
    stages, frames = spectrogram(chosen, given.length)
    stages += logarithm(chosen)
    steps = bool(chosen["steps"])
    segments = min(whole(chosen, "segments"), (frames + 1) // 2 if steps else frames)
    stages.append(ActiveSegments(frames, segments, real(chosen, "active"), real(chosen, "centering"), steps))
    kept = whole(chosen, "coefficients")
    if kept and isinstance(stages[1], MelSpectrogram):
        stages.append(Dct(min(kept, stages[1].bands)))
    return tuple(stages)


VIEW = View("mfcc", _options, _stages)
