"""Synthetic logs of which it is known what sampling they need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.log import Log

Wave = NDArray[np.float64]


def log(label: str, x: Wave, name: str = "") -> Log:
    """`x` (samples,) or (samples, axes) as a log of that label."""
    values = np.float32(x.reshape(len(x), -1))
    axes = values.shape[1]
    return Log(name or label, values, None, tuple(f"axis {n}" for n in range(1, axes + 1)), ("",) * axes, label)


def noise(seed: int, samples: int, axes: int = 1) -> Wave:
    """White, of spread 1."""
    return np.random.default_rng(seed).normal(size=(samples, axes))


def tones(hertz: dict[str, float], rate: float, samples: int, strength: float = 2.0) -> list[Log]:
    """A class per tone, in white noise."""
    at = np.arange(samples)[:, None] / rate
    return [
        log(label, strength * np.sin(2 * np.pi * f * at) + noise(n, samples))
        for n, (label, f) in enumerate(hertz.items())
    ]


def swells(hertz: dict[str, float], rate: float, samples: int) -> list[Log]:
    """The same noise that swells and fades, faster in one class than in the other; at any instant they are alike."""
    at = np.arange(samples)[:, None] / rate
    return [
        log(label, (1.0 + 0.9 * np.sin(2 * np.pi * f * at)) * noise(n, samples))
        for n, (label, f) in enumerate(hertz.items())
    ]


def alike(labels: str, samples: int, axes: int = 2) -> list[Log]:
    """Classes without any difference."""
    return [log(label, noise(n, samples, axes)) for n, label in enumerate(labels)]
