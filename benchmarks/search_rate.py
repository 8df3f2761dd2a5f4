"""Evaluations per second and core of searches on synthetic sets: 4 classes, anomaly, outlier and extrapolation.

python benchmarks/search_rate.py [--seconds 10] [--jobs 1] [--json]
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass

import numpy as np

from bitloop.search import Budget, Progress, search
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording
from bitloop.targets import target

SIGNALS, LENGTH, AXES = 60, 128, 3


@dataclass(frozen=True, slots=True)
class Rate:
    """`worst_fold` shows that the evaluations were of use; `per_cpu_second` is known for one job only."""

    kind: str
    signals: int
    evaluations: int
    per_second_and_core: float
    per_cpu_second: float | None
    worst_fold: float
    seconds: float


def vibration(seed: int, speed: float, roughness: float) -> np.ndarray:
    """Signals of a machine: a tone that wavers, its third harmonic and noise, on every axis differently."""
    rng = np.random.default_rng(seed)
    turns = speed * (1 + 0.03 * rng.normal(size=(SIGNALS, 1, 1))) * np.arange(LENGTH)[None, :, None]
    phase = rng.uniform(size=(SIGNALS, 1, AXES))
    tone = np.sin(2 * np.pi * (turns + phase)) + 0.3 * np.sin(6 * np.pi * (turns + phase))
    noise = roughness * rng.normal(size=(SIGNALS, LENGTH, AXES))
    return np.float32(tone + noise).reshape(SIGNALS, -1)


def dataset(kind: str) -> Dataset:
    """A small set of that kind."""
    if kind == "classes":
        made = [(f"class{n}", vibration(n, 0.05 + 0.02 * n, 0.6), None) for n in range(4)]
    elif kind == "extrapolation":
        made = [("", vibration(n, 0.04 + 0.02 * n, 0.6), np.full(SIGNALS, n, np.float32)) for n in range(6)]
    else:
        made = [(REGULAR, vibration(1, 0.08, 0.5), None), (REGULAR, vibration(2, 0.08, 0.5), None)]
        made += [(ABNORMAL, vibration(3, 0.08, 0.8), None)] if kind == "anomaly" else []
    recordings = [Recording(f"{n}", label, x, targets) for n, (label, x, targets) in enumerate(made)]
    return Dataset(kind, AXES, LENGTH, tuple(recordings))


def measure(kind: str, seconds: float, jobs: int) -> Rate:
    """One search, the start of the workers included."""
    signals = dataset(kind)
    budget = Budget(32768, 65536, target("cortex-m4f"))
    clock: list[float] = []
    start, begun = time.monotonic(), time.process_time()

    def watch(progress: Progress) -> None:
        if progress.stage == "finishing":
            clock.append(time.process_time() - begun)

    result = search(signals, budget, seconds=seconds, jobs=jobs, progress=watch)
    spent = time.monotonic() - start
    alone = result.evaluations / clock[0] if jobs == 1 else None
    quality = result.best.quality
    return Rate(kind, signals.signals, result.evaluations, result.rate / jobs, alone, quality, spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="per kind")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    kinds = ("anomaly", "outlier", "classes", "extrapolation")
    rates = [measure(kind, chosen.seconds, chosen.jobs) for kind in kinds]
    if chosen.json:
        print(json.dumps([asdict(rate) for rate in rates], indent=2))
        return
    for rate in rates:
        alone = "" if rate.per_cpu_second is None else f" {rate.per_cpu_second:7.1f} /s of CPU"
        print(
            f"{rate.kind:14} {rate.signals:4} signals {rate.evaluations:6} evaluations"
            f" {rate.per_second_and_core:7.1f} /s/core{alone}"
            f"   worst fold {rate.worst_fold:.3f}"
        )


if __name__ == "__main__":
    main()
