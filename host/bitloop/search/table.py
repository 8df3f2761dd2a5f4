"""The data set as the search sees it: one row per signal, with what it is and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import SearchError
from bitloop.kernels.base import Signals, Stage
from bitloop.kernels.pipeline import Preprocessing
from bitloop.native import host
from bitloop.signals.dataset import ABNORMAL, FEWEST, REGULAR, Dataset

Rows = NDArray[np.int64]
"""Row numbers of a table."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Every signal of a data set: `x` float32 (signals, samples * axes), `recording` its recording's number.

    `label` counts the names in `labels`: the classes in their order, or 0 regular and 1 abnormal. `targets` is
    float32 (signals,), zeros where the kind has none. `couple` is the number of each signal's couple: what one device
    learns and is judged by; all 0 where there is one only. `before` is done to a signal before all else.
    """

    kind: str
    axes: int
    length: int
    multi_sensor: bool
    labels: tuple[str, ...]
    x: NDArray[np.float32]
    recording: NDArray[np.int64]
    label: NDArray[np.int64]
    targets: NDArray[np.float32]
    couple: NDArray[np.int64]
    before: tuple[Stage, ...] = ()

    @staticmethod
    def of(dataset: Dataset) -> Table:
        """The table of a data set a search can work with; SearchError says what is missing."""
        labels = (REGULAR, ABNORMAL) if dataset.kind in ("anomaly", "outlier") else dataset.labels
        _check(dataset, labels)
        sizes = [len(r.x) for r in dataset.recordings]
        return Table(
            dataset.kind,
            dataset.axes,
            dataset.length,
            dataset.multi_sensor,
            labels,
            np.ascontiguousarray(np.concatenate([r.x for r in dataset.recordings]), dtype=np.float32),
            np.repeat(np.arange(len(sizes)), sizes),
            np.repeat([labels.index(r.label) for r in dataset.recordings], sizes),
            np.concatenate(
                [np.zeros(len(r.x), np.float32) if r.targets is None else r.targets for r in dataset.recordings]
            ),
            np.repeat([dataset.couples.index(r.couple) for r in dataset.recordings], sizes),
            dataset.before,
        )

    def seen(self, x: NDArray[np.float32]) -> Signals:
        """(signals, samples * axes) as the branches of every candidate see them: (signals, axes, samples)."""
        return Preprocessing(self.axes, self.length, ((),), before=self.before).begun(x, host())

    def take(self, rows: Rows) -> Table:
        """Some of the rows, in that order."""
        return replace(
            self,
            x=self.x[rows],
            recording=self.recording[rows],
            label=self.label[rows],
            targets=self.targets[rows],
            couple=self.couple[rows],
        )

    def rows(self, label: int) -> Rows:
        """Rows of a label, in the order of the data set."""
        return np.flatnonzero(self.label == label)

    @property
    def couples(self) -> int:
        """Number of couples."""
        return int(self.couple.max()) + 1

    @property
    def detects(self) -> bool:
        """Whether the question is what is regular, not which class or value a signal has."""
        return self.kind in ("anomaly", "outlier")

    @property
    def compares(self) -> bool:
        """Whether there is more than one kind of signal to tell apart."""
        return len(np.unique(self.label)) > 1


def _check(dataset: Dataset, labels: tuple[str, ...]) -> None:
    if dataset.kind not in FEWEST:
        raise SearchError(f"there is no search for kind {dataset.kind!r}; choose one of {', '.join(FEWEST)}")
    if not dataset.recordings:
        raise SearchError("the project has no recordings; add some with: bitloop add")
    for recording in dataset.recordings:
        _check_recording(dataset, recording.name, recording.x, recording.label, labels)
        if dataset.kind == "extrapolation" and recording.targets is None:
            raise SearchError(f"recording {recording.name!r} has no targets; begin each line with its target")
    if dataset.kind == "classes" and len(labels) < 2:
        raise SearchError("a classification needs at least two classes; add recordings of another one")
    needed = (REGULAR,) if dataset.kind in ("anomaly", "outlier") else labels
    for label in dict.fromkeys((*needed, *dataset.labels)):
        count, fewest = len(dataset.labelled(label)), FEWEST[dataset.kind] if label in needed else 2
        if count < fewest:
            of = f" of {label!r}" if label else ""
            raise SearchError(
                f"{count} signals{of} are too few to learn from and to test with; record at least {fewest}"
            )
    _check_couples(dataset)
    if dataset.kind == "extrapolation":
        targets = np.concatenate([r.targets for r in dataset.recordings if r.targets is not None])
        if len(np.unique(targets)) < 2:
            raise SearchError("every signal has the same target; record at several values of it")


def _check_couples(dataset: Dataset) -> None:
    """Each couple is learned and judged on its own."""
    if len(dataset.couples) < 2:
        return
    compares = ABNORMAL in dataset.labels
    for couple in dataset.couples:
        own = f"couple {couple!r}" if couple else "the couple without a name"
        count = sum(len(r.x) for r in dataset.recordings if (r.couple, r.label) == (couple, REGULAR))
        if count < FEWEST[dataset.kind]:
            raise SearchError(f"{own} has {count} regular signals; record at least {FEWEST[dataset.kind]}")
        if compares and not any((r.couple, r.label) == (couple, ABNORMAL) for r in dataset.recordings):
            raise SearchError(f"{own} has no abnormal signals and others have; add some, or leave the others away")


def _check_recording(
    dataset: Dataset, name: str, x: NDArray[np.float32], label: str, labels: tuple[str, ...]
) -> None:
    size = dataset.axes * dataset.length
    if x.ndim != 2 or x.shape[1] != size:
        raise SearchError(f"recording {name!r} has to have {size} numbers per signal, not shape {x.shape}")
    if not np.isfinite(x).all():
        raise SearchError(f"recording {name!r} has numbers that are not finite; remove those lines")
    if label not in labels:
        raise SearchError(f"recording {name!r} is labelled {label!r}; say one of {', '.join(labels)}")
