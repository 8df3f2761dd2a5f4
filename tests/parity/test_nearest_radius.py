"""Distance to the k-th nearest: same bits on every executor, and scikit-learn's distances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.nearest_radius import NearestRadius
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables


@given(rows(3), tables((9, 3), 1e15), st.integers(1, 8), st.sampled_from([1e-12, 0.5, 1e20]))
def test_same_bits_on_every_executor(x: Features, prototypes: Any, k: int, limit: float) -> None:
    model = NearestRadius(prototypes, k, limit)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


@pytest.mark.parametrize("k", [1, 3, 8])
def test_is_the_distance_to_the_neighbour(k: int) -> None:
    known, seen = cloud(1, 100, 5), cloud(2, 50, 5)
    model = NearestRadius(known, k, 2.0)
    distances = NearestNeighbors(n_neighbors=k).fit(known).kneighbors(seen)[0][:, -1]
    np.testing.assert_allclose(model.reference(seen)[:, 0], distances / 2, rtol=1e-5)
    np.testing.assert_allclose(model.with_limit(8.0).reference(seen)[:, 0], distances / 8, rtol=1e-5)


@pytest.mark.parametrize(
    ("value", "k", "limit"), [(np.nan, 1, 1.0), (2e15, 1, 1.0), (1, 0, 1.0), (1, 9, 1.0), (1, 1, 0.0)]
)
def test_refuses_fields_it_cannot_work_with(value: float, k: int, limit: float) -> None:
    with pytest.raises(LibraryError, match="nearest_radius"):
        NearestRadius(np.full((10, 2), value, np.float32), k, limit)
