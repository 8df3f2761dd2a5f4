"""Every library `benchmarks.accuracy --keep FOLDER` found, proven bit for bit on an M4F and an M0+ board.

    python -m benchmarks.prove_tasks FOLDER [--signals 60] [--write]

Signals are training signals, spread over the files. Sizes are those the search stated over those of the library built
and linked again.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks import page
from benchmarks.tasks import Task, tasks
from rich.console import Console

from bitloop.library.file import Library
from bitloop.library.sizes import measure
from bitloop.signals.dataset import REGULAR
from bitloop.targets import target
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.prove import Recipe, Signals, prove

BOARDS = ("generic-cortex-m4f", "generic-cortex-m0plus")


@dataclass(frozen=True, slots=True)
class Row:
    """A library: verdict, bits that differed and cycles of a call on each board, and stated over linked sizes."""

    task: str
    verdicts: tuple[str, ...]
    differing: tuple[int, ...]
    cycles: tuple[int, ...]
    flash: float
    ram: float


def signals(task: Task, library: Library, count: int) -> Signals:
    """Signals to learn, where the library learns, and `count` to judge, evenly from all training signals."""
    train = task.train
    x = np.concatenate([recording.x for recording in train.recordings])
    chosen = np.ascontiguousarray(x[np.linspace(0, len(x) - 1, min(count, len(x))).astype(np.int64)])
    if library.kind != "anomaly":
        return Signals(chosen)
    return Signals(chosen, train.labelled(REGULAR)[: max(library.learning, count)])


def run(task: Task, library: Library, count: int) -> Row:
    """Prove one library on every board."""
    recipe, proofs = Recipe(), []
    for name in BOARDS:
        with open_board(name, "virtual") as board:
            images = recipe.images(library, board_file(name))
            proofs.append(prove(library, board, images, signals(task, library, count), recipe=recipe, native=True))
        if proofs[-1].error is not None:
            raise proofs[-1].error
    stated, linked = library.report["sizes"], measure(library, target("cortex-m4f"))
    return Row(
        task.name,
        tuple(proof.verdict for proof in proofs),
        tuple(proof.differing for proof in proofs),
        tuple(proof.detect.median if proof.detect else 0 for proof in proofs),
        stated["flash"] / linked.flash,
        stated["ram"] / linked.ram,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--signals", type=int, default=60)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    rows = []
    for task in tasks():
        path = chosen.folder / f"{task.name}.library.json"
        if path.exists():
            rows.append(run(task, Library.load(path), chosen.signals))
            Console(stderr=True, highlight=False).print(rows[-1])
    head = [
        "task",
        *(f"{name}: verdict, bits differing, cycles" for name in BOARDS),
        "stated over linked: flash, RAM",
    ]
    lines = [
        [
            row.task,
            *(f"{v}, {d}, {c}" for v, d, c in zip(row.verdicts, row.differing, row.cycles, strict=True)),
            f"{row.flash:.3f}, {row.ram:.3f}",
        ]
        for row in rows
    ]
    section = f"{page.origin(1)}; {chosen.signals} signals each.\n\n{page.table(head, lines)}"
    if chosen.write:
        page.write("proofs", section)
    else:
        print(section)
    return int(any(verdict != "PASS" for row in rows for verdict in row.verdicts))


if __name__ == "__main__":
    sys.exit(main())
