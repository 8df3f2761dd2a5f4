"""The mains in the signal: 50 or 60 Hz and multiples that come from the wiring, not from the machine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.checks.finding import Finding, Subject, axes_have
from bitloop.signals.checks.passed import passes
from bitloop.signals.checks.profile import pieces
from bitloop.signals.dataset import Recording

MAINS = (50.0, 60.0)
_HARMONICS = (1, 2, 3)
_COARSEST = 20.0
"""Hz between the lines of the spectrum; with fewer samples the mains cannot be told from their neighbours."""
_BESIDE = (-4.0, -3.0, 3.0, 4.0)
"""Where the neighbours are looked at, in lines of the spectrum."""
_ABOVE, _ABOVE_ALONE = 4.0, 30.0
"""So many times the power of the neighbours; with one recording only there is nothing to compare with."""
_ALIKE = 3.0
_MAIN_THING = 0.5
_NEAR = 0.25
_LOOKED_AT = 200


def hum(subject: Subject) -> Iterator[Finding]:
    """A line at the mains' frequency or a multiple, of like strength in every recording whatever the machine did.

    One that makes up most of the signal in most recordings is what is measured: the current of a motor, say. Where a
    machine is off there may be nothing else.
    """
    dataset, rate = subject.dataset, subject.rate_hz
    if not rate or not dataset.recordings or dataset.length < 2 or rate / dataset.length > _COARSEST:
        return
    looked_at = [_centred(subject.planar(r)[:: max(1, len(r.x) // _LOOKED_AT)]) for r in dataset.recordings]
    for mains in MAINS:
        hums = [
            (axis, n * mains)
            for axis in range(dataset.axes)
            for n in _HARMONICS
            if passes(dataset.before, n * mains / rate) and _hums([x[:, :, axis] for x in looked_at], n * mains, rate)
        ]
        if hums:
            yield from (_finding(subject, recording, hums, rate) for recording in dataset.recordings)
            return


def _finding(subject: Subject, recording: Recording, hums: list[tuple[int, float]], rate: float) -> Finding:
    axis, frequency = hums[0]
    ratios = [_above(_centred(piece), frequency, rate) for _, piece in pieces(subject.planar(recording)[:, :, axis])]
    signals = np.flatnonzero(np.concatenate(ratios) > _ABOVE)
    where = ", ".join(f"{f:g}" for f in sorted({f for _, f in hums}))
    alone = len(subject.dataset.recordings) == 1
    where += " Hz, unless the machine itself turns at that" if alone else " Hz, alike in every recording"
    what = f"{axes_have(a for a, _ in hums)} the hum of the mains at {where}"
    advice = "shield and ground the sensor's wires, compare with a battery as supply, or filter that band"
    return subject.warning("hum", what, advice, recording, signals)


def _centred(x: NDArray[np.float32]) -> NDArray[np.float64]:
    wide = x.astype(np.float64)
    wide -= wide.mean(axis=1, keepdims=True)
    return wide


def _hums(recordings: list[NDArray[np.float64]], frequency: float, rate: float) -> bool:
    """Whether one axis of every recording has that line, alike in strength, and more besides."""
    if frequency + max(_BESIDE) * rate / recordings[0].shape[1] >= rate / 2:
        return False
    above = _ABOVE if len(recordings) > 1 else _ABOVE_ALONE
    powers, main = [], 0
    for x in recordings:
        powers.append(float(np.median(_power(x, frequency, rate))))
        if np.median(_above(x, frequency, rate)) < above or not _is_peak(x, frequency, rate):
            return False
        main += bool(powers[-1] > _MAIN_THING * np.median(x.var(axis=1)))
    return 2 * main <= len(recordings) and max(powers) <= _ALIKE**2 * min(powers)


def _above(x: NDArray[np.float64], frequency: float, rate: float) -> NDArray[np.float64]:
    """How many times the power beside it a line has in each signal."""
    line = rate / x.shape[1]
    beside = np.median([_power(x, frequency + k * line, rate) for k in _BESIDE], axis=0)
    result: NDArray[np.float64] = _power(x, frequency, rate) / np.maximum(beside, np.finfo(np.float64).tiny)
    return result


def _is_peak(x: NDArray[np.float64], frequency: float, rate: float) -> bool:
    """Whether the line stands at that frequency, and not only near it."""
    line = rate / x.shape[1]
    offsets = np.arange(-1.5, 1.51, 0.125)
    powers = [float(np.median(_power(x, frequency + k * line, rate))) for k in offsets]
    return bool(abs(offsets[int(np.argmax(powers))]) <= _NEAR)


def _power(x: NDArray[np.float64], frequency: float, rate: float) -> NDArray[np.float64]:
    """Mean square of a sine of that frequency in each signal, as a Hann window lets it through."""
    window = np.hanning(x.shape[1] + 2)[1:-1]
    turn = 2 * np.pi * frequency / rate * np.arange(x.shape[1])
    # not by BLAS, whose threads cost more than so little work
    parts = np.einsum("ij,kj->ik", x, np.stack([np.cos(turn), np.sin(turn)]) * window)
    result: NDArray[np.float64] = 2.0 * (parts**2).sum(axis=1) / window.sum() ** 2
    return result
