"""How long the sampling finder takes on real logs, and what it finds: the whole command, start included. And how near
its fast models come to a search of the same signals.

    python -m benchmarks.sampling [--seconds 10] [--write]

`--write` also draws docs/sampling.svg. What the finder finds depends on the logs only; the seed is the searches'.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import page
from benchmarks.tasks import DATA

from bitloop.sampling import Cell, Settings, find
from bitloop.search import Budget, search
from bitloop.signals.dataset import Dataset, Recording
from bitloop.signals.decimation import lower
from bitloop.signals.reader import read_log
from bitloop.targets import target

PICTURE, DRAWN = page.ROOT / "docs" / "sampling.svg", "st_airblower"
COMPARED = (Cell(2, 16), Cell(5, 32), Cell(8, 16), Cell(8, 64))


@dataclass(frozen=True, slots=True)
class Logs:
    """`regular` names the files of an anomaly run; without it every file is a class."""

    name: str
    pattern: str
    rate: int
    regular: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        paths = sorted(DATA.glob(self.pattern))
        words = [str(path) for path in paths]
        if self.regular:
            kinds = ["--regular" if path.stem in self.regular else "--abnormal" for path in paths]
            words = [word for pair in zip(kinds, words, strict=True) for word in pair]
        return [*words, "--rate", str(self.rate)]


LOGS = (
    Logs("st_nailgun", "st_nailgun/log_*.csv", 960),
    Logs("st_airblower", "st_airblower/log_*.csv", 200),
    Logs("itsc_motor_current", "itsc_motor_current/log_rep1/*.csv", 1000),
    Logs(
        "st_airblower, clogged abnormal",
        "st_airblower/log_*.csv",
        200,
        ("log_off", "log_low_speed", "log_high_speed"),
    ),
    Logs("itsc_motor_current, faults abnormal", "itsc_motor_current/log_rep1/*.csv", 1000, ("healthy",)),
)


def run(arguments: Sequence[str]) -> tuple[float, dict[str, Any]]:
    """Seconds on the wall clock, and what the command printed."""
    began = time.monotonic()
    command = [sys.executable, "-c", "from bitloop.cli import main; main()", "sampling", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.monotonic() - began, json.loads(done.stdout)


def compared(seconds: float, seed: int) -> list[list[str]]:
    """Score of the finder and balanced accuracy of a search, cell by cell, on the logs of the air blower."""
    logs = [read_log(path, label=path.stem) for path in sorted(DATA.glob("st_airblower/log_*.csv"))]
    rows = []
    for cell in COMPARED:
        guess = find(logs, Settings(200.0, (cell.length,), (cell.division,))).scored[0].score
        made = []
        for log in logs:
            slow = lower(log.x, cell.division)
            whole = len(slow) // cell.length
            made.append(Recording(log.name, log.label, slow[: whole * cell.length].reshape(whole, -1)))
        dataset = Dataset("classes", 3, cell.length, tuple(made))
        best = search(
            dataset, Budget(32 * 1024, 64 * 1024, target("cortex-m4f")), seconds=seconds, seed=seed, jobs=1
        ).best
        found = float(best.metrics["balanced_accuracy"])
        name = f"{cell.length} at {200 / cell.division:g} Hz"
        rows.append([name, f"{guess:.3f}", f"{found:.3f}", best.family.replace("+", ", ").replace("_", " ")])
        print(*rows[-1], sep="; ", file=sys.stderr)
    return rows


def row(logs: Logs, seconds: float, told: dict[str, Any]) -> list[str]:
    """One line of the table."""
    promised, taken = told["promised"], told["recommended"]
    low, high = promised["interval"]
    cell = f"{taken['length']} at {taken['rate_hz']:.4g} Hz, {taken['seconds']:.3g} s" if taken else "none"
    return [
        logs.name,
        str(len(told["labels"])),
        f"{len(told['cells'])} of {len(told['cells']) + len(told['too_short'])}",
        f"{seconds:.1f}",
        cell,
        f"{promised['score']:.3f} ({low:.3f} to {high:.3f})",
        f"{max(c['score'] for c in told['cells']):.3f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each search")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    busy, rows = os.getloadavg()[0], []
    for logs in LOGS:
        rows.append(row(logs, *run(logs.arguments())))
        print(*rows[-1], sep="; ", file=sys.stderr)
    head = ["logs", "classes", "cells scored", "seconds", "recommended", "promised (95 %)", "best of the matrix"]
    section = f"{page.origin(chosen.seed)}; load average {busy:.1f} before it began.\n\n{page.table(head, rows)}"
    searched = compared(chosen.seconds, chosen.seed)
    section += f"\nst_airblower, {chosen.seconds:g} s of search with one job per row; both by balanced accuracy.\n\n"
    section += page.table(["samples per axis", "finder", "search", "by"], searched)
    if not chosen.write:
        print(section)
        return
    page.write("sampling", section)
    with TemporaryDirectory() as folder:
        run([*next(logs for logs in LOGS if logs.name == DRAWN).arguments(), "-o", folder])
        PICTURE.write_bytes((Path(folder) / "sampling.svg").read_bytes())


if __name__ == "__main__":
    main()
