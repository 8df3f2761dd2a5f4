"""How well searches do on signals they never saw: every task of the recordings, searched once, judged once.

A search gets the train files only. The library it chooses is then run on the test files by the C kernels, exactly as
a board would run it: anomaly libraries learn the regular train files (SKAB: the first lines of each run) first.

    python -m benchmarks.accuracy [NAME ...] [--seconds 300] [--jobs 2] [--seed 1] [--keep FOLDER] [--write]

`--keep` puts each row and library into a folder as soon as it is there, and does not search again for rows found
there. `--write` writes the table to docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import page
from benchmarks.tasks import Task, judge, named
from rich.console import Console

from bitloop.library.file import Library
from bitloop.search import Budget, search
from bitloop.targets import target

RAM, FLASH, TARGET = 32 * 1024, 64 * 1024, "cortex-m4f"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `got` is what the goal is about, `expected` what cross-validation said."""

    task: str
    kind: str
    metric: str
    goal: float
    reference: float
    got: float
    expected: float
    score: float
    pipeline: str
    knowledge: int
    flash: int
    ram: int
    cycles: int
    evaluations: int
    rate_per_core: float
    seconds: float
    seconds_to_90: float
    stopped: str

    @property
    def passed(self) -> bool:
        return self.got >= self.goal


def run(task: Task, seconds: float, seed: int, jobs: int) -> tuple[Row, Library]:
    """Search on the train files, judge the winner on the test files."""
    result = search(task.train, Budget(RAM, FLASH, target(TARGET)), seconds=seconds, seed=seed, jobs=jobs)
    best = result.best
    near = next((p.seconds for p in result.history if p.score >= 0.9 * best.score), result.seconds)
    row = Row(
        task.name,
        task.kind,
        task.metric,
        task.goal,
        task.reference,
        judge(task, best.library),
        best.quality,
        best.score,
        best.pipeline,
        best.knowledge_bytes,
        best.flash_bytes,
        best.ram_bytes,
        best.cycles,
        result.evaluations,
        result.rate / jobs,
        result.seconds,
        near,
        result.stopped,
    )
    return row, best.library


def kept(task: Task, folder: Path | None, seconds: float, seed: int, jobs: int) -> Row:
    """The row of a task, from the folder if it is there."""
    path = folder / f"{task.name}.json" if folder else None
    if path is not None and path.exists():
        return Row(**json.loads(path.read_text(encoding="utf-8")))
    row, library = run(task, seconds, seed, jobs)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        library.save(path.with_suffix(".library.json"))
        path.write_text(json.dumps(asdict(row), indent=2), encoding="utf-8")
    return row


def text(rows: list[Row], seconds: float, seed: int, jobs: int) -> str:
    """The section of the page."""
    names = "task,metric,goal,without limits,got,,worst fold,pipeline,knowledge,flash,RAM,tried,/s/core"
    head = names.split(",")
    lines = [
        [
            row.task,
            row.metric.replace("_", " "),
            f"{row.goal:g}",
            f"{row.reference:g}",
            f"{row.got:.3f}",
            "met" if row.passed else "**missed**",
            f"{row.expected:.3f}",
            row.pipeline,
            f"{row.knowledge} B",
            f"{row.flash} B",
            f"{row.ram} B",
            str(row.evaluations),
            f"{row.rate_per_core:.0f}",
        ]
        for row in rows
    ]
    met = sum(row.passed for row in rows)
    return (
        f"{page.origin(seed)}; at most {seconds:g} s of search per task with {jobs} jobs, {RAM // 1024} KiB of RAM,"
        f" {FLASH // 1024} KiB of flash, {TARGET}. {met} of {len(rows)} goals met.\n\n{page.table(head, lines)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="tasks whose names contain one of these")
    parser.add_argument("--seconds", type=float, default=300.0, help="per task")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    console = Console(stderr=True, highlight=False)
    rows = []
    for task in named(chosen.names):
        row = kept(task, chosen.keep, chosen.seconds, chosen.seed, chosen.jobs)
        rows.append(row)
        console.print(
            f"{row.task:30} {row.got:.4f} (goal {row.goal:g}, {'met' if row.passed else 'MISSED'}) worst fold"
            f" {row.expected:.4f}, {row.evaluations} tried, {row.rate_per_core:.0f}/s/core, {row.pipeline}"
        )
    section = text(rows, chosen.seconds, chosen.seed, chosen.jobs)
    if chosen.write:
        page.write("accuracy", section)
    else:
        print(section)


if __name__ == "__main__":
    main()
