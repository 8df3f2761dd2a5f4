"""Radial basis functions for a value: same bits on every executor, and the value of scikit-learn's SVR."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.svm import SVR

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.rbf_values import RbfValues
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables
from tests.parity.strategies import floats


@given(rows(3), tables((8, 3), 1e15), tables((8,)), tables((3,)), floats(1e19), floats(1e19).map(abs))
def test_same_bits_on_every_executor(
    x: Features, centres: Any, weights: Any, slopes: Any, bias: float, gamma: float
) -> None:
    model = RbfValues(centres, weights, slopes, bias, gamma)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


@given(rows(3), tables((8, 3), 4.0), tables((8,), 4.0), tables((3,), 4.0))
def test_same_bits_where_centres_are_near(x: Features, centres: Any, weights: Any, slopes: Any) -> None:
    assert_static_parity(RbfValues(centres, weights, slopes, 0.3, 0.05), np.clip(x, np.float32(-4), np.float32(4)))


def test_gives_the_value_of_its_teacher() -> None:
    x = cloud(1, 200, 5)
    y = np.sin(x[:, 0]) + x[:, 1]
    teacher = SVR(gamma=0.05, C=10.0).fit(x, y)
    centres, weights = teacher.support_vectors_.astype(np.float32), teacher.dual_coef_[0].astype(np.float32)
    model = RbfValues(centres, weights, np.zeros(5, np.float32), float(teacher.intercept_[0]), 0.05)
    np.testing.assert_allclose(model.reference(x)[:, 0], teacher.predict(x), atol=1e-3)


def test_far_from_all_centres_the_straight_line_goes_on() -> None:
    model = RbfValues(np.zeros((2, 2), np.float32), np.full(2, 9, np.float32), np.float32([2, -1]), 0.5, 1.0)
    np.testing.assert_array_equal(model.reference(np.float32([[100, 0], [0, 100]])), [[200.5], [-99.5]])


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": np.ones(3, np.float32)},
        {"slopes": np.ones(3, np.float32)},
        {"slopes": np.float32([1, np.inf])},
        {"bias": np.nan},
        {"gamma": -1.0},
        {"centres": np.full((4, 2), np.inf, np.float32)},
        {"centres": np.ones((4, 1025), np.float32), "slopes": np.ones(1025, np.float32)},
    ],
)
def test_refuses_fields_it_cannot_work_with(changed: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "centres": np.ones((4, 2), np.float32),
        "weights": np.ones(4, np.float32),
        "slopes": np.ones(2, np.float32),
        "bias": 0.0,
        "gamma": 1.0,
    }
    RbfValues(**fields)
    with pytest.raises(LibraryError, match="rbf_values"):
        RbfValues(**(fields | changed))
