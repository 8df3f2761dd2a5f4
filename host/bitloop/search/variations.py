"""Further examples to train with: each signal as it might also have come, a little later, larger or noisier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GAIN, SHIFT, STRETCH, NOISE = 0.15, 0.125, 0.08, 0.05
"""Standard deviation of the gain's logarithm; most of a shift in signal lengths, and of a change of speed; noise in
standard deviations."""


def variations(x: NDArray[np.float32], axes: int, seed: int, stretch: float = STRETCH) -> NDArray[np.float32]:
    """(signals, samples * axes), interleaved: one variation of each signal, row by row.

    The deviations from the mean of each axis are scaled, all axes alike; the signal is played a little faster or
    slower (by linear interpolation); what a shift uncovers repeats the edge.
    """
    rng = np.random.default_rng([seed, 9])
    z = x.reshape(len(x), -1, axes).astype(np.float64)
    samples = z.shape[1]
    middle, spread = z.mean(axis=1, keepdims=True), z.std(axis=1, keepdims=True)
    gain = np.exp(rng.normal(0.0, GAIN, (len(z), 1, 1)))
    most = int(SHIFT * samples)
    shift = rng.integers(-most, most + 1, len(z))
    noise = NOISE * spread * rng.normal(size=z.shape)
    rate = rng.uniform(1.0 - stretch, 1.0 + stretch, (len(z), 1))
    at = (samples / 2 + rate * (np.arange(samples) - samples / 2) + shift[:, None]).clip(0, samples - 1)
    low = np.minimum(at.astype(np.int64), max(0, samples - 2))
    part = (at - low)[:, :, None]
    changed = middle + gain * (z - middle) + noise
    before, after = (np.take_along_axis(changed, low[:, :, None] + step, axis=1) for step in (0, min(1, samples - 1)))
    made = before + part * (after - before)
    largest = float(np.finfo(np.float32).max)
    return np.ascontiguousarray(np.clip(made, -largest, largest).reshape(len(x), -1), dtype=np.float32)
