"""Further examples to train with: each signal as it might also have come, a little later, larger or noisier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GAIN, SHIFT, NOISE = 0.15, 0.125, 0.05
"""Standard deviation of the gain's logarithm, most of a shift in signal lengths, noise in standard deviations."""


def variations(x: NDArray[np.float32], axes: int, seed: int) -> NDArray[np.float32]:
    """(signals, samples * axes), interleaved: one variation of each signal, row by row.

    The deviations from the mean of each axis are scaled, all axes alike; what a shift uncovers repeats the edge.
    """
    rng = np.random.default_rng([seed, 9])
    z = x.reshape(len(x), -1, axes).astype(np.float64)
    samples = z.shape[1]
    middle, spread = z.mean(axis=1, keepdims=True), z.std(axis=1, keepdims=True)
    gain = np.exp(rng.normal(0.0, GAIN, (len(z), 1, 1)))
    most = int(SHIFT * samples)
    shift = rng.integers(-most, most + 1, len(z))
    noise = NOISE * spread * rng.normal(size=z.shape)
    at = (np.arange(samples)[None, :] + shift[:, None]).clip(0, samples - 1)
    made = np.take_along_axis(middle + gain * (z - middle) + noise, at[:, :, None], axis=1)
    largest = float(np.finfo(np.float32).max)
    return np.ascontiguousarray(np.clip(made, -largest, largest).reshape(len(x), -1), dtype=np.float32)
