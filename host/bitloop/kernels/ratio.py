"""Distance over limit, the score of anomaly and outlier models: 1 is the decision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALLEST_LIMIT = 1e-9
"""Limits of fitted models start here."""
RATIO_MAX = np.float32(1e6)
"""Whatever is as large, or no number at all, becomes this."""


def ratio(distance: NDArray[np.float32], limit: NDArray[np.float32] | np.float32) -> NDArray[np.float32]:
    """Finite ratios; `limit` is above 0."""
    with np.errstate(all="ignore"):
        quotient = distance / limit
        return np.where(quotient < RATIO_MAX, quotient, RATIO_MAX)
