"""Inputs for models: feature vectors within the limit of the API, and fitted tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop.kernels.base import Features
from tests.parity.strategies import floats, signals

LIMIT = 1e15
"""Features beyond are refused before any model sees them."""


@st.composite
def rows(draw: Any, features: int, count: int = 4) -> Features:
    """(2 * count + 1, features): special values, noise at some scale, and one constant row."""
    x: Features = draw(signals(axes=1, length=features, count=count, limit=LIMIT))[:, 0, :]
    return np.clip(x, np.float32(-LIMIT), np.float32(LIMIT))


def tables(shape: tuple[int, ...], limit: float = 1e20, positive: bool = False) -> st.SearchStrategy[np.ndarray]:
    """float32 tables: special values among the plain."""
    elements = floats(limit).map(abs) if positive else floats(limit)
    return hnp.arrays(np.float32, shape, elements=elements, fill=elements)


def cloud(seed: int, count: int, features: int, shift: float = 0.0) -> Features:
    """Correlated Gaussian rows around `shift`, each feature at its own scale; the same mixture for every seed."""
    mixture = np.random.default_rng(7).normal(size=(features, features)) + 2.0 * np.eye(features)
    noise = np.random.default_rng(seed).normal(size=(count, features))
    return (noise @ mixture.T + shift).astype(np.float32)
