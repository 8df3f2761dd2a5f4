"""How many signals a model has to learn on the board before its answers are as good as they get."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np

from bitloop.kernels.base import LearningModel
from bitloop.native import host
from bitloop.search.detector import Detector
from bitloop.search.fits import ENTRIES
from bitloop.search.metrics import balanced_accuracy
from bitloop.search.recipe import Recipe
from bitloop.search.table import Rows
from bitloop.search.trials import Plan, Seen, judged, plans, prepared, seen_by
from bitloop.search.workshop import Workshop

COUNTS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 160, 200, 300, 500)
NEARLY = 0.01
"""Balanced accuracy one may be below the best and call learning done."""
DEMANDED = 120
"""Learning calls a library demands before it answers, at most: what helps beyond is seen in the curve."""

Curve = list[tuple[int, float]]


def learning_curve(shop: Workshop, recipe: Recipe, limit: float) -> Curve:
    """(signals learned, balanced accuracy of the worst fold), regular recordings taking turns as machines do."""
    counts, curves = _counts(shop), []
    for number in range(len(shop.split.folds)):
        view = seen_by(shop, prepared(shop, recipe, number), number)
        curves += [_curve(shop, recipe, view, plan, limit, counts) for plan in plans(shop, number)]
    return [(count, float(accuracy)) for count, accuracy in zip(counts, np.min(curves, axis=0), strict=True)]


def recommended(curve: Curve) -> int:
    """The fewest signals from which on the curve stays near its end; never more than DEMANDED."""
    end = curve[-1][1] - NEARLY
    enough = curve[-1][0]
    for count, accuracy in reversed(curve):
        if accuracy < end:
            break
        enough = count
    return min(enough, DEMANDED)


def in_turn(rows: Rows, recording: Rows) -> Rows:
    """Rows of several recordings, one of each in turn."""
    parts = [rows[recording[rows] == number] for number in np.unique(recording[rows])]
    mixed = [row for turn in zip_longest(*parts) for row in turn if row is not None]
    return np.array(mixed, dtype=np.int64)


def _curve(
    shop: Workshop, recipe: Recipe, view: Seen, plan: Plan, limit: float, counts: tuple[int, ...]
) -> list[float]:
    order = plan.learn if shop.table.multi_sensor else in_turn(plan.learn, shop.table.recording)
    order = order[view.usable[order]]
    model: LearningModel = ENTRIES[recipe.model].fit(view.base.shape[1], dict(recipe.hyper), limit)
    series = judged(shop, view, Detector(model, model.empty()), plan)
    truth = np.concatenate([one.truth for one in series])
    state, before, curve = model.empty(), 0, []
    for count in counts:
        state = model.run_learn(view.base[order[before:count]], state, host())
        before = count
        ratio = Detector(model, state).ratios(series, limit)
        curve.append(balanced_accuracy(truth, (ratio > np.float32(1.0)).astype(np.int64), 2))
    return curve


def _counts(shop: Workshop) -> tuple[int, ...]:
    most = min(len(plan.learn) for number in range(len(shop.split.folds)) for plan in plans(shop, number))
    return (*(count for count in COUNTS if count < most), most)


__all__ = ["COUNTS", "DEMANDED", "Curve", "in_turn", "learning_curve", "recommended"]
