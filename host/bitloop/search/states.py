"""Simulated faults of machine states that come one sample at a time: they begin, last for many states, and end.

Sizes are drawn from slight to gross in units of what a variable does, mostly from one state to the next, that the
others do not explain. What happens to a machine mostly shows slightly in many of its variables, rather than grossly
in one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

States = NDArray[np.float64]
"""(states, variables), in order."""
LASTS = 200
"""States a fault lasts, where there are enough: machines break slowly, compared with how often they are looked at."""
FEWEST = 24
"""Faults to simulate, at least."""
SLIGHT, GROSS = 1.0, 12.0
"""Size of what happens to one variable, in units of its noise."""
SHARED = 0.35
"""Share of such a size that each variable has where something happens to all of them."""

Change = Callable[[States, States, NDArray[np.float64], np.random.Generator], States]
"""States of one fault, all states, the noise of each variable, and a generator to changed states."""


def lasting_faults(z: States, seed: int) -> States:
    """Every state as it would be during a fault; one kind after the other, each for a while."""
    rng = np.random.default_rng([seed, 3])
    lasts = lasting(len(z))
    out, own = z.copy(), _unexplained(np.diff(z, axis=0) / np.sqrt(2.0), z)
    if lasts < LASTS:  # few states: what is to be found has to stand out from all they do
        own = np.maximum(own, _unexplained(z - z.mean(axis=0), z))
    for number, start in enumerate(range(0, len(z), lasts)):
        part = slice(start, start + lasts)
        out[part] = _KINDS[number % len(_KINDS)](z[part].copy(), z, own, rng)
    return out


def lasting(states: int) -> int:
    """States each fault lasts, when so many are there."""
    return max(4, min(LASTS, states // FEWEST))


def _unexplained(off: States, z: States) -> NDArray[np.float64]:
    """(variables,): standard deviation of what the others do not explain of each, linearly."""
    spread = off.std(axis=0)
    scaled = off / np.where(spread > 0, spread, 1.0)
    cov = scaled.T @ scaled / len(off) + 1e-6 * np.eye(off.shape[1])
    own: NDArray[np.float64] = spread / np.sqrt(np.diag(np.linalg.inv(cov)))
    return np.where(spread > 0, own, 1e-3 * np.maximum(np.abs(z).max(axis=0), 1.0))


def _size(rng: np.random.Generator) -> float:
    return float(SLIGHT * (GROSS / SLIGHT) ** rng.random() * rng.choice([-1.0, 1.0]))


def _offset(part: States, z: States, own: NDArray[np.float64], rng: np.random.Generator) -> States:
    """One variable is off by the same amount throughout."""
    column = rng.integers(z.shape[1])
    part[:, column] += _size(rng) * own[column]
    return part


def _several(part: States, z: States, own: NDArray[np.float64], rng: np.random.Generator) -> States:
    """All variables are off, each by an amount of its own."""
    return part + SHARED * _size(rng) * own * rng.normal(size=z.shape[1])


def _drift(part: States, z: States, own: NDArray[np.float64], rng: np.random.Generator) -> States:
    """One variable drifts away."""
    column = rng.integers(z.shape[1])
    part[:, column] += np.linspace(0.3, 1.7, len(part)) * _size(rng) * own[column]
    return part


def _stuck(part: States, z: States, own: NDArray[np.float64], rng: np.random.Generator) -> States:
    """One variable stands still where it once was."""
    column = rng.integers(z.shape[1])
    part[:, column] = z[rng.integers(len(z)), column]
    return part


def _foreign(part: States, z: States, own: NDArray[np.float64], rng: np.random.Generator) -> States:
    """One variable goes as it did at another time."""
    column = rng.integers(z.shape[1])
    start = int(rng.integers(len(z)))
    part[:, column] = z[(start + np.arange(len(part))) % len(z), column]
    return part


def _rough(part: States, z: States, own: NDArray[np.float64], rng: np.random.Generator) -> States:
    """One variable is noisier."""
    column = rng.integers(z.shape[1])
    part[:, column] += abs(_size(rng)) * own[column] * rng.normal(size=len(part))
    return part


_KINDS: tuple[Change, ...] = (_several, _offset, _drift, _several, _foreign, _several, _stuck, _rough)
