"""What a finder is told, and what it needs of the logs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bitloop.errors import SearchError
from bitloop.sampling.cell import DIVISIONS, LENGTHS
from bitloop.signals.dataset import ABNORMAL, REGULAR
from bitloop.signals.log import Log

MOST_AXES = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """`rate` is the logs' in Hz.

    `low_pass`: a lower rate comes with a low-pass, as in digital sensors; else samples are picked, as an ADC does.
    `level`: the mean of each axis may tell classes apart. `anomaly`: labels are `regular` and `abnormal`, and only
    what is regular is learned.
    """

    rate: float
    lengths: tuple[int, ...] = LENGTHS
    divisions: tuple[int, ...] = DIVISIONS
    low_pass: bool = True
    level: bool = True
    anomaly: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and 0 < self.rate <= 1e9):
            raise SearchError(f"{self.rate:g} Hz is no sampling rate; give the rate the logs were recorded at")
        for name, chosen, known in (("length", self.lengths, LENGTHS), ("division", self.divisions, DIVISIONS)):
            wrong = sorted(set(chosen) - set(known))
            if wrong or not chosen:
                kind = "powers of two" if known is LENGTHS else "whole numbers"
                found = f"a {name} of {wrong[0]}" if wrong else f"no {name}"
                raise SearchError(f"{found} cannot be tried; choose {kind} from {known[0]} to {known[-1]}")


def checked(logs: Sequence[Log], settings: Settings) -> tuple[str, ...]:
    """The labels in the order they first appear; SearchError where the logs do not suit a finder."""
    labels = tuple(dict.fromkeys(log.label for log in logs))
    if settings.anomaly and set(labels) != {REGULAR, ABNORMAL}:
        raise SearchError("regular and abnormal logs are needed, both; give a --regular and an --abnormal one")
    if len(labels) < 2:
        raise SearchError("there is only one class, so nothing to tell apart; give logs of two or more")
    axes = logs[0].x.shape[1]
    other = next((log for log in logs if log.x.shape[1] != axes), None)
    if other is not None:
        what = f"{logs[0].name} has {axes} values per line and {other.name} has {other.x.shape[1]}"
        raise SearchError(f"{what}; give logs of the same sensor")
    if axes > MOST_AXES:
        what = f"{logs[0].name} has {axes} values per line, which looks like signals"
        raise SearchError(f"{what}; a continuous log has one sample per line, of at most {MOST_AXES} axes")
    for log in logs:
        if not np.isfinite(log.x).all():
            raise SearchError(f"{log.name} holds values that are no numbers; repair or record it again")
    return (REGULAR, ABNORMAL) if settings.anomaly else labels
