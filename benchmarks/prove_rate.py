"""Round trips per second of a proof on the virtual bench (and on QEMU where it is installed).

A round trip is one signal: sent over the link, judged on the emulated core, answered, and compared with the emulator.
Prints a table; asserts nothing.

    python -m benchmarks.prove_rate [seconds per row]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from bitloop.errors import ProbeError
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Stage
from bitloop.kernels.hann import Hann
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.statistics import Statistics
from bitloop.library.file import Library
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.proof import FAIL, Proof
from bitloop_hil.prove import Recipe, Signals, prove

AXES, LENGTH, BATCH = 3, 128, 50
BOARDS = (
    ("generic-cortex-m0plus", "virtual"),
    ("generic-cortex-m4f", "virtual"),
    ("generic-cortex-m7", "virtual"),
    ("b-l475e-iot01a", "virtual"),
    ("mps2-an386", "qemu"),
    ("mps2-an505", "qemu"),
)
PIPELINES: dict[str, tuple[Stage, ...]] = {
    "raw": (),
    "statistics": (Statistics(("rms", "peak_to_peak", "kurtosis")),),
    "spectrum": (RemoveMean(), Hann(), RfftMagnitude(), BandMean((1, 4, 12, 33, 65))),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """One row: a pipeline on a board."""

    pipeline: str
    proof: Proof
    signals: int
    seconds: float


def library(stages: tuple[Stage, ...]) -> Library:
    """A pipeline with the cheapest model, so that the row shows the link and the stages."""
    preprocessing = Preprocessing(AXES, LENGTH, (stages,))
    weights = np.random.default_rng(1).normal(size=preprocessing.features).astype(np.float32)
    return Library(Pipeline(preprocessing, Ridge(weights, 0.0)))


def rates(board: str, bench: str, seconds: float) -> Iterator[Rate]:
    """Proofs of growing length until one takes the time; a proof's start (flash, reset, greeting) counts too."""
    recipe, noise = Recipe(), np.random.default_rng(2)
    with open_board(board, bench) as opened:
        for name, stages in PIPELINES.items():
            found = library(stages)
            images = recipe.images(found, board_file(board))
            images(False)  # the compiler's time is not the bench's
            count, took = BATCH, 0.0
            while took < seconds:
                x = noise.normal(size=(count, AXES * LENGTH)).astype(np.float32)
                start = time.perf_counter()
                proof = prove(found, opened, images, Signals(x), recipe=recipe, hostile=False)
                took = time.perf_counter() - start
                if proof.error is not None:
                    raise proof.error
                rate, count = Rate(name, proof, count, took), count * 2
            yield rate


def main() -> int:
    """Measure and print; status 1 if any bit differed."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    table = Table(
        "board", "bench", "pipeline", "signals/s", "ticks per call", "unit", "bits differing", title="prove"
    )
    failed = False
    for board, bench in BOARDS:
        try:
            for rate in rates(board, bench, seconds):
                detect = rate.proof.detect
                ticks, unit = f"{detect.median}" if detect else "-", rate.proof.unit
                speed = f"{rate.signals / rate.seconds:.0f}"
                table.add_row(board, bench, rate.pipeline, speed, ticks, unit, str(rate.proof.differing))
                failed = failed or rate.proof.verdict == FAIL
        except ProbeError as error:
            table.add_row(board, bench, "-", "-", "-", str(error), "-")
    Console(width=110).print(table)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
