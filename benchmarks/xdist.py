"""How much faster two workers of pytest-xdist with two virtual boards prove than one worker does.

Writes a rig of two boards and a file of tests into a temporary folder and runs pytest on it, by turns with one worker
and with two. The images are built and the workers' imports are warm before the clock starts. Prints a table; asserts
nothing. Meant for a machine with two idle cores.

    python -m benchmarks.xdist [tests] [rounds]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.hann import Hann
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.ridge import Ridge
from bitloop.library.file import Library

BOARD = "generic-cortex-m0plus"
AXES, LENGTH, SIGNALS = 3, 128, 100
RIG = "".join(f'[places.{name}]\nboard = "{BOARD}"\nbench = "virtual"\n' for name in ("left", "right"))
TESTS = """\
import pytest
@pytest.mark.parametrize("number", range({tests}))
def test_parity(prove, number):
    prove("lib.json", count={signals}, native=True)
"""


def library() -> Library:
    """A spectrum, in software floats on this core: the board has to work for its answers."""
    stages = (RemoveMean(), Hann(), RfftMagnitude(), BandMean((1, 4, 12, 33, 65)))
    preprocessing = Preprocessing(AXES, LENGTH, (stages,))
    weights = np.random.default_rng(1).normal(size=preprocessing.features).astype(np.float32)
    return Library(Pipeline(preprocessing, Ridge(weights, 0.0)))


def seconds(folder: Path, workers: int) -> float:
    """Wall time of one run of all tests, start of pytest and its workers included."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "bitloop_hil.pytest_plugin", "-p", "no:cacheprovider"]
    command += ["--bl-rig", "rig.toml", "-n", str(workers)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "BITLOOP_RIG"))}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    return took


def main() -> int:
    """Measure and print."""
    tests, rounds = (int(given) for given in (*sys.argv[1:], *("48", "3")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library().save(folder / "lib.json")
        (folder / "rig.toml").write_text(RIG, encoding="utf-8")
        (folder / "test_warm.py").write_text(TESTS.format(tests=1, signals=1), encoding="utf-8")
        seconds(folder, 2)
        (folder / "test_warm.py").unlink()
        (folder / "test_parity.py").write_text(TESTS.format(tests=tests, signals=SIGNALS), encoding="utf-8")
        took: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for workers, times in took.items():
                times.append(seconds(folder, workers))
    table = Table(
        "workers", "boards", "tests", "seconds (median)", "all", title=f"pytest -n, {BOARD} x {SIGNALS} signals"
    )
    for workers, times in took.items():
        middle, every = f"{statistics.median(times):.1f}", " ".join(f"{t:.1f}" for t in times)
        table.add_row(str(workers), str(workers), str(tests), middle, every)
    Console(width=110).print(table)
    ratios = [one / two for one, two in zip(took[1], took[2], strict=True)]
    Console(width=110).print(
        f"two are {statistics.median(ratios):.2f} times as fast as one (median of {rounds} rounds)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
