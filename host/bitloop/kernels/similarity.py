"""Ratio to similarity: 100 at 0, 90 or more exactly up to 1, falling with the square of the ratio.

Beyond 1 it falls as one over the root of the ratio, 45 at 4, so that it goes on telling near from far: it is 0 from
8100 on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LAST = np.float32(8100.0)


def similarity(ratio: ArrayLike) -> NDArray[np.uint8]:
    """Similarity of each ratio (float32, any shape); a NaN is not similar to anything."""
    r = np.asarray(ratio, dtype=np.float32)
    with np.errstate(invalid="ignore"):
        inside = np.clip(r, np.float32(0.0), np.float32(1.0))
        outside = np.clip(r, np.float32(1.0), _LAST)
        high = np.float32(100.0) - np.float32(10.0) * (inside * inside)
        fallen = np.float32(90.0) / np.sqrt(outside)
        low = np.minimum(fallen, np.float32(89.0))  # just above 1 the curve still rounds to 90
        value = np.where(r <= 1.0, high, low)
        return np.where(r < _LAST, value, np.float32(0.0)).astype(np.uint8)
