"""Ratio to similarity: 100 at 0, 90 or more exactly up to 1, falling in a straight line to 0 at 4."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def similarity(ratio: ArrayLike) -> NDArray[np.uint8]:
    """Similarity of each ratio (float32, any shape); a NaN is not similar to anything."""
    r = np.asarray(ratio, dtype=np.float32)
    with np.errstate(invalid="ignore"):
        inside = np.clip(r, np.float32(0.0), np.float32(1.0))
        outside = np.clip(r, np.float32(1.0), np.float32(4.0))
        high = np.float32(100.0) - np.float32(10.0) * inside
        fallen = np.float32(90.0) - np.float32(30.0) * (outside - np.float32(1.0))
        low = np.minimum(fallen, np.float32(89.0))  # just above 1 the line still rounds to 90
        value = np.where(r <= 1.0, high, low)
        return np.where(r < 4.0, value, np.float32(0.0)).astype(np.uint8)
