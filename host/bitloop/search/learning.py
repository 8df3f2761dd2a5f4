"""How many signals a model has to learn on the board before its answers are as good as they get."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np

from bitloop.kernels.base import LearningModel
from bitloop.native import host
from bitloop.search.fits import ENTRIES
from bitloop.search.metrics import balanced_accuracy
from bitloop.search.recipe import Recipe
from bitloop.search.table import Rows
from bitloop.search.workshop import Workshop

COUNTS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 160, 200, 300, 500)
NEARLY = 0.01
"""Balanced accuracy one may be below the best and call learning done."""

Curve = list[tuple[int, float]]


def learning_curve(shop: Workshop, recipe: Recipe, limit: float) -> Curve:
    """(signals learned, balanced accuracy of the worst fold), regular recordings taking turns as machines do."""
    curves: list[list[float]] = []
    counts = _counts(shop)
    for number, fold in enumerate(shop.split.folds):
        regular = fold.train[shop.table.label[fold.train] == 0]
        view = shop.view(recipe, regular, number)
        order = in_turn(regular, shop.table.recording)
        order = order[view.usable[order]]
        truth, x = shop.table.label[fold.test], view.base[fold.test]
        usable = view.usable[fold.test]
        if shop.simulated:
            truth = np.concatenate([truth, np.ones(len(fold.test), dtype=np.int64)])
            x = np.concatenate([x, view.extra[fold.test]])
            usable = np.concatenate([usable, view.extra_usable[fold.test]])
        model: LearningModel = ENTRIES[recipe.model].fit(x.shape[1], dict(recipe.hyper), limit)
        state, before, curve = model.empty(), 0, []
        for count in counts:
            state = model.run_learn(view.base[order[before:count]], state, host())
            before = count
            said = np.where(usable, _abnormal(model, np.where(usable[:, None], x, 0), state), 1)
            curve.append(balanced_accuracy(truth, said, 2))
        curves.append(curve)
    return [(count, float(accuracy)) for count, accuracy in zip(counts, np.min(curves, axis=0), strict=True)]


def recommended(curve: Curve) -> int:
    """The fewest signals from which on the curve stays near its end."""
    end = curve[-1][1] - NEARLY
    enough = curve[-1][0]
    for count, accuracy in reversed(curve):
        if accuracy < end:
            break
        enough = count
    return enough


def in_turn(rows: Rows, recording: Rows) -> Rows:
    """Rows of several recordings, one of each in turn."""
    parts = [rows[recording[rows] == number] for number in np.unique(recording[rows])]
    mixed = [row for turn in zip_longest(*parts) for row in turn if row is not None]
    return np.array(mixed, dtype=np.int64)


def _counts(shop: Workshop) -> tuple[int, ...]:
    most = min(int((shop.table.label[fold.train] == 0).sum()) for fold in shop.split.folds)
    return (*(count for count in COUNTS if count < most), most)


def _abnormal(model: LearningModel, x: np.ndarray, state: np.ndarray) -> np.ndarray:
    ratio = model.run_detect(x, state, host())[:, 0]
    return (ratio > np.float32(1.0)).astype(np.int64)
