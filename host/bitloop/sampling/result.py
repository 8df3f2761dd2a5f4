"""What a finder found, as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.sampling.cell import Cell
from bitloop.sampling.settings import Settings

BYTES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A cell and its scores on held-out blocks.

    `held` (folds,): score on each fold of models that know the others. `inner` (folds, folds): row b, column c is the
    score on fold c of models that know neither b nor c. `signals` (folds,): signals that do not overlap in a fold, as
    many of each label as its rarest has; what a score stands on, while overlapping ones smooth it.
    """

    cell: Cell
    held: NDArray[np.float64]
    inner: NDArray[np.float64]
    signals: NDArray[np.int64]

    @property
    def score(self) -> float:
        return float(self.held.mean())

    @property
    def error(self) -> float:
        """Standard error of the score."""
        return standard_error(self.held, int(self.signals.sum()))


@dataclass(frozen=True, slots=True)
class Advice:
    """The cheapest cell that is not distinguishably worse than the best.

    `expected` with its 95 % interval is what choosing promises: every block in turn was judged by a cell chosen
    without it. `agreed` counts the folds whose choice was this cell. `level` is the score from nothing but the mean
    of each axis.
    """

    cell: Cell
    score: float
    expected: float
    low: float
    high: float
    agreed: int
    best: Cell
    best_score: float
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """`scored` in the order of the work, `too_short` are cells some label's logs are too short for.

    `shortest` is the label whose logs allow the shortest signals, with the samples of a block. `whole` says that
    folds are whole logs.
    """

    settings: Settings
    labels: tuple[str, ...]
    axes: int
    folds: int
    whole: bool
    scored: tuple[Scored, ...]
    too_short: tuple[Cell, ...]
    shortest: tuple[str, int]
    advice: Advice
    stopped: bool
    seconds: float

    @property
    def measure(self) -> str:
        """What a score is."""
        return "area under ROC" if self.settings.anomaly else "balanced accuracy"

    @property
    def tells(self) -> bool:
        """Whether what is promised is more than guessing."""
        return self.advice.low > self.chance

    @property
    def chance(self) -> float:
        """The score of guessing."""
        return 0.5 if self.settings.anomaly else 1.0 / len(self.labels)

    def rate(self, cell: Cell) -> float:
        """Samples per second."""
        return self.settings.rate / cell.division

    def duration(self, cell: Cell) -> float:
        """Seconds a signal takes."""
        return cell.span / self.settings.rate

    def ram(self, cell: Cell) -> int:
        """Bytes of one buffer."""
        return cell.length * self.axes * BYTES

    def matrix(self) -> NDArray[np.float64]:
        """(divisions, lengths), both ascending: scores, NaN where there is none."""
        lengths, divisions = sorted(self.settings.lengths), sorted(self.settings.divisions)
        table = np.full((len(divisions), len(lengths)), math.nan)
        for scored in self.scored:
            table[divisions.index(scored.cell.division), lengths.index(scored.cell.length)] = scored.score
        return table

    def to_record(self) -> dict[str, Any]:
        """Plain data for JSON."""
        advice = self.advice
        taken = self._place(advice.cell) | {
            "score": advice.score,
            "agreed": advice.agreed,
            "level_score": advice.level,
            "best": self._place(advice.best) | {"score": advice.best_score},
        }
        return {
            "measure": self.measure,
            "chance": self.chance,
            "labels": list(self.labels),
            "axes": self.axes,
            "rate_hz": self.settings.rate,
            "low_pass": self.settings.low_pass,
            "level": self.settings.level,
            "folds": self.folds,
            "whole_logs": self.whole,
            "stopped": self.stopped,
            "seconds": round(self.seconds, 3),
            "promised": {"score": advice.expected, "interval": [advice.low, advice.high]},
            "recommended": taken if self.tells else None,
            "cells": [self._row(s) for s in self.scored],
            "too_short": [[cell.division, cell.length] for cell in self.too_short],
        }

    def _place(self, cell: Cell) -> dict[str, Any]:
        return {
            "division": cell.division,
            "length": cell.length,
            "rate_hz": self.rate(cell),
            "seconds": self.duration(cell),
            "buffer_bytes": self.ram(cell),
        }

    def _row(self, scored: Scored) -> dict[str, Any]:
        numbers = {"score": scored.score, "error": scored.error, "signals": int(scored.signals.sum())}
        return self._place(scored.cell) | numbers | {"blocks": [float(v) for v in scored.held]}


def standard_error(scores: NDArray[np.float64], signals: int) -> float:
    """From the spread over blocks, but no less than so few signals allow: all right out of ten is not certainty."""
    q = (signals * float(scores.mean()) + 1) / (signals + 2)
    return max(float(scores.std(ddof=1)) / math.sqrt(len(scores)), math.sqrt(q * (1 - q) / signals))
