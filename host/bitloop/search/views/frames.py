"""What the views of overlapping frames share: sizes of frames, bands on the mel scale, logarithms above a floor."""

from __future__ import annotations

from bitloop.kernels.base import Stage
from bitloop.kernels.difference import Difference
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.mel_bands import mel_edges
from bitloop.kernels.mel_spectrogram import MelSpectrogram
from bitloop.kernels.relative_logarithm import RelativeLogarithm
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.search.views.common import floors, real, whole
from bitloop.search.views.view import Chosen, Value

SIZES = tuple(1 << n for n in range(4, 13))
CORNERS = (0.1, 0.175, 0.175, 0.3, 1.0)
"""Where the mel scale turns from linear to logarithmic, as a share of half the sampling rate, which a library does
not know: 0.175 is the usual 700 Hz at 8 kHz. 1 is close to linear."""
RANGES = ("40 dB", "50 dB", "60 dB")
"""Floors of logarithms that loudness does not change: so far below the loudest of the signal."""


def sizes(length: int, fewest: int, most: int) -> tuple[int, ...]:
    """Frame sizes of which, overlapping by half, from `fewest` to `most` fit into a signal."""
    return tuple(size for size in SIZES if fewest <= 2 * length // size - 1 <= most)


def logarithms(unit: float) -> tuple[Value, ...]:
    """Floors of both sorts: below the signal's loudest in decibels, or values in the unit of the signals."""
    return (*RANGES, *floors(unit)[-2:])


def spectrogram(chosen: Chosen, length: int) -> tuple[list[Stage], int]:
    """Stages up to the bands of frames, and how many frames an axis has; no more bands than bins and hop allow."""
    difference, size = bool(chosen.get("difference", False)), whole(chosen, "frame")
    hop = size * (100 - whole(chosen, "overlap")) // 100
    bins = size // 2 + 1
    bands = min(whole(chosen, "bands"), hop, bins - 2)
    stage = MelSpectrogram(size, hop, mel_edges(bins, bands, real(chosen, "corner")))
    front: Stage = Difference() if difference else RemoveMean()
    return [front, stage], stage.frames(length - difference)


def logarithm(chosen: Chosen) -> list[Stage]:
    """The logarithm above the chosen floor; none for a floor of 0."""
    floor = chosen["floor"]
    if isinstance(floor, str):
        return [RelativeLogarithm(10.0 ** (-float(floor.removesuffix(" dB")) / 20))]
    return [Logarithm(float(floor))] if isinstance(floor, float) and floor > 0 else []
