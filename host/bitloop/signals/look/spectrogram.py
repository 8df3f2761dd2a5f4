"""How frequencies come and go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.look.spectrum import amplitudes, cut, frequencies, piece_length, whole

Array = NDArray[np.float64]

COLUMNS = 600
"""Columns at most; more are averaged in groups, by power."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrogram:
    """`amplitude` is (columns, lines, axes), scaled as a spectrum's; NaN where a seam left nothing of a column.

    `edges` (columns + 1) are the borders of the columns: numbers of signals, from 0, or samples of a `log`.
    """

    edges: Array
    frequencies: Array
    amplitude: Array
    rate: float | None
    log: bool


def spectrogram(x: NDArray[np.float32], rate: float | None = None, seams: Sequence[int] = ()) -> Spectrogram:
    """Of signals (signals, length, axes), each a moment of its own, or of a log (samples, axes)."""
    log = x.ndim == 2
    length = piece_length(len(x), math.isqrt(2 * len(x)), seams) if log else x.shape[1]
    pieces = cut(x, length) if log else x
    taken = whole(pieces, seams) if log else np.ones(len(pieces), dtype=np.bool_)
    group = -(-len(pieces) // COLUMNS)
    starts = np.arange(0, len(pieces), group)
    ends = np.append(starts, len(pieces)).astype(np.float64)
    edges = (ends + 0.5) * (length // 2) if log else ends
    columns = [slice(start, start + group) for start in starts]
    amplitude = np.stack([_together(pieces[column][taken[column]]) for column in columns])
    return Spectrogram(edges, frequencies(length, rate), amplitude, rate, log)


def _together(pieces: NDArray[np.float32]) -> Array:
    """Root mean square of the amplitudes of some pieces: (lines, axes); NaN of none."""
    if not len(pieces):
        return np.full((pieces.shape[1] // 2 + 1, pieces.shape[2]), np.nan)
    power = np.sum([(part * part).sum(axis=0) for part in amplitudes(pieces)], axis=0)
    return np.asarray(np.sqrt(power / len(pieces)))
