"""Levels that wander off while a recording goes on: a sensor that warms up, a charge that builds up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.checks.finding import Finding, Subject
from bitloop.signals.checks.passed import passes

_BLOCKS = 8
_LEAST = 2 * _BLOCKS
_STEADY = 0.95
_SCATTERS = 4.0
_SPREADS = 0.5
_JUMP = 0.5
_EXPLAINED = 0.7


def drift(subject: Subject) -> Iterator[Finding]:
    """A level that moves steadily, not in one jump, by more than signals differ and by a share of what they contain.

    In an extrapolation the level may follow the target; that is the signal.
    """
    for recording in subject.dataset.recordings if passes(subject.dataset.before, 0.0) else ():
        if len(recording.x) < _LEAST:
            continue
        profile = subject.profiles[recording.name]
        for axis in range(subject.dataset.axes):
            level = profile.mean[:, axis]
            change = _steady_change(level)
            targets = recording.targets
            if targets is not None and abs(_rank_correlation(level, targets)) > _EXPLAINED:
                continue
            if abs(change) > _SPREADS * float(np.median(profile.spread[:, axis])):
                what = f"the level of axis {axis + 1} drifts by {change:+.3g} from the first signals to the last"
                advice = "let the sensor warm up, remove the mean, or record longer until it is steady"
                yield subject.warning("drift", what, advice, recording, range(len(level)))


def _steady_change(level: NDArray[np.float64]) -> float:
    """From the first to the last eighth; 0 unless it goes one way, in no single jump, beyond the scatter."""
    blocks = np.array_split(level, _BLOCKS)
    middles = np.array([np.median(block) for block in blocks])
    scatter = np.median([np.median(np.abs(block - np.median(block))) for block in blocks]) * 1.4826
    change = float(middles[-1] - middles[0])
    steady = abs(_rank_correlation(middles, np.arange(_BLOCKS))) >= _STEADY
    jump = np.abs(np.diff(middles)).max() > _JUMP * abs(change)
    return change if steady and not jump and abs(change) > _SCATTERS * scatter else 0.0


def _rank_correlation(a: NDArray[np.floating], b: NDArray[np.generic]) -> float:
    ranks = [np.unique(values, return_inverse=True)[1].astype(np.float64) for values in (a, b)]
    if any(r.std() == 0 for r in ranks):
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])
