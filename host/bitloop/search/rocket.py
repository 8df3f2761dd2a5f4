"""Drawing the kernels of MiniRocket: dilations, channels and biases from training signals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals
from bitloop.kernels.minirocket import (
    AXES,
    QUANTUM,
    STEPS,
    TAPS,
    VALID,
    MiniRocket,
    channel,
    convolved,
    packed,
    quantised,
    spacing,
)

KERNELS = len(TAPS)
PARTS = 12
"""A set of 84 kernels is dealt to so many blocks; those of a block share channel and dilation, and so most work."""
CHANNELS = 9
"""Most axes a channel sums, as in the paper."""
HEADROOM = 16.0
"""Samples beyond so many standard deviations may be clipped."""
_GOLDEN = (5.0**0.5 + 1.0) / 2.0


def plan(given: Shape, features: int, difference: bool, seed: int) -> MiniRocket:
    """The kernels for signals of a shape, without what has to be fitted: all biases are 0.

    `features` is a multiple of 84. Dilations grow exponentially until a kernel spans the signal; with `difference`,
    every second block is of the steps from sample to sample.
    """
    sets, rest = divmod(features, KERNELS)
    if rest or not sets:
        raise LibraryError(f"MiniRocket has a multiple of {KERNELS} features, not {features}")
    if given.length < 9 + difference or given.axes > AXES:
        raise LibraryError(f"MiniRocket takes up to {AXES} axes of at least {9 + difference} samples")
    rng = np.random.default_rng([seed, features])
    blocks: dict[tuple[int, int], list[int]] = {}
    exponents = np.linspace(0.0, np.log2((given.length - 1 - difference) / 8), sets * PARTS)
    for number in range(sets):
        parts = np.array_split(rng.permutation(KERNELS), PARTS)
        for part, own in enumerate(parts):
            dilation = int(2.0 ** exponents[part * sets + number] + 1e-9)
            steps = STEPS if difference and (part + number) % 2 else 0
            valid = np.where((own + part + number) % 2, VALID, 0)
            key = (dilation | steps, _mask(rng, given.axes))
            blocks.setdefault(key, []).extend((packed(TAPS[own]) | valid).tolist())
    return MiniRocket(
        np.zeros(given.axes, dtype=np.float32),
        np.ones(given.axes, dtype=np.float32),
        np.array([mask for _, mask in blocks], dtype=np.uint32),
        np.array([dilation for dilation, _ in blocks], dtype=np.uint16),
        np.array([len(own) for own in blocks.values()], dtype=np.uint16),
        np.concatenate([np.array(own, dtype=np.uint16) for own in blocks.values()]),
        np.zeros(features, dtype=np.int32),
    )


def fit(x: Signals, features: int, seed: int, difference: bool = False) -> MiniRocket:
    """Kernels with biases from (signals, axes, length): quantiles of what they make of training signals drawn."""
    bare = plan(Shape(x.shape[1], x.shape[2]), features, difference, seed)
    offset, gain = levels(x)
    rng = np.random.default_rng([seed, features, 1])
    places = (np.arange(1, features + 1) * _GOLDEN) % 1.0
    biases = np.empty(features, dtype=np.int32)
    for block, own in enumerate(np.split(np.arange(features), np.cumsum(bare.counts)[:-1])):
        drawn = rng.integers(0, len(x), len(own))
        m = channel(quantised(x[drawn], offset, gain), int(bare.masks[block]), bool(bare.dilations[block] & STEPS))
        dilation = int(spacing(bare.dilations[block]))
        biases[own] = [
            _quantile(convolved(m[i : i + 1], dilation, int(bare.kernels[f]))[0], places[f])
            for i, f in enumerate(own)
        ]
    return MiniRocket(offset, gain, bare.masks, bare.dilations, bare.counts, bare.kernels, biases)


def _quantile(values: NDArray[np.int32], place: float) -> int:
    """The value with about that share of the others below it."""
    at = int(place * len(values))
    return int(np.partition(values, at)[at])


def levels(x: Signals) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean of each axis, and the gain that spreads its samples over the integers."""
    wide = x.astype(np.float64)
    mean = wide.mean(axis=(0, 2))
    reach = np.minimum(np.abs(wide - mean[:, None]).max(axis=(0, 2)), HEADROOM * wide.std(axis=(0, 2)))
    gain = np.where(reach > 1e-15, QUANTUM / np.maximum(reach, 1e-15), 0.0)
    return mean.astype(np.float32), gain.astype(np.float32)


def _mask(rng: np.random.Generator, axes: int) -> int:
    """A random set of axes, small ones more often: 2 to the power of something uniform."""
    count = int(2.0 ** rng.uniform(0.0, np.log2(min(axes, CHANNELS) + 1)))
    return int(sum(1 << int(a) for a in rng.choice(axes, count, replace=False)))
