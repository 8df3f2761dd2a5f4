"""Signals as they might also have come: slightly varied ones, which must not change an answer, and simulated faults.

Faults are simulated only where the user has recorded none, so that one can compare how much different pipelines
notice at all. They decide which library is chosen, never where its limit lies.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bitloop.search.states import lasting_faults

Planar = NDArray[np.float64]
"""(signals, samples, axes)."""
Change = Callable[[Planar, Planar, np.random.Generator], Planar]
"""Signals, their own standard deviations (signals, 1, axes) and a generator to changed signals."""


def vary(x: NDArray[np.float32], axes: int, seed: int) -> NDArray[np.float32]:
    """Each signal shifted in time, larger or smaller, noisier and offset: some hardly, some a lot."""
    rng = np.random.default_rng([seed, 1])
    z, spread = _planar(x, axes)
    degree = rng.uniform(0.0, 0.8, (len(z), 1, 1))
    if z.shape[1] < 2:
        spread = np.broadcast_to(z.std(axis=0, keepdims=True), z.shape)
        return _flat(z + degree * spread * rng.normal(size=z.shape))
    middle = z.mean(axis=1, keepdims=True)
    gain = np.exp(degree * rng.choice([-1.0, 1.0], size=degree.shape))
    noise = degree * spread * rng.normal(size=z.shape)
    offset = degree * spread * rng.normal(size=spread.shape)
    turned = (np.arange(z.shape[1]) + rng.integers(z.shape[1], size=(len(z), 1))) % z.shape[1]
    return _flat(np.take_along_axis(middle + gain * (z - middle) + noise + offset, turned[:, :, None], axis=1))


def faults(x: NDArray[np.float32], axes: int, seed: int) -> NDArray[np.float32]:
    """One simulated fault per signal, every kind equally often; faults of states last (states.py)."""
    z, spread = _planar(x, axes)
    if z.shape[1] < 2:
        return _flat(lasting_faults(z[:, 0, :], seed)[:, None, :])
    rng = np.random.default_rng([seed, 2])
    out = z.copy()
    kinds = np.arange(len(z)) % len(_SIGNAL)
    for number, change in enumerate(_SIGNAL):
        mine = kinds == number
        if mine.any():
            out[mine] = change(z[mine], spread[mine], rng)
    return _flat(out)


def _grown(z: Planar, spread: Planar, rng: np.random.Generator) -> Planar:
    middle = z.mean(axis=1, keepdims=True)
    return np.asarray(middle + rng.uniform(1.4, 2.0, (len(z), 1, 1)) * (z - middle))


def _shrunk(z: Planar, spread: Planar, rng: np.random.Generator) -> Planar:
    middle = z.mean(axis=1, keepdims=True)
    return np.asarray(middle + rng.uniform(0.4, 0.7, (len(z), 1, 1)) * (z - middle))


def _rough(z: Planar, spread: Planar, rng: np.random.Generator) -> Planar:
    return z + rng.uniform(0.5, 1.0, (len(z), 1, 1)) * spread * rng.normal(size=z.shape)


def _tone(z: Planar, spread: Planar, rng: np.random.Generator) -> Planar:
    turns = rng.uniform(0.05, 0.45, (len(z), 1, 1)) * np.arange(z.shape[1])[None, :, None]
    phase = rng.uniform(0, 1, (len(z), 1, z.shape[2]))
    return z + rng.uniform(0.7, 1.4, (len(z), 1, 1)) * spread * np.sin(2 * np.pi * (turns + phase))


def _faster(z: Planar, spread: Planar, rng: np.random.Generator) -> Planar:
    return _stretched(z, rng.uniform(1.15, 1.4, len(z)))


def _slower(z: Planar, spread: Planar, rng: np.random.Generator) -> Planar:
    return _stretched(z, rng.uniform(0.7, 0.87, len(z)))


def _shocks(z: Planar, spread: Planar, rng: np.random.Generator) -> Planar:
    hit = rng.random((len(z), z.shape[1], 1)) < max(2.0 / z.shape[1], 0.03)
    sign = rng.choice([-1.0, 1.0], size=z.shape)
    return np.asarray(z + hit * rng.uniform(3, 5, (len(z), 1, 1)) * spread * sign)


def _stretched(z: Planar, speed: NDArray[np.float64]) -> Planar:
    """Played faster or slower by linear interpolation; what is missing at the end comes back from the start."""
    n = z.shape[1]
    at = (np.arange(n) * speed[:, None]) % (n - 1)
    low = at.astype(np.int64)
    part = (at - low)[:, :, None]
    before, after = (np.take_along_axis(z, (low + step)[:, :, None], axis=1) for step in (0, 1))
    stretched: Planar = before + part * (after - before)
    return stretched


_SIGNAL: tuple[Change, ...] = (_grown, _shrunk, _rough, _tone, _faster, _slower, _shocks)


def _planar(x: NDArray[np.float32], axes: int) -> tuple[Planar, Planar]:
    z = x.reshape(len(x), -1, axes).astype(np.float64)
    return z, z.std(axis=1, keepdims=True)


def _flat(z: Planar) -> NDArray[np.float32]:
    largest = float(np.finfo(np.float32).max)
    return np.ascontiguousarray(np.clip(z, -largest, largest).reshape(len(z), -1), dtype=np.float32)
