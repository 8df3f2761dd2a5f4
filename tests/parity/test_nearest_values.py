"""Nearest prototypes, values: same bits on every executor, and the mean scikit-learn would give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsRegressor

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.nearest_values import NearestValues
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables


@given(rows(3), tables((17, 3), 1e15), tables((17,)), st.integers(1, 16))
def test_same_bits_on_every_executor(x: Features, prototypes: Any, values: Any, k: int) -> None:
    model = NearestValues(prototypes, values, k)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


@pytest.mark.parametrize("k", [1, 4])
def test_gives_the_value_of_its_teacher(k: int) -> None:
    x = cloud(1, 120, 5)
    y = x.sum(axis=1)
    teacher = KNeighborsRegressor(k).fit(x[::2], y[::2])
    model = NearestValues(x[::2].copy(), y[::2].copy(), k)
    np.testing.assert_allclose(model.reference(x[1::2])[:, 0], teacher.predict(x[1::2]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("values", "k"), [([1, 2], 1), ([1, 2, np.nan], 1), ([1, 2, 3], 4), ([1, 2, 3], 17)])
def test_refuses_fields_it_cannot_work_with(values: list[float], k: int) -> None:
    with pytest.raises(LibraryError, match="nearest_values"):
        NearestValues(np.ones((3, 2), np.float32), np.float32(values), k)
