"""What a worker keeps: the table, its folds, and the features it computed lately. All features come from the C."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, Shape, Signals, Stage
from bitloop.kernels.checks import FEATURES
from bitloop.kernels.pick import Pick
from bitloop.kernels.pipeline import Preprocessing, refused
from bitloop.kernels.scale import Scale
from bitloop.native import host
from bitloop.search.disturb import faults, vary
from bitloop.search.folds import MORE_FOLDS, Split, half, split
from bitloop.search.heads import HEADS
from bitloop.search.memory import Memory
from bitloop.search.prune import prune
from bitloop.search.recipe import Branch, Recipe
from bitloop.search.table import Rows, Table
from bitloop.search.variations import STRETCH, variations
from bitloop.search.views import VIEWS

REMEMBERED = 192 << 20
"""Bytes of features a worker keeps."""
WIDEST = 4096
"""Features before a head chooses among them."""

Chain = tuple[Stage, ...]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Prepared:
    """Features after everything fitted. `base` has a row per signal of the table, `extra` of its disturbed twins.

    `usable` and `extra_usable` are False where the library would refuse the features.
    """

    shop: Workshop
    recipe: Recipe
    chains: tuple[Chain, ...]
    keep: NDArray[np.int64] | None
    head: Chain
    base: Features
    name: Hashable

    @cached_property
    def usable(self) -> NDArray[np.bool_]:
        return ~refused(self.base)

    @cached_property
    def extra(self) -> Features:
        return self.shop.finished(self)

    @cached_property
    def extra_usable(self) -> NDArray[np.bool_]:
        return ~refused(self.extra)

    @cached_property
    def preprocessing(self) -> Preprocessing:
        """The kernels of a library with these features; what was not chosen is not computed."""
        given, chains, head = self.shop.given, self.chains, self.head
        if self.keep is not None:
            chains, places = prune(given, chains, self.keep)
            head = head if places is None else (Pick(places), *head)
        return Preprocessing(given.axes, given.length, chains, head, self.shop.table.before)


class Workshop:
    """Table, folds and the features of recipes. `twins` are the signals disturbed, row by row.

    For classes and extrapolation they are slight variations. For anomaly and outlier they are simulated faults, made
    only where the user recorded none (`simulated`). `sample` is a workshop with fewer signals and a single fold, to
    screen candidates with; None for anomaly and outlier.
    """

    def __init__(self, table: Table, seed: int, splitting: str = "auto", parts: Split | None = None) -> None:
        self.table, self.seed, self._splitting = table, seed, splitting
        self.split: Split = parts or split(table, splitting, seed)
        self.given = Shape(table.axes, table.length)
        self.simulated = table.detects and not table.compares
        self._memory = Memory(REMEMBERED)
        self._prepared = Memory(REMEMBERED // 2)
        self._planar: dict[str, Signals] = {}
        self.sample: Workshop | None = None
        self._role = "whole"
        if not table.detects and parts is None:
            self.sample = self._sample()

    def _sample(self) -> Workshop:
        """A workshop of fewer signals; one of all signals shares this one's features."""
        rows, fold = half(self.table, self.split)
        if len(rows) < len(self.table.x):
            return Workshop(self.table.take(rows), self.seed, parts=fold)
        same = copy(self)
        same.split, same._role = fold, "sample"
        return same

    @cached_property
    def again(self) -> Workshop:
        """The same signals cut into more folds: a second opinion on the best. It shares this workshop's features."""
        other = copy(self)
        other.split, other._role = split(self.table, self._splitting, self.seed, MORE_FOLDS), "again"
        return other

    @property
    def once(self) -> bool:
        """Whether views are fitted once, on all signals: they look at no label, and a bias more or less tells nothing
        of single signals. Where regular signals are learned they are fitted on these alone, for every fold."""
        return not self.table.detects

    @cached_property
    def twins(self) -> NDArray[np.float32]:
        table = self.table
        if self.simulated:
            return faults(table.x, table.axes, self.seed)
        if table.kind == "classes":
            return vary(table.x, table.axes, self.seed)
        return np.empty((0, table.x.shape[1]), dtype=np.float32)

    def _signals(self, which: str) -> Signals:
        """(signals, axes, length): the `table`'s rows, their `twins`, or `variations` to train with."""
        if which not in self._planar:
            self._planar[which] = self.table.seen(self._interleaved(which))
        return self._planar[which]

    def _interleaved(self, which: str) -> NDArray[np.float32]:
        if which == "variations":
            stretch = 0.0 if self.table.kind == "extrapolation" else STRETCH  # speed may be what is asked for
            return variations(self.table.x, self.given.axes, self.seed, stretch)
        return self.twins if which == "twins" else self.table.x

    def examples(self, prepared: Prepared, rows: Rows) -> tuple[Features, NDArray[Any]]:
        """Features to train with, and labels or targets: of usable rows, and of their variations if wanted."""
        rows = rows[prepared.usable[rows]]
        x, goal = prepared.base[rows], self._goal(rows)
        if not prepared.recipe.varied:
            return x, goal
        further = self._selected(prepared, self._gathered(prepared, "variations")[rows])
        good = ~refused(further)
        return np.concatenate([x, further[good]]), np.concatenate([goal, goal[good]])

    def view(self, recipe: Recipe, train: Rows, name: Hashable) -> Prepared:
        """Features of all signals, fitted as `train` has it; `name` stands for `train` in the memory."""
        fitted = recipe.scale != "none" or recipe.head.name != "none" or any(b.fitted for b in recipe.branches)
        key = (recipe.branches, recipe.scale, recipe.head, recipe.varied, (self._role, name) if fitted else None)
        return self._prepared.get(key, lambda: self._prepare(recipe, train, name), lambda p: 2 * p.base.nbytes)

    def remember(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """What was made for these folds under a key, as long as there is room for it."""
        return self._memory.get((self._role, key), make, size)

    def _prepare(self, recipe: Recipe, train: Rows, name: Hashable) -> Prepared:
        chains = tuple(self._chain(branch, train, name) for branch in recipe.branches)
        bare = Prepared(self, recipe, chains, None, (), np.empty((0, 0), dtype=np.float32), name)
        base = self._gathered(bare, "table")
        keep: NDArray[np.int64] | None = None
        head: list[Stage] = []
        if recipe.scale != "none" or recipe.head.name != "none":
            good = train[~refused(base[train])]
            if not len(good):
                raise LibraryError("every signal is refused")
            goal = self._goal(good)
            kind = HEADS.get(recipe.head.name)
            if kind is not None and kind.choose is not None:
                keep = kind.choose(base[good], goal, recipe.head.width, self.table.kind, self.seed)
                base = np.ascontiguousarray(base[:, keep])
            if recipe.scale != "none":
                head.append(fit_scale(recipe.scale, base[good]))
                base = run_head(head[-1], base)
            if kind is not None and kind.stage is not None:
                head.append(kind.stage(base[good], goal, recipe.head.width, self.table.kind, self.seed))
                base = run_head(head[-1], base)
        if base.shape[1] > FEATURES:
            raise LibraryError(f"{base.shape[1]} features are too many")
        return Prepared(self, recipe, chains, keep, tuple(head), base, name)

    def finished(self, prepared: Prepared, rows: Rows | None = None) -> Features:
        """Features of the twins, or of those of some rows, with everything as it was fitted."""
        if rows is None:
            return self._selected(prepared, self._gathered(prepared, "twins"))
        x = self._signals("twins")[rows]
        return self._selected(prepared, np.concatenate([self._run(chain, x) for chain in prepared.chains], axis=1))

    def _selected(self, prepared: Prepared, x: Features) -> Features:
        if prepared.keep is not None:
            x = np.ascontiguousarray(x[:, prepared.keep])
        for stage in prepared.head:
            x = run_head(stage, x)
        return x

    def _goal(self, rows: Rows) -> NDArray[Any]:
        table = self.table
        return table.targets[rows] if table.kind == "extrapolation" else table.label[rows]

    def _chain(self, branch: Branch, train: Rows, name: Hashable) -> Chain:
        fit = VIEWS[branch.view].fit
        if fit is None:
            return branch.stages(self.given)
        if self.once:
            train, name = np.arange(len(self.table.x)), None
        x = self._signals("table")[train]
        key = (branch, self._role, name, "chain")
        return self._memory.get(
            key, lambda: fit(dict(branch.chosen), self.given, x, self._goal(train), self.seed), lambda _: 1 << 16
        )

    def _gathered(self, prepared: Prepared, which: str) -> Features:
        """Features of all branches side by side, each computed once."""
        parts = []
        for branch, chain in zip(prepared.recipe.branches, prepared.chains, strict=True):
            name = None if self.once else prepared.name
            key = (branch, (self._role, name) if branch.fitted else None, which)
            parts.append(self._memory.get(key, lambda c=chain: self._features(c, which), lambda f: f.nbytes))  # type: ignore[misc]
        return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]

    def _features(self, chain: Chain, which: str) -> Features:
        size = Preprocessing(self.given.axes, self.given.length, (chain,)).gathered
        if size > WIDEST:
            raise LibraryError(f"{size} features are too many")
        return self._run(chain, self._signals(which))

    @staticmethod
    def _run(chain: Chain, x: Signals) -> Features:
        with np.errstate(all="ignore"):
            for stage in chain:
                x = stage.run(x, host())
        return np.ascontiguousarray(x.reshape(len(x), -1))


def fit_scale(name: str, features: Features) -> Scale:
    """The head stage fitted on (signals, features)."""
    return {"zscore": Scale.zscore, "minmax": Scale.minmax, "robust": Scale.robust}[name](features[:, :, None])


def run_head(stage: Stage, features: Features) -> Features:
    """A head stage by its C kernel; what overflows is refused afterwards."""
    if not len(features):
        return np.empty((0, stage.shape(Shape(features.shape[1], 1)).size), dtype=np.float32)
    out = stage.run(features[:, :, None], host())
    return np.ascontiguousarray(out.reshape(len(out), -1))
