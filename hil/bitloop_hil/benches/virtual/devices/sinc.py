"""The arithmetic of a DFSDM's filters: sinc of first to fifth order or FastSinc, then a sum of several values.

A filter of order N that keeps every R-th value weighs N blocks of R samples. So samples are laid out as blocks, one
product of matrices weighs them all, and neighbouring blocks are added up: exact, as the weights are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
_EXACT = 1 << 53  # whole numbers that float64 tells apart
_FAST_SINC, _FAST_BLOCKS, _FAST_LAG = 0, 4, 2


@dataclass(frozen=True, slots=True)
class SincFilter:
    """FORD (0 is FastSinc), oversampling and length of the integrator, both from 1; `fast` as FAST of FLTxCR1."""

    order: int
    oversampling: int
    integrated: int = 1
    fast: bool = False

    @property
    def blocks(self) -> int:
        """How many blocks of samples one value of the sinc filter weighs; a filter that is bypassed has one."""
        if self.oversampling == 1:
            return 1
        return _FAST_BLOCKS if self.order == _FAST_SINC else self.order

    @property
    def lag(self) -> int:
        """Samples until the last one that counts has passed the filter (FORD in the formula for conversion times)."""
        if self.oversampling == 1:
            return 0
        return _FAST_LAG if self.order == _FAST_SINC else self.order

    @property
    def window(self) -> int:
        """Samples that a result is made of."""
        return self.oversampling * (self.integrated - 1 + self.blocks)

    @property
    def hop(self) -> int:
        """Samples from a result to the next: without `fast`, each begins with an empty filter."""
        return self.oversampling * self.integrated if self.fast else self.window + self.lag

    @property
    def gain(self) -> int:
        """The result of samples that are all 1."""
        return int(_weights(self.order, self.oversampling).sum()) * self.integrated

    def results(self, samples: Samples, count: int) -> NDArray[np.int32]:
        """The first `count` results of samples, in 32-bit registers that wrap."""
        if self.fast:  # one row of values follows another
            rows = samples[np.newaxis, : (count - 1) * self.hop + self.window]
        else:
            rows = samples[: count * self.hop].reshape(count, self.hop)[:, : self.window]
        values = self._values(rows.reshape(len(rows), -1, self.oversampling))
        results: NDArray[np.int64] = values.reshape(count, self.integrated).sum(axis=1)
        return results.astype(np.int32)

    def _values(self, laid_out: Samples) -> NDArray[np.int64]:
        """Values of the sinc filter from blocks of samples: (rows, blocks, samples) to (rows, values)."""
        weights = _weights(self.order, self.oversampling)
        exact = self.gain * (1 << 15) < _EXACT
        kind = np.float64 if exact else np.int64  # the slower one is for settings that overflow anyway
        weighed = (laid_out.astype(kind) @ weights.astype(kind)).astype(np.int64)
        count = laid_out.shape[1] - self.blocks + 1
        values = np.zeros((len(laid_out), count), np.int64)
        for block in range(self.blocks):
            values += weighed[:, block : block + count, block]
        return values


@cache
def _weights(order: int, oversampling: int) -> NDArray[np.int64]:
    """Weights of a sample by its place in its block, and by the block: (oversampling, blocks)."""
    if oversampling == 1:
        return np.ones((1, 1), np.int64)
    box = np.ones(oversampling, np.int64)
    weights = box
    for _ in range((order or 2) - 1):
        weights = np.convolve(weights, box)
    if order == _FAST_SINC:
        twice = np.zeros(2 * oversampling + 1, np.int64)
        twice[[0, -1]] = 1
        weights = np.convolve(weights, twice)
    blocks = -(-len(weights) // oversampling)
    padded = np.concatenate([np.zeros(blocks * oversampling - len(weights), np.int64), weights])
    return padded.reshape(blocks, oversampling).T
