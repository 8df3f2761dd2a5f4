"""Axes that do not move, values that stand still for a while, and samples that were read more often than measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.checks.finding import Finding, Subject, axes_have, counted
from bitloop.signals.checks.profile import Profile
from bitloop.signals.dataset import Recording

_RUN = 8
"""Fewer equal samples in a row come about by chance."""
_CHANCE = 1e-4
_STEPS = 5.0
"""So many of its smallest steps a value takes on average, where a run of equal ones cannot be rounding."""
_EVEN = 0.35
_HELD = 1.8
_LOOKED_AT = 200


def constant(subject: Subject) -> Iterator[Finding]:
    """An axis that has one value throughout a signal; for states of several sensors, throughout a recording."""
    for recording in subject.dataset.recordings:
        profile = subject.profiles[recording.name]
        states = subject.dataset.length == 1
        still = np.tile(np.ptp(recording.x, axis=0) == 0, (len(recording.x), 1)) if states else profile.still
        for axis in np.flatnonzero(still.any(axis=0)):
            signals = np.flatnonzero(still[:, axis])
            what = f"axis {axis + 1} does not move in {counted(len(signals), 'signal')}"
            advice = f"check the sensor and its wiring, or {'leave it out' if states else 'delete these lines'}"
            yield subject.warning("constant-axis", what, advice, recording, signals)


def repeated(subject: Subject) -> Iterator[Finding]:
    """A value that stays for longer than chance and rounding explain, though the axis moves before and after it.

    What stays at the end of the range is clipped, not repeated.
    """
    samples = subject.dataset.length
    for recording, profile in _moving(subject):
        if samples <= _RUN:
            continue
        stays = _improbable(profile, samples) & (profile.run >= _RUN) & ~profile.still & _coarse(profile, samples)
        ends = (profile.run_value == profile.low.min(axis=0)) | (profile.run_value == profile.high.max(axis=0))
        stays &= ~ends
        for axis in np.flatnonzero(stays.any(axis=0)):
            signals = np.flatnonzero(stays[:, axis])
            longest = int(profile.run[signals, axis].max())
            where = counted(len(signals), "signal")
            what = f"axis {axis + 1} stands at one value for up to {longest} samples in {where}"
            advice = "look for lost samples, padding or a sensor that hung, and delete these lines if they are wrong"
            yield subject.warning("repeated", what, advice, recording, signals)


def held(subject: Subject) -> Iterator[Finding]:
    """Samples that come in groups of equal ones: the sensor measures more slowly than it is read."""
    samples = subject.dataset.length
    for recording, profile in _moving(subject):
        if samples < 2 * _RUN:
            continue
        chosen = np.unique(np.linspace(0, len(recording.x) - 1, _LOOKED_AT).astype(np.int64))
        x = subject.planar(recording)[chosen]
        groups = [_groups(x[:, :, axis]) for axis in range(subject.dataset.axes)]
        coarse = _coarse(profile, samples)[chosen]
        axes = [a for a, group in enumerate(groups) if group >= _HELD and np.median(coarse[:, a]) > 0]
        if axes:
            times = f"{groups[axes[0]]:.2g}"
            what = f"{axes_have(axes)} a new value only every {times} samples"
            advice = "record at the rate the sensor measures at; the same value read again tells nothing"
            yield subject.warning("held", what, advice, recording, range(len(recording.x)))


def _moving(subject: Subject) -> Iterator[tuple[Recording, Profile]]:
    if subject.dataset.length > 1:
        yield from ((recording, subject.profiles[recording.name]) for recording in subject.dataset.recordings)


def _improbable(profile: Profile, samples: int) -> NDArray[np.bool_]:
    """Where the longest run is not to be expected from how often samples are equal outside of it."""
    others = np.maximum(samples - profile.run, 0)
    chance = (profile.repeats - profile.run + 2) / (others + 2)
    expected = (samples - profile.run + 1) * (1 - chance) * chance ** (profile.run - 1)
    result: NDArray[np.bool_] = expected < _CHANCE / max(1, len(profile.run))
    return result


def _coarse(profile: Profile, samples: int) -> NDArray[np.bool_]:
    """Where an axis, when it moves, moves by much more than its smallest step."""
    moves = np.maximum(samples - profile.run, 1)
    least = np.where(profile.quantum > 0, _STEPS * profile.quantum, np.inf)
    result: NDArray[np.bool_] = profile.travel / moves >= least
    return result


def _groups(x: NDArray[np.float32]) -> float:
    """How many equal samples there are in a row if it is about as many everywhere, else 1."""
    changed = np.diff(x, axis=1) != 0
    signals, at = np.nonzero(changed)
    lengths = np.diff(at)[np.diff(signals) == 0]
    if len(lengths) < _RUN or lengths.std() > _EVEN * lengths.mean():
        return 1.0
    return float(lengths.mean())
