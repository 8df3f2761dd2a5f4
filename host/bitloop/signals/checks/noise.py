"""Recordings that look like noise: nothing in them tells one sample from the next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.checks.finding import Finding, Subject
from bitloop.signals.dataset import Recording

_SHORTEST = 16
_LAGS = 12
_CORRELATED = 0.1
_PEAK = 6.0
_QUIET = 0.25
_LOOKED_AT = 500


def random(subject: Subject) -> Iterator[Finding]:
    """Noise as loud as the other recordings. A machine that is off is noise too, but much quieter."""
    dataset = subject.dataset
    if dataset.length < _SHORTEST:
        return
    noisy = {recording.name for recording in dataset.recordings if _is_noise(subject, recording)}
    others = [_loudness(subject, r) for r in dataset.recordings if r.name not in noisy]
    loud = np.median(others, axis=0) * _QUIET if others else np.zeros(dataset.axes)
    for recording in dataset.recordings:
        if recording.name in noisy and (_loudness(subject, recording) >= loud).any():
            what = "the signals look like noise: no sample has to do with the next"
            advice = "check that the sensor is connected and the axes are in order, and compare with a plot"
            yield subject.warning("random", what, advice, recording, range(len(recording.x)))


def _loudness(subject: Subject, recording: Recording) -> NDArray[np.float64]:
    return np.median(subject.profiles[recording.name].spread, axis=0)


def _is_noise(subject: Subject, recording: Recording) -> bool:
    """Whether every axis that moves is white: no lag correlates, and no frequency stands out."""
    stride = max(1, len(recording.x) // _LOOKED_AT)
    x = subject.planar(recording)[::stride].astype(np.float64)
    x -= x.mean(axis=1, keepdims=True)
    moving = [x[:, :, axis] for axis in range(x.shape[2]) if x[:, :, axis].any()]
    return bool(moving) and all(map(_is_white, moving))


def _is_white(x: NDArray[np.float64]) -> bool:
    power = (x * x).sum()
    lags = range(1, min(_LAGS, x.shape[1] // 4) + 1)
    if any(abs((x[:, lag:] * x[:, :-lag]).sum()) > _CORRELATED * power for lag in lags):
        return False
    spectrum = (np.abs(np.fft.rfft(x * np.hanning(x.shape[1]), axis=1)) ** 2).mean(axis=0)[2:-1]
    return bool(spectrum.max() < spectrum.mean() * (1 + _PEAK / np.sqrt(len(x))))
