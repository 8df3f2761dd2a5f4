"""Inputs that try hard: subnormals, both zeros, huge and tiny values, constant signals, plain noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

_SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e-45, -1e-45, 1.1754942e-38, 1.17549435e-38, 3e38, -3e38, 1e15, -1e15, 1e-20]


def floats(limit: float | None = None) -> st.SearchStrategy[float]:
    """Finite float32 values, special ones often; up to `limit` in size if given."""
    special = [v for v in map(np.float32, _SPECIAL) if limit is None or abs(v) <= limit]
    bound = None if limit is None else float(np.float32(limit))
    return st.one_of(
        st.sampled_from([float(v) for v in special]),
        st.floats(-4.0, 4.0, width=32),
        st.floats(None if bound is None else -bound, bound, width=32, allow_nan=False, allow_infinity=False),
    )


@st.composite
def signals(
    draw: Any,
    axes: int | None = None,
    length: int | None = None,
    count: int = 4,
    limit: float | None = None,
) -> np.ndarray:
    """(signals, axes, length) float32: rows of special values, of noise at some scale, and of one constant."""
    axes = axes or draw(st.integers(1, 3))
    length = length or draw(st.integers(2, 40))
    wild = draw(hnp.arrays(np.float32, (count, axes, length), elements=floats(limit), fill=floats(limit)))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale = np.float32(10.0) ** np.float32(draw(st.integers(-12, 12 if limit is None else 5)))
    offset = np.float32(draw(floats(1e6)))
    rows = (noise.normal(size=(count, axes, length)).astype(np.float32) * scale + offset).astype(np.float32)
    flat = np.full((1, axes, length), draw(floats(limit)), dtype=np.float32)
    return np.concatenate([wild, rows, flat])
