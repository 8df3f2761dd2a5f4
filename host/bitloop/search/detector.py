"""A model that knows what is regular, and the signals it is asked about, in their order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, LearningModel, Model, State, StaticModel
from bitloop.kernels.gauge import GaugedModel
from bitloop.kernels.ratio import RATIO_MAX, SMALLEST_LIMIT
from bitloop.native import host
from bitloop.search.fits import ENTRIES
from bitloop.search.recipe import Recipe
from bitloop.search.train_regular import FACTORS, single

Numbers = NDArray[np.float64]
FAR = 1e30
"""Distance of signals whose features are refused."""
FEWEST_COUNTED = 5
"""Distances a learning model has to have seen for its limit to mean anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Signals that come one after the other. `before` are features of what came just before them and is not judged.

    `truth` is 0 for regular and 1 for abnormal signals; those whose features are refused are not `usable`.
    """

    x: Features
    usable: NDArray[np.bool_]
    truth: NDArray[np.int64]
    before: Features


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """A model and its learned state if it has one. Its own limit is 1."""

    model: Model
    state: State | None

    @property
    def smoothing(self) -> int:
        """Whether, and over how many signals, the model takes a running mean (2^smoothing)."""
        return self.model.smoothing if isinstance(self.model, GaugedModel) else 0

    def ratios(self, series: Sequence[Series], limit: float) -> Features:
        """(signals of all series,): the ratios by the C kernel with that limit; above 1 is abnormal."""
        model = self.model.with_limit(limit)
        out = np.full(sum(len(s.x) for s in series), RATIO_MAX, dtype=np.float32)
        usable = np.concatenate([s.usable for s in series])
        if not usable.any():
            return out
        if self.smoothing and isinstance(model, GaugedModel):
            out[usable] = np.concatenate([self._followed(model, s) for s in series])
        else:
            x = series[0].x if len(series) == 1 else np.concatenate([s.x for s in series])
            out[usable] = self._run(model, x if usable.all() else x[usable])
        return out

    def _run(self, model: Model, x: Features) -> Features:
        if isinstance(model, LearningModel) and self.state is not None:
            return model.run_detect(x, self.state, host())[:, 0]
        if isinstance(model, StaticModel):
            return model.run(x, host())[:, 0]
        raise LibraryError(f"{model.kernel} cannot tell regular from abnormal")

    def _followed(self, model: GaugedModel, series: Series) -> Features:
        """Ratios of one series; the running mean begins with what came before it."""
        if self.state is None:
            raise LibraryError(f"{model.kernel} has learned nothing")
        state = self.state.copy()
        state[model.core_size :] = 0.0
        x = np.concatenate([series.before, series.x[series.usable]])
        return model.run_follow(x, state, host())[0][len(series.before) :, 0]

    def limits(self, series: Sequence[Series]) -> Numbers:
        """(signals of all series,): the smallest limit at which each signal still counts as regular."""
        ratio = self.ratios(series, 1.0).astype(np.float64)
        usable = np.concatenate([s.usable for s in series])
        if self.state is not None:
            mean, spread = float(self.state[1]), math.sqrt(float(self.state[2]))
            ratio = (ratio * max(mean + spread, 1e-6) - mean) / max(spread, 1e-9)
        return np.where(usable, ratio, FAR)


def learned(recipe: Recipe, x: Features, seed: int) -> Detector:
    """A detector that has seen these regular signals, in this order."""
    entry, hyper = ENTRIES[recipe.model], dict(recipe.hyper)
    if issubclass(entry.kernel, LearningModel):
        model: GaugedModel = entry.fit(x.shape[1], hyper, 1.0)
        if len(x) < model.least + FEWEST_COUNTED:
            raise LibraryError(f"{model.kernel} needs more regular signals to learn {x.shape[1]} features")
        state = model.run_learn(x, model.empty(), host())
        if not np.isfinite(state).all():
            raise LibraryError("the learned state overflows")
        return Detector(model, state)
    return Detector(entry.fit(x, hyper, 1.0, seed), None)


def clamp(recipe: Recipe, limit: float) -> float:
    """A limit the model takes, as a float32."""
    low, high = FACTORS if ENTRIES[recipe.model].kind == "anomaly" else (SMALLEST_LIMIT, 1e18)
    return single(min(max(limit, low), high))
