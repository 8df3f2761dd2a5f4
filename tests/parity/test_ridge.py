"""Ridge: same bits on every executor, and the value scikit-learn would give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.linear_model import Ridge as Teacher

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.ridge import Ridge
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables
from tests.parity.strategies import floats


@given(rows(6), tables((6,)), floats(1e20))
def test_same_bits_on_every_executor(x: Features, weights: Any, bias: float) -> None:
    model = Ridge(weights, bias)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


def test_gives_the_value_of_its_teacher() -> None:
    x = cloud(1, 200, 10, shift=5.0)
    y = x @ np.arange(10) - 3
    teacher = Teacher().fit(x, y)
    model = Ridge(teacher.coef_.astype(np.float32), float(teacher.intercept_))
    np.testing.assert_allclose(model.reference(x)[:, 0], teacher.predict(x), rtol=1e-4, atol=1e-3)


def test_stays_finite_at_the_edge_of_what_is_allowed() -> None:
    model = Ridge(np.full(1024, 1e20, dtype=np.float32), 1e20)
    assert np.isfinite(model.reference(np.full((1, 1024), 1e15, dtype=np.float32))).all()


@pytest.mark.parametrize("fields", [(np.float32([np.inf]), 0.0), (np.float32([1]), np.nan), (np.float32([[1]]), 0.0)])
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    with pytest.raises(LibraryError, match="ridge"):
        Ridge(*fields)
