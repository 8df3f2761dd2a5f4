"""Cross-validation that does not flatter: signals recorded together are held back together.

Neighbouring signals of a recording resemble each other, so a random split would test on what is nearly known. With
enough recordings of a label each is held back whole; otherwise each is cut into contiguous blocks, one per fold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.search.table import Rows, Table

FOLDS = 5
FEWEST_PER_BLOCK = 4


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


def split(table: Table, most: int = FOLDS) -> Split:
    """Between 2 and `most` folds, fewer where a label has few signals."""
    parts = [np.flatnonzero((table.label == label) & (table.couple == couple)) for label, couple in _parts(table)]
    fewest = min(len(rows) for rows in parts)
    count = max(2, min(most, fewest // FEWEST_PER_BLOCK))
    held = np.empty(len(table.x), dtype=np.int64)
    whole = []
    for rows in parts:
        recordings = table.recording[rows]
        whole.append(len(np.unique(recordings)) >= count)
        held[rows] = _whole(recordings, count) if whole[-1] else _blocks(recordings, table.targets[rows], count)
    folds = tuple(Fold(np.flatnonzero(held != f), np.flatnonzero(held == f)) for f in range(count))
    return Split(folds, tuple(whole))


def _parts(table: Table) -> list[tuple[int, int]]:
    """Labels and couples that have signals: each is cut on its own."""
    found = np.unique(np.column_stack([table.label, table.couple]), axis=0)
    return [(int(label), int(couple)) for label, couple in found]


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


def _blocks(recordings: NDArray[np.int64], targets: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Fold of each row: every stretch of a recording cut into `count` contiguous blocks of nearly equal length."""
    change = (np.diff(recordings) != 0) | (np.diff(targets) != 0)
    stretches = np.split(np.arange(len(recordings)), np.flatnonzero(change) + 1)
    if len(recordings) < count * len(stretches):  # targets that change all the time do not delimit anything
        stretches = np.split(np.arange(len(recordings)), np.flatnonzero(np.diff(recordings) != 0) + 1)
    fold = np.empty(len(recordings), dtype=np.int64)
    for stretch in stretches:
        for number, block in enumerate(np.array_split(stretch, count)):
            fold[block] = number
    return fold
