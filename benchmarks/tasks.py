"""The tasks of the recordings: what to search with, what to judge by, and how."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.emulator import Answers, Emulator
from bitloop.library.file import Library
from bitloop.search.metrics import balanced_accuracy, r2, roc_auc
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

Signals = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Task:
    """One task of tasks.json; `data` is its entry there."""

    name: str
    kind: str
    axes: int
    metric: str
    goal: float
    reference: float
    multi_sensor: bool
    data: Mapping[str, Any]

    @property
    def train(self) -> Dataset:
        """Everything the search may look at."""
        given = self.data["train"]
        if self.kind == "extrapolation":
            files = {"": [given]}
        elif self.kind == "outlier":
            files = {REGULAR: [given]}
        elif self.kind == "classes":
            files = {label: [name] for label, name in given.items()}
        else:
            files = {REGULAR: given["regular"], ABNORMAL: given["abnormal"]}
        recordings = []
        for label, names in files.items():
            for name in names:
                x = read(name)
                targets = x[:, 0].copy() if self.kind == "extrapolation" else None
                x = x[:, 1:] if self.kind == "extrapolation" else x
                recordings.append(Recording(Path(name).stem, label, np.ascontiguousarray(x), targets))
        length = recordings[0].x.shape[1] // self.axes
        return Dataset(self.kind, self.axes, length, tuple(recordings), self.multi_sensor)


def tasks() -> list[Task]:
    """Every task, in the order of the file."""
    found = json.loads((DATA / "tasks.json").read_text(encoding="utf-8"))["tasks"]
    return [
        Task(
            t["name"],
            t["kind"],
            t["axes"],
            t["metric"],
            t["goal"],
            t["reference"],
            bool(t.get("multi_sensor", False)),
            t,
        )
        for t in found
    ]


def read(name: str) -> Signals:
    """A file of the recordings: float32 (lines, numbers)."""
    return np.loadtxt(DATA / name, delimiter=",", dtype=np.float32, ndmin=2)


def judge(task: Task, library: Library) -> float:
    """The task's metric on its test files, by the C kernels, exactly as a board would run the library."""
    return _JUDGES[task.kind](task, library)


def _started(library: Library) -> Emulator:
    emulator = Emulator(library, native=True)
    emulator.init()
    return emulator


def _classes(task: Task, library: Library) -> float:
    emulator, files = _started(library), task.data["test"]
    x = {label: read(name) for label, name in files.items()}
    truth = np.repeat([library.classes.index(label) for label in x], [len(rows) for rows in x.values()])
    said = emulator.detect(np.concatenate(list(x.values()))).class_id
    assert said is not None
    return balanced_accuracy(truth, said.astype(np.int64), len(library.classes))


def _values(task: Task, library: Library) -> float:
    lines = read(task.data["test"])
    value = _started(library).detect(np.ascontiguousarray(lines[:, 1:])).value
    assert value is not None
    return r2(lines[:, 0], value)


def _outlier(task: Task, library: Library) -> float:
    emulator, test = _started(library), task.data["test"]
    parts = [[read(test["regular"][0])], [read(name) for name in test["outlier"]]]
    truth = np.repeat([0, 1], [sum(map(len, part)) for part in parts])
    said = emulator.detect(np.concatenate([*parts[0], *parts[1]])).is_outlier
    assert said is not None
    return balanced_accuracy(truth, said.astype(np.int64), 2)


def _anomaly(task: Task, library: Library) -> float:
    if "sequences" in task.data:
        return _sequences(task, library)
    test = task.data["test"]
    regular = [_similarity(task, library, read(name)) for name in test["regular"]]
    abnormal = [_similarity(task, library, read(name)) for name in test["abnormal"]]
    if task.metric == "balanced_accuracy_at_90":
        return float(np.mean(np.concatenate(regular) >= 90) + np.mean(np.concatenate(abnormal) < 90)) / 2
    distance = 100.0 - np.concatenate([*regular, *abnormal])
    return roc_auc(np.arange(len(distance)) >= sum(map(len, regular)), distance)


def _similarity(task: Task, library: Library, x: Signals) -> NDArray[np.float64]:
    """Of a file's signals, after learning every regular training signal."""
    emulator = _started(library)
    for name in task.data["train"]["regular"]:
        emulator.learn(read(name))
    return _of(emulator.detect(x))


def _sequences(task: Task, library: Library) -> float:
    """Per file: learn the first lines, score the rest against its labels."""
    count, scores = int(task.data["learn_lines"]), []
    for path in sorted(DATA.glob(task.data["sequences"])):
        x = np.loadtxt(path, delimiter=",", dtype=np.float32, ndmin=2)
        labels = np.loadtxt(path.with_suffix(".labels"), dtype=np.int64)[count:]
        emulator = _started(library)
        emulator.learn(x[:count])
        distance = 100.0 - _of(emulator.detect(x[count:]))
        if 0 < labels.sum() < len(labels):
            scores.append(roc_auc(labels == 1, distance))
    return float(np.mean(scores))


def _of(answers: Answers) -> NDArray[np.float64]:
    assert answers.similarity is not None
    return answers.similarity.astype(np.float64)


_JUDGES = {"classes": _classes, "extrapolation": _values, "outlier": _outlier, "anomaly": _anomaly}


def named(names: Sequence[str]) -> list[Task]:
    """The tasks whose names contain one of these; all without any."""
    return [task for task in tasks() if not names or any(name in task.name for name in names)]
