"""What a worker keeps: the table, its folds, and the features it computed lately. All features come from the C."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, Shape
from bitloop.kernels.checks import FEATURES
from bitloop.kernels.pipeline import refused
from bitloop.kernels.scale import Scale
from bitloop.native import host
from bitloop.search.disturb import faults, vary
from bitloop.search.folds import Split, split
from bitloop.search.recipe import Branch, Recipe
from bitloop.search.table import Rows, Table

KEPT = 24
"""Feature sets remembered; a generation is evaluated view by view, so that few are enough."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Features after fitted scaling. `base` has a row per signal of the table, `extra` of its disturbed twins.

    `usable` and `extra_usable` are False where the library would refuse the features.
    """

    scale: Scale | None
    base: Features
    usable: NDArray[np.bool_]
    extra: Features
    extra_usable: NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class Memory:
    """The last few results by key; the oldest go first."""

    kept: int
    results: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        if key in self.results:
            self.results.move_to_end(key)
        else:
            self.results[key] = make()
            while len(self.results) > self.kept:
                self.results.popitem(last=False)
        return self.results[key]  # type: ignore[return-value]


class Workshop:
    """Table, folds and the features of recipes. `twins` are the signals disturbed, row by row.

    For classes and extrapolation they are slight variations. For anomaly and outlier they are simulated faults, made
    only where the user recorded none (`simulated`).
    """

    def __init__(self, table: Table, seed: int) -> None:
        self.table, self.seed = table, seed
        self.split: Split = split(table)
        self.given = Shape(table.axes, table.length)
        detects = table.kind in ("anomaly", "outlier")
        self.simulated = detects and not table.compares
        self.twins = np.empty((0, table.x.shape[1]), dtype=np.float32)
        if self.simulated:
            self.twins = faults(table.x, table.axes, seed)
        elif table.kind == "classes":
            self.twins = vary(table.x, table.axes, seed)
        self._raw = Memory(KEPT)
        self._views = Memory(KEPT)

    def view(self, recipe: Recipe, train: Rows, name: Hashable) -> View:
        """Features of all signals, scaled as `train` has it; `name` stands for `train` in the memory."""
        key = (recipe.branches, recipe.scale, name if recipe.scale != "none" else None)
        return self._views.get(key, lambda: self._view(recipe, train))

    def _view(self, recipe: Recipe, train: Rows) -> View:
        base, extra = self._raw.get(recipe.branches, lambda: self._features(recipe.branches))
        scale = None
        if recipe.scale != "none":
            good = train[~refused(base[train])]
            if not len(good):
                raise LibraryError("every signal is refused")
            scale = fit_scale(recipe.scale, base[good])
            base, extra = run_scale(scale, base), run_scale(scale, extra)
        return View(scale, base, ~refused(base), extra, ~refused(extra))

    def _features(self, branches: tuple[Branch, ...]) -> tuple[Features, Features]:
        preprocessing = Recipe(branches, "none", "").preprocessing(self.given)
        if preprocessing.features > FEATURES:
            raise LibraryError(f"{preprocessing.features} features are too many")
        executor = host()
        base = preprocessing(self.table.x, executor)
        return base, preprocessing(self.twins, executor) if len(self.twins) else base[:0]


def fit_scale(name: str, features: Features) -> Scale:
    """The head stage fitted on (signals, features)."""
    return {"zscore": Scale.zscore, "minmax": Scale.minmax, "robust": Scale.robust}[name](features[:, :, None])


def run_scale(scale: Scale, features: Features) -> Features:
    """The head stage by the C kernel; what overflows is refused afterwards."""
    if not len(features):
        return features
    return np.ascontiguousarray(scale.run(features[:, :, None], host())[:, :, 0])
