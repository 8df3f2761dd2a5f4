"""What a fold of detection is made of: for each couple, signals to learn and signals to be judged by, in their order.

Where states of a machine come in long stretches, a trial is what happens on a device: it learns for a while and is
judged by what comes next, at another time than the library's constants are from. Everywhere else it learns all
regular signals of the couple that are not held back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.search.detector import Detector, Series, learned
from bitloop.search.recipe import Recipe
from bitloop.search.states import lasting
from bitloop.search.table import Rows, Table
from bitloop.search.workshop import Prepared, Workshop

LIVES = 600
"""States in a row from which on a trial is learning for a while and being judged afterwards."""
LEARNS = 400
"""States learned then, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Rows of one couple to learn, in order, and stretches of rows to be judged by."""

    learn: Rows
    regular: tuple[Rows, ...]
    abnormal: tuple[Rows, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A detector that has learned. It is `judged` by its answers to these; a limit is placed by those `held`."""

    view: Prepared
    detector: Detector
    judged: tuple[Series, ...]
    held: tuple[Series, ...]


def trials(shop: Workshop, recipe: Recipe, number: int) -> list[Trial]:
    """Of a fold, one for each couple."""
    view = prepared(shop, recipe, number)
    found = []
    for plan in plans(shop, number):
        rows = plan.learn[view.usable[plan.learn]]
        detector = learned(recipe, view.base[rows], shop.seed)
        found.append(Trial(view, detector, judged(shop, view, detector, plan), held(shop, view, detector, plan)))
    if not found:
        raise LibraryError("a fold has no regular signals to learn and to be judged by")
    return found


def prepared(shop: Workshop, recipe: Recipe, number: int) -> Prepared:
    """Features of a fold: constants come from the regular signals of all couples."""
    train = shop.split.folds[number].train
    return shop.view(recipe, train[shop.table.label[train] == 0], number)


def plans(shop: Workshop, number: int) -> Iterator[Plan]:
    """Of every couple that has regular signals on both sides of the fold."""
    table, fold = shop.table, shop.split.folds[number]
    for couple in range(table.couples):
        train = fold.train[(table.couple[fold.train] == couple) & (table.label[fold.train] == 0)]
        test = fold.test[table.couple[fold.test] == couple]
        regular = _runs(table, test[table.label[test] == 0])
        abnormal = _runs(table, test[table.label[test] == 1])
        longest = max(regular, key=len, default=test[:0])
        if table.multi_sensor and len(longest) >= LIVES:
            learns = min(LEARNS, len(longest) // 3)
            yield Plan(longest[:learns], (longest[learns:],), abnormal)
        elif len(train) and regular:
            yield Plan(train, regular, abnormal)


def judged(shop: Workshop, view: Prepared, detector: Detector, plan: Plan) -> tuple[Series, ...]:
    """What the detector is judged by: held-out signals, or simulated faults between regular states."""
    if not shop.simulated:
        runs = [*plan.regular, *plan.abnormal]
        return tuple(_series(shop.table, view, detector, rows) for rows in runs)
    found = []
    for rows in plan.regular:
        if detector.smoothing:  # every state once during a fault and once between two
            turn = rows // lasting(len(shop.table.x)) % 2 == 1
            found += [_mixed(shop.table, view, detector, rows, faulty) for faulty in (turn, ~turn)]
        else:
            plain = np.zeros(len(rows), dtype=np.bool_)
            found += [_mixed(shop.table, view, detector, rows, faulty) for faulty in (plain, ~plain)]
    return tuple(found)


def held(shop: Workshop, view: Prepared, detector: Detector, plan: Plan) -> tuple[Series, ...]:
    """What a limit may be placed by: never the simulated faults."""
    runs = [*plan.regular, *plan.abnormal]
    return tuple(_series(shop.table, view, detector, rows) for rows in runs)


def _runs(table: Table, rows: Rows) -> tuple[Rows, ...]:
    """Rows that followed one another in a recording."""
    if not len(rows):
        return ()
    if not table.multi_sensor:
        return (rows,)
    breaks = (np.diff(rows) != 1) | (np.diff(table.recording[rows]) != 0)
    return tuple(np.split(rows, np.flatnonzero(breaks) + 1))


def _series(table: Table, view: Prepared, detector: Detector, rows: Rows) -> Series:
    before = _before(table, view, detector, int(rows[0]))
    return Series(view.base[rows], view.usable[rows], table.label[rows], before)


def _mixed(table: Table, view: Prepared, detector: Detector, rows: Rows, faulty: NDArray[np.bool_]) -> Series:
    """Regular rows, some of them (`faulty`) replaced by their twins."""
    x = np.where(faulty[:, None], view.extra[rows], view.base[rows])
    usable = np.where(faulty, view.extra_usable[rows], view.usable[rows])
    return Series(x, usable, faulty.astype(np.int64), _before(table, view, detector, int(rows[0])))


def _before(table: Table, view: Prepared, detector: Detector, first: int) -> Features:
    """Features that a running mean still remembers when row `first` comes."""
    if not detector.smoothing:
        return view.base[:0]
    rows = np.arange(max(0, first - (2 << detector.smoothing)), first)
    rows = rows[(table.recording[rows] == table.recording[first]) & view.usable[rows]]
    before: Features = view.base[rows]
    return before
