"""How well searches do on signals they never saw: five tasks on real recordings, each searched once, scored once.

The search gets the train files only. The chosen library is then run on the test files by the C kernels, exactly as a
board would run it: anomaly libraries learn the regular train files first.

    python benchmarks/accuracy.py --seconds 60 --jobs 2 --seed 1 [--only NAME] [--json]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bitloop.emulator import Emulator
from bitloop.library.codegen import describe
from bitloop.library.file import Library
from bitloop.search import Budget, search
from bitloop.search.metrics import balanced_accuracy, r2
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording
from bitloop.targets import target

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RAM, FLASH = 32 * 1024, 64 * 1024
Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Task:
    """A search and its test: files by label, for extrapolation one file under an empty label."""

    name: str
    kind: str
    axes: int
    length: int
    train: dict[str, tuple[str, ...]]
    test: dict[str, tuple[str, ...]]
    goal: float


TASKS = (
    Task(
        "airblower classes",
        "classes",
        3,
        128,
        {c: (f"st_airblower/train_{c}",) for c in ("clogged", "high_speed", "low_speed", "off")},
        {c: (f"st_airblower/test_{c}",) for c in ("clogged", "high_speed", "low_speed", "off")},
        0.99,
    ),
    Task(
        "airblower anomaly",
        "anomaly",
        3,
        128,
        {
            REGULAR: ("st_airblower/train_low_speed", "st_airblower/train_high_speed"),
            ABNORMAL: ("st_airblower/train_clogged",),
        },
        {
            REGULAR: ("st_airblower/test_low_speed", "st_airblower/test_high_speed"),
            ABNORMAL: ("st_airblower/test_clogged",),
        },
        0.95,
    ),
    Task(
        "har classes",
        "classes",
        3,
        64,
        {c: (f"st_har/train_{c}",) for c in ("running", "stationary", "walking")},
        {c: (f"st_har/test_{c}",) for c in ("running", "stationary", "walking")},
        0.99,
    ),
    Task(
        "fan speed",
        "extrapolation",
        3,
        128,
        {"": ("uci_fan_speed/extrap_train",)},
        {"": ("uci_fan_speed/extrap_test_time",)},
        0.95,
    ),
    Task(
        "fan outlier",
        "outlier",
        3,
        64,
        {REGULAR: ("st_hsd_fan/train_fan_on",)},
        {REGULAR: ("st_hsd_fan/test_fan_on",), ABNORMAL: ("st_hsd_fan/test_fan_fault",)},
        0.95,
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `got` is what the goal is about; `scores` has the rest."""

    task: str
    metric: str
    goal: float
    got: float
    passed: bool
    expected: float
    pipeline: str
    knowledge: int
    flash: int
    ram: int
    evaluations: int
    rate_per_core: float
    seconds: float
    scores: Scores


def dataset(task: Task, files: dict[str, tuple[str, ...]]) -> Dataset:
    """The recordings of some files of a task."""
    recordings = []
    for label, names in files.items():
        for name in names:
            x = np.loadtxt(DATA / f"{name}.csv", delimiter=",", dtype=np.float32, ndmin=2)
            targets = x[:, 0].copy() if task.kind == "extrapolation" else None
            x = x[:, 1:] if task.kind == "extrapolation" else x
            recordings.append(Recording(name, label, np.ascontiguousarray(x), targets))
    return Dataset(task.kind, task.axes, task.length, tuple(recordings))


def run(task: Task, seconds: float, seed: int, jobs: int, note: Callable[[str], None]) -> Row:
    """Search on the train files, score the winner on the test files."""
    train, test = dataset(task, task.train), dataset(task, task.test)
    budget = Budget(RAM, FLASH, target("cortex-m4f"))
    result = search(train, budget, seconds=seconds, seed=seed, jobs=jobs)
    best = result.best
    metric, got, scores = judge(best.library, train, test)
    note(f"{task.name}: {metric} {got:.4f}")
    return Row(
        task.name,
        metric,
        task.goal,
        got,
        got >= task.goal,
        best.quality,
        describe(best.library),
        best.knowledge_bytes,
        best.flash_bytes,
        best.ram_bytes,
        result.evaluations,
        result.rate / jobs,
        result.seconds,
        scores,
    )


def judge(library: Library, train: Dataset, test: Dataset) -> tuple[str, float, Scores]:
    """Name and value of the metric, and the numbers behind it."""
    emulator = Emulator(library, native=True)
    emulator.init()
    if library.kind == "extrapolation":
        x, truth = test.recordings[0].x, test.recordings[0].targets
        value = emulator.detect(x).value
        assert truth is not None and value is not None
        return "R2", r2(truth, value), {"mae": float(np.mean(np.abs(truth - value)))}
    if library.kind == "anomaly":
        emulator.learn(train.labelled(REGULAR))
    names = library.classes or (REGULAR, ABNORMAL)
    truth = np.repeat([names.index(r.label) for r in test.recordings], [len(r.x) for r in test.recordings])
    said = _labels(emulator, np.concatenate([r.x for r in test.recordings]))
    shares = {n: float(np.mean(said[truth == i] == i)) for i, n in enumerate(names)}
    if library.kind == "outlier":
        return "least recall", min(shares.values()), shares
    return "balanced accuracy", balanced_accuracy(truth, said, len(names)), shares


def _labels(emulator: Emulator, x: NDArray[np.float32]) -> NDArray[np.int64]:
    answers = emulator.detect(x)
    if answers.class_id is not None:
        return answers.class_id.astype(np.int64)
    if answers.is_outlier is not None:
        return answers.is_outlier.astype(np.int64)
    assert answers.similarity is not None
    return (answers.similarity < 90).astype(np.int64)


def table(rows: list[Row]) -> Table:
    """The rows to read."""
    shown = Table(
        "task", "metric", "goal", "got", "worst fold", "pipeline", "knowledge", "flash", "RAM", "tried", "/s/core"
    )
    for row in rows:
        colour = "green" if row.passed else "red"
        shown.add_row(
            row.task,
            row.metric,
            f"{row.goal:.2f}",
            f"[{colour}]{row.got:.4f}[/]",
            f"{row.expected:.4f}",
            row.pipeline,
            str(row.knowledge),
            str(row.flash),
            str(row.ram),
            str(row.evaluations),
            f"{row.rate_per_core:.0f}",
        )
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="per task")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="tasks whose name contains this")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    console = Console(stderr=True)
    tasks = [task for task in TASKS if chosen.only in task.name]
    rows = [run(task, chosen.seconds, chosen.seed, chosen.jobs, console.print) for task in tasks]
    if chosen.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        Console(width=200).print(table(rows))


if __name__ == "__main__":
    main()
