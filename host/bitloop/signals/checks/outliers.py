"""Signals unlike all the others of their recording: somebody touched the sensor, or a number was damaged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.checks.finding import Finding, Subject, counted
from bitloop.signals.checks.profile import Profile

_FAR = 10.0
"""Robust standard deviations."""
_LEAST = 10
_SHARE, _FEW = 0.03, 2
"""More than this share of the signals, and more than these few, are another way of running."""
_TIMES = {"level": 3.0, "strength": 2.0, "largest value": 3.0}
"""How far off the figures have to be: in typical standard deviations, and as factors."""


def outliers(subject: Subject) -> Iterator[Finding]:
    """Few signals whose level, strength or largest value is far from that of all others."""
    for recording in subject.dataset.recordings if subject.dataset.length > 1 else ():
        profile = subject.profiles[recording.name]
        if len(recording.x) < _LEAST:
            continue
        far, why = np.zeros(len(recording.x), dtype=bool), ""
        for axis in range(subject.dataset.axes):
            for name, figure, least in _figures(profile, axis):
                odd = _odd(figure, least) & ~profile.still[:, axis]
                if odd.sum() <= max(_FEW, _SHARE * len(odd)):
                    why = why or (f"the {name} of axis {axis + 1}" if odd.any() else "")
                    far |= odd
        if far.any():
            signals = np.flatnonzero(far)
            what = f"{counted(len(signals), 'signal')} {_differs(len(signals))} from all others, as in {why}"
            advice = "look at them, and delete them unless the machine does that"
            yield subject.warning("outliers", what, advice, recording, signals)


def _figures(profile: Profile, axis: int) -> Iterator[tuple[str, NDArray[np.float64], float]]:
    """Figures of each signal, and how far from the middle one has to be to matter."""
    spread = profile.spread[:, axis]
    usual = float(np.median(spread))
    if usual > 0:
        floor = usual * 1e-3
        middle = np.median(profile.mean[:, axis])
        yield "level", (profile.mean[:, axis] - middle) / np.maximum(spread, usual), _TIMES["level"]
        yield "strength", np.log(np.maximum(spread, floor)), np.log(_TIMES["strength"])
        yield "largest value", np.log(np.maximum(profile.peak[:, axis], floor)), np.log(_TIMES["largest value"])


def _odd(figure: NDArray[np.float64], least: float) -> NDArray[np.bool_]:
    low, middle, high = np.quantile(figure, (0.25, 0.5, 0.75))
    off = np.abs(figure - middle)
    result: NDArray[np.bool_] = (off > _FAR * (high - low) / 1.349) & (off > least)
    return result


def _differs(number: int) -> str:
    return "differs" if number == 1 else "differ"
