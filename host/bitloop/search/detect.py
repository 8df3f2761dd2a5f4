"""Anomaly and outlier on held-out signals: learn what is regular, then tell it from the rest.

Each fold's limit comes from the other folds' held-out signals, so that no signal is judged by a limit it helped to
place. The limit a library ships with comes from all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, LearningModel, Model, State, StaticModel
from bitloop.kernels.gauge import GaugedModel
from bitloop.kernels.ratio import SMALLEST_LIMIT
from bitloop.native import host
from bitloop.search.fits import ENTRIES
from bitloop.search.limits import Held, place
from bitloop.search.recipe import Recipe
from bitloop.search.train_regular import FACTORS, single
from bitloop.search.workshop import Prepared, Workshop

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
FAR = 1e30
"""Distance of signals whose features are refused."""
FEWEST_COUNTED = 5
"""Distances a learning model has to have seen for its limit to mean anything."""
OCTAVES = 4.0
"""A gap between regular and abnormal of 2 to this power is as firm as it gets."""


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """A model that knows what is regular, and its learned state if it has one. Its own limit is 1."""

    model: Model
    state: State | None

    def ratios(self, x: Features, limit: float) -> Features:
        """(signals,): the ratio by the C kernel with that limit; above 1 is abnormal."""
        model = self.model.with_limit(limit)
        if isinstance(model, LearningModel) and self.state is not None:
            return model.run_detect(x, self.state, host())[:, 0]
        if isinstance(model, StaticModel):
            return model.run(x, host())[:, 0]
        raise LibraryError(f"{model.kernel} cannot tell regular from abnormal")

    def limits(self, x: Features) -> Numbers:
        """(signals,): the smallest limit at which each signal still counts as regular."""
        ratio = self.ratios(x, 1.0).astype(np.float64)
        if self.state is None:
            return ratio
        mean, spread = float(self.state[1]), math.sqrt(float(self.state[2]))
        limits: Numbers = (ratio * max(mean + spread, 1e-6) - mean) / max(spread, 1e-9)
        return limits


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One fold: labels (0 regular, 1 abnormal) as they are and as the C says, and what was used."""

    truth: NDArray[np.int64]
    said: NDArray[np.int64]
    ratio: Features
    confidence: float
    model: Model
    view: Prepared
    detector: Detector


@dataclass(frozen=True, slots=True, eq=False)
class _Fold:
    view: Prepared
    detector: Detector
    x: Features
    usable: Flags
    truth: NDArray[np.int64]
    distance: Numbers


def detection_folds(shop: Workshop, recipe: Recipe) -> Iterator[Detection]:
    """Every fold with the limit the other folds suggest."""
    folds = [_fold(shop, recipe, number) for number in range(len(shop.split.folds))]
    held = [_held(shop, fold) for fold in folds]
    for number, fold in enumerate(folds):
        limit = clamp(recipe, place([h for n, h in enumerate(held) if n != number]))
        ratio = np.full(len(fold.x), np.float32(1e6))
        if fold.usable.any():
            ratio[fold.usable] = fold.detector.ratios(fold.x[fold.usable], limit)
        said = (ratio > np.float32(1.0)).astype(np.int64)
        model = fold.detector.model.with_limit(limit)
        yield Detection(fold.truth, said, ratio, _firmness(ratio, fold.truth), model, fold.view, fold.detector)


def shipped_limit(shop: Workshop, recipe: Recipe) -> float:
    """The limit from the held-out signals of all folds."""
    folds = [_fold(shop, recipe, number) for number in range(len(shop.split.folds))]
    return clamp(recipe, place([_held(shop, fold) for fold in folds]))


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


def _fold(shop: Workshop, recipe: Recipe, number: int) -> _Fold:
    table, fold = shop.table, shop.split.folds[number]
    regular = fold.train[table.label[fold.train] == 0]
    view = shop.view(recipe, regular, number)
    detector = learned(recipe, view.base[regular[view.usable[regular]]], shop.seed)
    x, usable, truth = view.base[fold.test], view.usable[fold.test], table.label[fold.test]
    if shop.simulated:
        x = np.concatenate([x, view.extra[fold.test]])
        usable = np.concatenate([usable, view.extra_usable[fold.test]])
        truth = np.concatenate([truth, np.ones(len(fold.test), dtype=np.int64)])
    distance = np.full(len(x), FAR)
    if usable.any():
        distance[usable] = detector.limits(x[usable])
    return _Fold(view, detector, x, usable, truth, distance)


def _held(shop: Workshop, fold: _Fold) -> Held:
    """What a limit may be placed by: never the simulated faults."""
    abnormal = fold.distance[:0] if shop.simulated else fold.distance[fold.truth == 1]
    return Held(fold.distance[fold.truth == 0], abnormal)


def _firmness(ratio: Features, truth: NDArray[np.int64]) -> float:
    """0 to 1: how many octaves lie between the far end of regular and the near end of abnormal signals."""
    regular, abnormal = ratio[truth == 0], ratio[truth == 1]
    if not len(regular) or not len(abnormal):
        return 0.0
    low, high = max(float(np.quantile(regular, 0.95)), 1e-6), max(float(np.quantile(abnormal, 0.05)), 1e-6)
    return min(1.0, max(0.0, math.log2(high / low) / OCTAVES))
