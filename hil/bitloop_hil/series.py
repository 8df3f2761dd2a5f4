"""What a proof saw call by call, for plots: a report's verdict never depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bitloop_hil.compare import OK, Answers, differing_calls
from bitloop_hil.sides import DETECT, LEARN

_SCORES = {"anomaly": "similarity", "outlier": "ratio", "classes": "class", "extrapolation": "value"}


@dataclass(frozen=True, slots=True)
class Series:
    """One number per judged signal: `expected` by the emulator and `got` from the board (`score` names it).

    None stands for a call that was refused. `differing` has the numbers of the signals whose answers are not
    identical; `learn_ticks` and `detect_ticks` those of the calls that were answered, in the unit of the board.
    """

    score: str
    expected: tuple[float | None, ...]
    got: tuple[float | None, ...]
    differing: tuple[int, ...]
    learn_ticks: tuple[int, ...]
    detect_ticks: tuple[int, ...]

    @staticmethod
    def of(kind: str, expected: Answers, got: Answers, ticks: Mapping[str, Sequence[int]]) -> Series:
        """The series of a library of a kind from both sides' answers to the signals to judge."""
        wrong = np.flatnonzero(differing_calls(expected, got))
        return Series(
            _SCORES[kind],
            _scores(kind, expected),
            _scores(kind, got),
            tuple(int(i) for i in wrong),
            tuple(ticks[LEARN]),
            tuple(ticks[DETECT]),
        )


def _scores(kind: str, answers: Answers) -> tuple[float | None, ...]:
    whole: Any = answers.label if kind in ("anomaly", "classes") else answers.outputs[:, 0]
    pairs = zip(whole.tolist(), answers.status.tolist(), strict=True)
    return tuple(float(value) if status == OK and np.isfinite(value) else None for value, status in pairs)
