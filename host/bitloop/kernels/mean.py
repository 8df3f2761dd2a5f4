"""Mean of an axis; that of a constant is the constant itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.order import upwards

F32Array = NDArray[np.float32]


def mean_of(x: F32Array) -> F32Array:
    """`bl_mean_of` over the last axis, which the shape loses."""
    constant = np.all(x == x[..., :1], axis=-1)
    return np.where(constant, x[..., 0], upwards(x) / np.float32(x.shape[-1]))


def centred(x: F32Array) -> tuple[F32Array, F32Array]:
    """`bl_centre`: the deviations from the mean over the last axis, and the sum of their squares."""
    d = x - mean_of(x)[..., None]
    return d, upwards(d * d)
