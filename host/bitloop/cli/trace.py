"""A signal as a line of dots: Braille characters have two columns of four each, so a few rows show its shape."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_BLANK = 0x2800
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)


def trace(x: NDArray[np.float64], wide: int, high: int) -> list[str]:
    """One axis of at least one sample, as `high` rows of `wide` characters, the largest value on top.

    Every column of dots reaches from the smallest to the largest of its samples, and to its neighbour.
    """
    columns, rows = 2 * wide, 4 * high
    low, span = x.min(), np.ptp(x)
    level = np.rint((x - low) / span * (rows - 1)) if span > 0 else np.full(len(x), rows // 2)
    edges = np.arange(columns + 1) * len(x) // columns
    pieces = [level[min(a, len(x) - 1) : max(b, a + 1)] for a, b in pairwise(edges)]
    bottom, top = (np.array([end(piece) for piece in pieces]) for end in (np.min, np.max))
    bottom[1:], top[1:] = np.minimum(bottom[1:], top[:-1]), np.maximum(top[1:], bottom[:-1])
    row = np.arange(rows - 1, -1, -1)[:, None]
    dots = (row >= bottom) & (row <= top)
    cells = dots.reshape(high, 4, wide, 2).transpose(0, 2, 1, 3) * _DOTS
    codes = cells.reshape(high, wide, -1).sum(axis=2) + _BLANK
    return ["".join(map(chr, each)) for each in codes.tolist()]
