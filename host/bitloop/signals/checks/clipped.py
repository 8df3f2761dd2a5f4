"""Values beyond the range of the sensor or of the converter, which all come out as its end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.checks.finding import Finding, Subject, counted
from bitloop.signals.checks.profile import pieces
from bitloop.signals.dataset import Recording

_PILE = 20
_MORE = 4


def clipped(subject: Subject) -> Iterator[Finding]:
    """A sensor at the end of its range piles up samples at its largest or smallest value."""
    for recording in subject.dataset.recordings if subject.dataset.length > 1 else ():
        profile = subject.profiles[recording.name]
        for axis in range(subject.dataset.axes):
            moving = ~profile.still[:, axis]
            if not moving.any():
                continue
            for end in (profile.low[moving, axis].min(), profile.high[moving, axis].max()):
                yield from _at(subject, recording, axis, end, moving)


def _at(
    subject: Subject, recording: Recording, axis: int, end: np.float32, moving: NDArray[np.bool_]
) -> Iterator[Finding]:
    """Whether the outermost value is much more frequent than its neighbour, which natural tails never are."""
    x = subject.planar(recording)[:, :, axis]
    piles = np.concatenate([(piece == end).sum(axis=1) for _, piece in pieces(x)]) * moving
    if piles.sum() < _PILE:
        return
    neighbour = min((_nearest(piece, end) for _, piece in pieces(x)), key=lambda value: abs(value - float(end)))
    beside = sum(int((piece == np.float32(neighbour)).sum()) for _, piece in pieces(x))
    if piles.sum() > _MORE * beside:
        # one sample at the end is natural in most, unless there is never more than one
        signals = np.flatnonzero(piles > min(1, piles.max() - 1))
        why = "as if clipped" if end else "as if clipped or idle"
        what = f"axis {axis + 1} rests at {end:g} in {counted(len(signals), 'signal')}, {why}"
        advice = "choose a wider range of the sensor, or move its zero, and record again"
        yield subject.warning("clipped", what, advice, recording, signals)


def _nearest(x: NDArray[np.float32], end: np.float32) -> float:
    """The value closest to the end that is not the end."""
    inner = x[x != end]
    return float(inner[np.abs(inner - end).argmin()]) if len(inner) else np.inf
