"""The work: every cell of the matrix, scored on blocks of time that were held back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import SearchError
from bitloop.sampling.blocks import Block, blocks, share, signals
from bitloop.sampling.cell import Cell, cells
from bitloop.sampling.choose import choose
from bitloop.sampling.features import Described
from bitloop.sampling.models import Use, classify, strangeness
from bitloop.sampling.result import Advice, Result, Scored
from bitloop.sampling.settings import Settings, checked
from bitloop.search.metrics import balanced_accuracy, roc_auc
from bitloop.signals.decimation import lower
from bitloop.signals.log import Log

Progress = Callable[[int, int, Sequence[Scored]], None]
"""Told the number of cells done and of all, and what was scored so far."""

_STILL = 1e-30
"""A spread below which an axis does not move; float32 could not be divided by much less."""


@dataclass(frozen=True, slots=True, eq=False)
class _Signals:
    """All signals of a cell. `label` and `fold` (signals,); `whole` (folds,) as in `Scored.signals`."""

    x: Described
    label: NDArray[np.int64]
    fold: NDArray[np.int64]
    whole: NDArray[np.int64]


def find(logs: Sequence[Log], settings: Settings, progress: Progress | None = None) -> Result:
    """Score every cell the logs are long enough for, and recommend one.

    SearchError where the logs do not suit, or none is long enough for any cell. An interrupt ends the work and keeps
    what there is, once there is something. The result depends on the logs and the settings only.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    began = time.monotonic()
    labels = checked(logs, settings)
    parts, folds, whole = blocks(_same_units(logs), labels)
    shortest = _shortest(parts, labels, folds)
    work = cells(settings.lengths, settings.divisions)
    done: dict[Cell, Scored | None] = {}
    stopped = False
    with threadpool_limits(1):  # sums must not depend on the number of cores
        try:
            for cell, scored in _score_all(parts, folds, work, settings):
                done[cell] = scored
                if progress is not None:
                    progress(len(done), len(work), [s for s in done.values() if s is not None])
        except KeyboardInterrupt:
            stopped = True
        found = tuple(s for s in done.values() if s is not None)
        if not found and stopped:
            raise KeyboardInterrupt
        if not found:
            raise SearchError(_nothing(shortest, settings))
        advice = _advise(found, parts, folds, settings)
    too_short = tuple(cell for cell, scored in done.items() if scored is None)
    axes, seconds = logs[0].x.shape[1], time.monotonic() - began
    return Result(settings, labels, axes, folds, whole, found, too_short, shortest, advice, stopped, seconds)


def _same_units(logs: Sequence[Log]) -> list[Log]:
    """Every axis in units of its spread, the same for all logs; what is small is then small whatever the sensor."""
    spread = np.sqrt(np.mean([log.x.var(axis=0, dtype=np.float64) for log in logs], axis=0))
    units = np.where(spread > _STILL, spread, 1.0).astype(np.float32)
    return [replace(log, x=log.x / units) for log in logs]


def _shortest(parts: Sequence[Block], labels: Sequence[str], folds: int) -> tuple[str, int]:
    """The label that limits the length of signals, and the samples of its shortest fold."""
    rooms = {
        (label, fold): max((len(p.x) for p in parts if (p.label, p.fold) == (label, fold)), default=0)
        for label in range(len(labels))
        for fold in range(folds)
    }
    (label, _), room = min(rooms.items(), key=lambda item: item[1])
    return labels[label], room


def _nothing(shortest: tuple[str, int], settings: Settings) -> str:
    label, room = shortest
    least = min(settings.lengths) * min(settings.divisions)
    what = (
        f"the logs of {label} are too short: a block held back has {room} samples, and a signal takes {least} or more"
    )
    return f"{what}; record longer"


def _score_all(
    parts: Sequence[Block], folds: int, work: Sequence[Cell], settings: Settings
) -> Iterator[tuple[Cell, Scored | None]]:
    """Every cell with its scores, or None where it is too long for a block. A rate is made once for all lengths."""
    for division, own in groupby(work, key=lambda cell: cell.division):
        slow = [lower(part.x, division, low_pass=settings.low_pass) for part in parts]
        for cell in own:
            enough = _whole(parts, slow, cell.length, folds).all()
            yield cell, _score(cell, _cut(parts, slow, cell.length, folds), settings) if enough else None


def _whole(parts: Sequence[Block], slow: Sequence[NDArray[np.float32]], length: int, folds: int) -> NDArray[np.int64]:
    """(labels, folds): signals that lie end to end in the blocks `slow`, `parts` at a lower rate."""
    counts = np.zeros((1 + max(p.label for p in parts), folds), np.int64)
    for part, x in zip(parts, slow, strict=True):
        counts[part.label, part.fold] += len(x) // length
    return counts


def _cut(parts: Sequence[Block], slow: Sequence[NDArray[np.float32]], length: int, folds: int) -> _Signals:
    """All signals of a length from the blocks `slow`, of which every fold has one or more."""
    whole = _whole(parts, slow, length, folds)
    described, label, fold = [], [], []
    for number in range(len(whole)):
        own = [(part.fold, x) for part, x in zip(parts, slow, strict=True) if part.label == number]
        parted = np.bincount([place for place, _ in own])
        cut = [signals(x, length, share(len(whole), int(parted[place]))) for place, x in own]
        described.append(Described.of(np.concatenate(cut)))
        label.append(np.full(sum(map(len, cut)), number))
        fold += [np.full(len(taken), place) for (place, _), taken in zip(own, cut, strict=True)]
    joined = (Described.joined(described), np.concatenate(label), np.concatenate(fold))
    return _Signals(*joined, len(whole) * whole.min(axis=0))


def _score(cell: Cell, cut: _Signals, settings: Settings) -> Scored:
    folds = len(cut.whole)
    use: Use = "all" if settings.level else "swing"
    held = np.array([_judge(cut, {fold}, settings.anomaly, use)[0] for fold in range(folds)])
    inner = np.full((folds, folds), math.nan)
    for a, b in combinations(range(folds), 2):
        inner[b, a], inner[a, b] = _judge(cut, {a, b}, settings.anomaly, use)
    return Scored(cell, held, inner, cut.whole)


def _judge(cut: _Signals, folds: set[int], anomaly: bool, use: Use) -> list[float]:
    """Score on each of the folds, in ascending order, of a model that knows none of them."""
    out = np.isin(cut.fold, list(folds))
    train, test = np.flatnonzero(~out), np.flatnonzero(out)
    truth, places = cut.label[test], [cut.fold[test] == fold for fold in sorted(folds)]
    if anomaly:
        strange = strangeness(cut.x, train[cut.label[train] == 0], test, use)
        return [roc_auc(truth[own] == 1, strange[own]) for own in places]
    said, classes = classify(cut.x, cut.label, train, test, use), int(cut.label.max()) + 1
    return [balanced_accuracy(truth[own], said[own], classes) for own in places]


def _advise(found: Sequence[Scored], parts: Sequence[Block], folds: int, settings: Settings) -> Advice:
    choice = choose(found)
    taken, best = found[choice.taken], found[choice.best]
    slow = [lower(part.x, taken.cell.division, low_pass=settings.low_pass) for part in parts]
    cut = _cut(parts, slow, taken.cell.length, folds)
    level = float(np.mean([_judge(cut, {fold}, settings.anomaly, "level")[0] for fold in range(folds)]))
    promise = (choice.expected, choice.low, choice.high)
    return Advice(taken.cell, taken.score, *promise, choice.agreed, best.cell, best.score, level)
