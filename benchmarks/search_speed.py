"""How fast a search is, and how soon it is good: candidates per second and core, and the score over time.

    python -m benchmarks.search_speed [NAME ...] [--seconds 300] [--jobs 2] [--seed 1] [--write]

Without a name: liara_classes, 1365 signals of 576 values. Everything counts: starting the workers, linking
the finalists, all. A candidate counts once it was fitted and scored by the C kernels on signals held back; candidates
turned away for their size are not counted.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from benchmarks import page
from benchmarks.tasks import Task, named
from rich.console import Console

from bitloop.search import Budget, search
from bitloop.targets import target

MARKS = (5.0, 10.0, 20.0, 60.0, 120.0)


@dataclass(frozen=True, slots=True)
class Speed:
    """`shares` is the best score after so many seconds over the final one."""

    task: str
    signals: int
    values: int
    evaluations: int
    complete: int
    seconds: float
    per_second_and_core: float
    score: float
    shares: dict[float, float]


def run(task: Task, seconds: float, seed: int, jobs: int) -> Speed:
    """One search."""
    train = task.train
    budget = Budget(32 * 1024, 64 * 1024, target("cortex-m4f"))
    result = search(train, budget, seconds=seconds, seed=seed, jobs=jobs)
    final = result.history[-1].score
    shares = {mark: max([0.0, *(p.score for p in result.history if p.seconds <= mark)]) / final for mark in MARKS}
    return Speed(
        task.name,
        train.signals,
        train.axes * train.length,
        result.evaluations,
        result.complete,
        result.seconds,
        result.evaluations / result.seconds / jobs,
        result.best.score,
        shares,
    )


def text(rows: list[Speed], seed: int, jobs: int) -> str:
    """The section of the page."""
    head = ["task", "signals", "tried", "in all folds", "seconds", "per second and core", "final score"]
    head += [f"after {mark:g} s" for mark in MARKS]
    lines = [
        [
            row.task,
            f"{row.signals} x {row.values}",
            str(row.evaluations),
            str(row.complete),
            f"{row.seconds:.0f}",
            f"{row.per_second_and_core:.0f}",
            f"{row.score:.4f}",
            *(f"{100 * row.shares[mark]:.1f} %" for mark in MARKS),
        ]
        for row in rows
    ]
    return f"{page.origin(seed)}; {jobs} jobs.\n\n{page.table(head, lines)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["liara_classes"], help="tasks whose names contain one of these")
    parser.add_argument("--seconds", type=float, default=300.0, help="per task")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    rows = []
    for task in named(chosen.names):
        rows.append(run(task, chosen.seconds, chosen.seed, chosen.jobs))
        Console(stderr=True, highlight=False).print(rows[-1])
    section = text(rows, chosen.seed, chosen.jobs)
    if chosen.write:
        page.write("search speed", section)
    else:
        print(section)


if __name__ == "__main__":
    main()
