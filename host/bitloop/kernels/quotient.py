"""A ratio that is 0 where there is nothing to divide by, as in the features of a constant axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32Array = NDArray[np.float32]


def quotient(a: F32Array, b: F32Array) -> F32Array:
    """`bl_quotient`: a / b, or 0 where b is 0."""
    zero = b == 0
    return np.where(zero, np.float32(0), a / np.where(zero, np.float32(1), b))
