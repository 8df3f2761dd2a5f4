"""What a fold of detection is made of: for each couple, signals to learn and signals to be judged by, in their order.

Where states of a machine come in long stretches, a trial is what happens on a device: it learns for a while and is
judged by what comes next, at another time and another operating point than the library's constants are from.
Everywhere else it learns all regular signals of the couple that are not held back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.pipeline import refused
from bitloop.search.detector import Detector, Series, learned
from bitloop.search.recipe import Recipe
from bitloop.search.states import lasting
from bitloop.search.table import Rows, Table
from bitloop.search.workshop import Prepared, Workshop

LIVES = 600
"""States in a row from which on a trial is learning for a while and being judged by what comes next: a life."""
LEARNS, JUDGED = 400, 800
"""States of a life that are learned and judged, at most."""
GAIN, SHIFT = 3.0, 30.0
"""Operating points lie apart: every variable moves up to so many times as much or as little, and lies elsewhere by up
to so many of its standard deviations."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Rows of one couple to learn, in order, and stretches of rows to be judged by."""

    couple: int
    learn: Rows
    regular: tuple[Rows, ...]
    abnormal: tuple[Rows, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Features of a fold, a row per signal of the table (`base`) and of its simulated fault (`extra`)."""

    base: Features
    extra: Features
    usable: NDArray[np.bool_]
    extra_usable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A detector that has learned. It is `judged` by its answers to these; a limit is placed by those `held`."""

    couple: int
    view: Prepared
    detector: Detector
    judged: tuple[Series, ...]
    held: tuple[Series, ...]


def trials(shop: Workshop, recipe: Recipe, number: int) -> list[Trial]:
    """Of a fold, one for each couple, or one for each life."""
    view = prepared(shop, recipe, number)
    seen = seen_by(shop, view, number)
    found = []
    for plan in plans(shop, number):
        rows = plan.learn[seen.usable[plan.learn]]
        detector = learned(recipe, seen.base[rows], shop.seed)
        asked = judged(shop, seen, detector, plan), held(shop, seen, detector, plan)
        found.append(Trial(plan.couple, view, detector, *asked))
    if not found:
        raise LibraryError("a fold has no regular signals to learn and to be judged by")
    return found


def prepared(shop: Workshop, recipe: Recipe, number: int) -> Prepared:
    """Features of a fold: constants come from the regular signals of all couples."""
    train = shop.split.folds[number].train
    return shop.view(recipe, train[shop.table.label[train] == 0], number)


def seen_by(shop: Workshop, view: Prepared, number: int) -> Seen:
    """The features of a fold, at another operating point where devices learn and are judged in a row."""
    extra = shop.simulated
    if not any(_lives(shop, plan) for plan in plans(shop, number)):
        return Seen(
            view.base,
            view.extra if extra else view.base[:0],
            view.usable,
            view.extra_usable if extra else view.usable[:0],
        )
    moved = _elsewhere(shop).finished(view)
    base, faulty = moved[: len(shop.table.x)], moved[len(shop.table.x) :]
    return Seen(base, faulty, ~refused(base), ~refused(faulty))


def _lives(shop: Workshop, plan: Plan) -> bool:
    if not shop.table.multi_sensor or len(plan.regular) != 1:
        return False
    in_a_row = plan.learn[-1] + 1 == plan.regular[0][0]
    return bool(in_a_row and len(plan.learn) + len(plan.regular[0]) >= LIVES)


_MOVED: WeakKeyDictionary[Workshop, Workshop] = WeakKeyDictionary()


def _elsewhere(shop: Workshop) -> Workshop:
    """Its twins are the same signals, then the same faults, each fold's at an operating point of its own."""
    if shop not in _MOVED:
        table = shop.table
        regular = table.x[table.rows(0)].astype(np.float64)
        middle, spread = regular.mean(axis=0), regular.std(axis=0)
        gain, shift = np.ones(table.x.shape), np.zeros(table.x.shape)
        rng = np.random.default_rng([shop.seed, 4])
        for fold in shop.split.folds:
            gain[fold.test] = GAIN ** rng.uniform(-1, 1, len(middle))
            shift[fold.test] = SHIFT * spread * rng.uniform(-1, 1, len(middle))

        def move(x: NDArray[np.float32]) -> NDArray[np.float32]:
            return (middle + gain * (x - middle) + shift).astype(np.float32) if len(x) else x

        _MOVED[shop] = Workshop(table, shop.seed, parts=shop.split)
        _MOVED[shop].__dict__["twins"] = np.concatenate([move(table.x), move(shop.twins)])
    return _MOVED[shop]


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
            for life in np.array_split(longest, -(-len(longest) // (LEARNS + JUDGED))):
                learns = min(LEARNS, len(life) // 3)
                yield Plan(couple, life[:learns], (life[learns:],), abnormal)
        elif len(train) and regular:
            yield Plan(couple, train, regular, abnormal)


def judged(shop: Workshop, view: Seen, detector: Detector, plan: Plan) -> tuple[Series, ...]:
    """What the detector is judged by: held-out signals, or simulated faults between regular states."""
    if not shop.simulated:
        runs = [*plan.regular, *plan.abnormal]
        return tuple(_series(shop.table, view, detector, rows) for rows in runs)
    found = []
    for rows in plan.regular:
        if detector.smoothing:  # every state once during a fault and once before one
            turn = rows // lasting(len(shop.table.x)) % 2 == 1
            for faulty in (turn, ~turn):
                over = np.flatnonzero(faulty[:-1] & ~faulty[1:]) + 1  # what was broken starts afresh
                cut = zip(np.split(rows, over), np.split(faulty, over), strict=True)
                found += [_mixed(shop.table, view, detector, *part) for part in cut]
        else:
            plain = np.zeros(len(rows), dtype=np.bool_)
            found += [_mixed(shop.table, view, detector, rows, faulty) for faulty in (plain, ~plain)]
    return tuple(found)


def held(shop: Workshop, view: Seen, detector: Detector, plan: Plan) -> tuple[Series, ...]:
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


def _series(table: Table, view: Seen, detector: Detector, rows: Rows) -> Series:
    before = _before(table, view, detector, int(rows[0]))
    return Series(view.base[rows], view.usable[rows], table.label[rows], before)


def _mixed(table: Table, view: Seen, detector: Detector, rows: Rows, faulty: NDArray[np.bool_]) -> Series:
    """Regular rows, some of them (`faulty`) replaced by their twins."""
    x = np.where(faulty[:, None], view.extra[rows], view.base[rows])
    usable = np.where(faulty, view.extra_usable[rows], view.usable[rows])
    return Series(x, usable, faulty.astype(np.int64), _before(table, view, detector, int(rows[0])))


def _before(table: Table, view: Seen, detector: Detector, first: int) -> Features:
    """Features that a running mean still remembers when row `first` comes."""
    if not detector.smoothing:
        return view.base[:0]
    rows = np.arange(max(0, first - (2 << detector.smoothing)), first)
    rows = rows[(table.recording[rows] == table.recording[first]) & view.usable[rows]]
    before: Features = view.base[rows]
    return before
