"""Synthetic machines for the search's tests: small, seeded, and of known difficulty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.search import Budget
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording
from bitloop.targets import target

AXES, LENGTH = 2, 32
BUDGET = Budget(32 * 1024, 64 * 1024, target("cortex-m4f"))


def tone(seed: int, speed: float, count: int = 24, noise: float = 0.3) -> NDArray[np.float32]:
    """(count, LENGTH * AXES): a tone of `speed` turns per sample with noise."""
    rng = np.random.default_rng(seed)
    at = np.arange(LENGTH)[None, :, None]
    phase = rng.uniform(size=(count, 1, AXES))
    x = np.sin(2 * np.pi * (speed * at + phase)) + noise * rng.normal(size=(count, LENGTH, AXES))
    return np.float32(x).reshape(count, -1)


def dataset(kind: str, *recordings: Recording) -> Dataset:
    """A data set of these recordings."""
    return Dataset(kind, AXES, LENGTH, recordings)


def classes(noise: float = 0.3, count: int = 24) -> Dataset:
    """Three speeds, one recording each."""
    made = [Recording(f"r{n}", f"speed{n}", tone(n, 0.1 + 0.08 * n, count, noise)) for n in range(3)]
    return dataset("classes", *made)


def anomaly(abnormal: bool = True) -> Dataset:
    """Two recordings of a regular machine, and one that turns faster and rougher."""
    made = [Recording(f"r{n}", REGULAR, tone(n, 0.1, 30)) for n in range(2)]
    made += [Recording("bad", ABNORMAL, tone(9, 0.22, 30, 0.5))] if abnormal else []
    return dataset("anomaly", *made)


def extrapolation() -> Dataset:
    """One recording per speed; the target is the speed."""
    speeds = np.linspace(0.06, 0.3, 7)
    made = [Recording(f"r{n}", "", tone(n, v, 12), np.full(12, v, np.float32)) for n, v in enumerate(speeds)]
    return dataset("extrapolation", *made)


def screened() -> Dataset:
    """So many signals that candidates are screened on a sample first."""
    return classes(noise=2.0, count=220)
