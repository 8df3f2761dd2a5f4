"""Cross-validation that does not flatter: signals recorded together are held back together.

Neighbouring signals of a recording resemble each other, so a random split would test on what is nearly known. With
enough recordings of a label each is held back whole; otherwise each is cut into contiguous blocks, one per fold.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import SearchError
from bitloop.search.regimes import stretches, visits
from bitloop.search.table import Rows, Table

FOLDS, MORE_FOLDS = 3, 5
"""Folds that all candidates meet, and those of the second opinion on the best."""
FEWEST_PER_BLOCK = 4
SAMPLE = 400
"""Signals that screening looks at; of tables with no more than half as many again, all."""
FEWEST_SAMPLED = 10
"""Signals of one label and fold that screening looks at, if there are so many."""
SPLITS = ("auto", "blocks", "random")
"""How signals are held back: whole recordings or else blocks of them, always blocks, or (as other tools do) any."""


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Rows to fit on and rows to score on, both in the order of the table; no row is in both."""

    train: Rows
    test: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """All folds; every row is held back exactly once. `by_recording` says of each label and couple how it was cut."""

    folds: tuple[Fold, ...]
    by_recording: tuple[bool, ...]
    by_value: bool = False
    """Whether whole values of the target were held back."""


def split(table: Table, how: str = "auto", seed: int = 1, most: int = FOLDS) -> Split:
    """Between 2 and `most` folds, fewer where a label has few signals. `how` is one of SPLITS."""
    if how not in SPLITS:
        raise SearchError(f"signals cannot be split by {how!r}; choose one of {', '.join(SPLITS)}")
    parts = [np.flatnonzero((table.label == label) & (table.couple == couple)) for label, couple in _parts(table)]
    fewest = min(len(rows) for rows in parts)
    count = max(2, min(most, fewest // FEWEST_PER_BLOCK))
    if how == "auto" and _few_values(table, count):
        held = np.unique(table.targets, return_inverse=True)[1].reshape(-1) % count
        return Split(_folds(held, count), (False,), by_value=True)
    regimes = stretches(table) if table.kind != "extrapolation" else None
    delimits = table.targets if regimes is None else regimes.astype(np.float32)
    held = np.empty(len(table.x), dtype=np.int64)
    whole = [how == "auto" and regimes is None and len(np.unique(table.recording[rows])) >= count for rows in parts]
    for number, rows in enumerate(parts):
        if how == "random":
            held[rows] = np.random.default_rng([seed, number]).permutation(np.arange(len(rows)) % count)
        elif whole[number]:
            held[rows] = _whole(table.recording[rows], count)
        else:
            held[rows] = _blocks(table.recording[rows], delimits[rows], count)
    if how == "auto" and table.kind == "extrapolation" and not whole[0]:
        held = _whole_visits(visits(table), table.targets, count, otherwise=held)
    return Split(_folds(held, count), tuple(whole))


def _folds(held: NDArray[np.int64], count: int) -> tuple[Fold, ...]:
    """From the number of the fold that holds each row back."""
    return tuple(Fold(np.flatnonzero(held != f), np.flatnonzero(held == f)) for f in range(count))


def _few_values(table: Table, count: int) -> bool:
    """Whether targets are so few, each so often, that whole values are held back: what lies between is tested."""
    if table.kind != "extrapolation":
        return False
    _, often = np.unique(table.targets, return_counts=True)
    return 2 * count <= len(often) <= len(table.x) // FEWEST_PER_BLOCK and int(often.min()) >= FEWEST_PER_BLOCK


def _parts(table: Table) -> list[tuple[int, int]]:
    """Labels and couples that have signals: each is cut on its own."""
    found = np.unique(np.column_stack([table.label, table.couple]), axis=0)
    return [(int(label), int(couple)) for label, couple in found]


def half(table: Table, parts: Split) -> tuple[Rows, Split]:
    """Rows to screen candidates with, and one fold of them; all rows where they are few.

    Every label and fold is thinned out evenly. Every second fold is held back, so that no recording is in both.
    """
    fold_of = np.empty(len(table.x), dtype=np.int64)
    for number, fold in enumerate(parts.folds):
        fold_of[fold.test] = number
    share = 1.0 if len(table.x) <= SAMPLE * 3 // 2 else SAMPLE / len(table.x)
    chosen = []
    for label, number in product(range(len(table.labels)), range(len(parts.folds))):
        rows = np.flatnonzero((table.label == label) & (fold_of == number))
        count = min(len(rows), max(FEWEST_SAMPLED, round(share * len(rows))))
        chosen.append(rows[np.linspace(0, len(rows) - 1, count).round().astype(np.int64)] if count else rows)
    taken = np.sort(np.concatenate(chosen))
    held = fold_of[taken] % 2 == 1
    return taken, Split((Fold(np.flatnonzero(~held), np.flatnonzero(held)),), parts.by_recording)


def _whole(recordings: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Fold of each row: longest recording first, each to the fold that has least."""
    numbers, sizes = np.unique(recordings, return_counts=True)
    load = np.zeros(count, dtype=np.int64)
    fold = np.empty(len(recordings), dtype=np.int64)
    for at in np.argsort(-sizes, kind="stable"):
        lightest = int(np.argmin(load))
        load[lightest] += sizes[at]
        fold[recordings == numbers[at]] = lightest
    return fold


def _whole_visits(
    visit: NDArray[np.int64], targets: NDArray[np.float32], count: int, otherwise: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Fold of each row: every visit to a value whole, the visits to each value in turn.

    `otherwise` where some value was not visited so often, or not for a while each time.
    """
    values: dict[float, list[Rows]] = {}
    stretches = _stretches(visit, targets)
    for stretch in stretches:
        values.setdefault(float(targets[stretch[0]]), []).append(stretch)
    fewest = min(len(own) for own in values.values())
    if fewest < 2 * count or len(visit) < FEWEST_PER_BLOCK * len(stretches):
        return otherwise
    fold = np.empty(len(visit), dtype=np.int64)
    for own in values.values():
        for number, stretch in enumerate(own):
            fold[stretch] = number % count
    return fold


def _stretches(recordings: NDArray[np.int64], delimits: NDArray[np.float32]) -> list[NDArray[np.int64]]:
    change = (np.diff(recordings) != 0) | (np.diff(delimits) != 0)
    return np.split(np.arange(len(recordings)), np.flatnonzero(change) + 1)


def _blocks(recordings: NDArray[np.int64], targets: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Fold of each row: every stretch of a recording cut into `count` contiguous blocks of nearly equal length."""
    stretches = _stretches(recordings, targets)
    if len(recordings) < count * len(stretches):  # targets that change all the time do not delimit anything
        stretches = np.split(np.arange(len(recordings)), np.flatnonzero(np.diff(recordings) != 0) + 1)
    fold = np.empty(len(recordings), dtype=np.int64)
    for stretch in stretches:
        for number, block in enumerate(np.array_split(stretch, count)):
            fold[block] = number
    return fold
