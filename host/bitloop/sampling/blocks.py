"""Blocks of time: what is held back together, and the signals cut from each.

Signals that follow each other resemble each other, so a signal of a block is judged by models that know nothing of
the block. Blocks are filtered and cut on their own; no sample, and no filter, reaches from one into another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.log import Log

FOLDS, FEWEST_LOGS = 5, 3
"""Blocks a log is cut into; and logs of every label from which on whole logs are held back instead."""
MOST, FEWEST = 128, 8
"""Signals taken from one fold, shared by its labels, but this many of each if there are so many. They overlap by up
to three quarters where blocks are short."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A stretch of a log: `x` float32 (samples, axes). `label` and `fold` count from 0."""

    label: int
    fold: int
    x: NDArray[np.float32]


def blocks(logs: Sequence[Log], labels: Sequence[str]) -> tuple[tuple[Block, ...], int, bool]:
    """All blocks, the number of folds, and whether a block is a whole log.

    Logs recorded apart tell more than parts of one log: with three or more of every label, whole logs are held back.
    """
    own = [[log for log in logs if log.label == label] for label in labels]
    fewest = min(map(len, own))
    whole = fewest >= FEWEST_LOGS
    folds = min(FOLDS, fewest) if whole else FOLDS
    made = []
    for number, members in enumerate(own):
        for at, log in enumerate(members):
            parts = [log.x] if whole else np.array_split(log.x, folds)
            made += [Block(number, at % folds if whole else fold, part) for fold, part in enumerate(parts)]
    return tuple(made), folds, whole


def share(labels: int, parts: int) -> int:
    """Signals taken from each of so many blocks of one label and fold."""
    return max(1, max(FEWEST, MOST // labels) // parts)


def signals(x: NDArray[np.float32], length: int, most: int) -> NDArray[np.float32]:
    """(signals, axes, length): at most `most` spread evenly over x, (samples, axes); none where it is too short."""
    if len(x) < length:
        return np.empty((0, x.shape[1], length), dtype=np.float32)
    room = len(x) - length
    count = min(most, 1 + 4 * room // length)
    at = np.unique(np.linspace(0, room, count).astype(np.int64))
    return np.lib.stride_tricks.sliding_window_view(x, length, axis=0)[at]
