"""Which frequencies there are, and how strong: a sine of amplitude A makes a line of height A."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BitloopError

Array = NDArray[np.float64]

SHORTEST, LONGEST = 16, 4096
"""Samples of the pieces a log is cut into."""
_AT_ONCE = 1 << 20
"""Numbers transformed at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """`amplitude` is (lines, axes), the root mean square over all signals of the amplitude at each frequency.

    `highest` is the largest of any signal. `frequencies` are Hz, or fractions of the sampling rate where `rate` is
    None. The mean of each signal was taken away, so the line at 0 says nothing.
    """

    frequencies: Array
    amplitude: Array
    highest: Array
    rate: float | None
    length: int


def spectrum(x: NDArray[np.float32], rate: float | None = None, seams: Sequence[int] = ()) -> Spectrum:
    """Of signals (signals, length, axes), or of a log (samples, axes) cut into overlapping pieces."""
    pieces = x if x.ndim == 3 else cut(x, piece_length(len(x), len(x) // 8, seams))
    if seams:
        pieces = pieces[whole(pieces, seams)]
    count, length, axes = pieces.shape
    if length < 2:
        raise BitloopError("one sample has no spectrum; record signals of 16 samples or more")
    power = np.zeros((length // 2 + 1, axes))
    highest = np.zeros_like(power)
    for part in amplitudes(pieces):
        power += (part * part).sum(axis=0)
        np.maximum(highest, part.max(axis=0), out=highest)
    return Spectrum(frequencies(length, rate), np.sqrt(power / count), highest, rate, length)


def frequencies(length: int, rate: float | None) -> Array:
    """Hz of the lines of a transform, or fractions of the rate."""
    lines = np.arange(length // 2 + 1, dtype=np.float64)
    return lines * ((1.0 if rate is None else rate) / length)


def amplitudes(pieces: NDArray[np.float32]) -> Iterator[Array]:
    """(some, lines, axes) after (some, lines, axes), for all pieces (pieces, length, axes), in their order.

    Hann's window, divided by its mean (coherent gain), so that a sine on a line has its amplitude there; between two
    lines up to 15 % less. A sine at half the rate has its own line only once, where others have two of half height.
    """
    from scipy import signal

    count, length, axes = pieces.shape
    window = signal.get_window("hann", length)
    scale = np.full(length // 2 + 1, 2.0 / window.sum())
    scale[0] /= 2
    if length % 2 == 0:
        scale[-1] /= 2
    at_once = max(1, _AT_ONCE // (length * axes))
    for start in range(0, count, at_once):
        some = pieces[start : start + at_once].astype(np.float64)
        some -= some.mean(axis=1, keepdims=True)
        lines = np.abs(np.fft.rfft(some * window[:, None], axis=1))
        yield lines * scale[:, None]


def long_enough(x: NDArray[np.float32], seams: Sequence[int] = ()) -> bool:
    """Whether there is a spectrum of it."""
    return x.shape[1] >= SHORTEST if x.ndim == 3 else _room(len(x), seams) >= SHORTEST


def piece_length(samples: int, wanted: int, seams: Sequence[int] = ()) -> int:
    """The power of two next below what is wanted, within limits, for the pieces of a log."""
    room = _room(samples, seams)
    if room < SHORTEST:
        without = f" with {len(seams)} seams" if seams else ""
        raise BitloopError(
            f"a log of {samples} samples{without} is too short for a spectrum; record {SHORTEST} or more"
        )
    return min(LONGEST, max(SHORTEST, 1 << (min(wanted, room).bit_length() - 1)))


def _room(samples: int, seams: Sequence[int]) -> int:
    """The longest pieces that certainly fit between two seams, as they begin at multiples of half their length."""
    return int(np.diff([0, *seams, samples]).max()) // 2 if seams else samples


def whole(pieces: NDArray[np.float32], seams: Sequence[int]) -> NDArray[np.bool_]:
    """Which pieces of a log have no seam inside."""
    length = pieces.shape[1]
    starts = np.arange(len(pieces)) * (length // 2)
    return np.asarray(np.searchsorted(seams, starts, side="right") == np.searchsorted(seams, starts + length))


def cut(log: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """(samples, axes) to (pieces, length, axes), each half over the one before, without copying."""
    return np.lib.stride_tricks.sliding_window_view(log, length, axis=0)[:: length // 2].transpose(0, 2, 1)
