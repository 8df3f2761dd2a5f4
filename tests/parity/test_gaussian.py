"""Gaussian outlier model: same bits on every executor, and the distance it claims to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables


@given(rows(5), tables((5,), 1e15), tables((5,), positive=True), st.sampled_from([1e-12, 0.5, 1e20]))
def test_same_bits_on_every_executor(x: Features, mean: Any, inverse: Any, limit: float) -> None:
    model = Gaussian(mean, inverse, limit)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


def test_is_the_mean_squared_deviation_in_units_of_the_limit() -> None:
    model = Gaussian(np.float32([1.0, 2.0]), np.float32([0.25, 4.0]), 2.0)
    got = model.reference(np.float32([[1.0, 2.0], [3.0, 2.0], [1.0, 3.0], [5.0, 3.0]]))
    np.testing.assert_array_equal(got[:, 0], np.float32([0.0, 0.25, 1.0, 2.0]))


def test_separates_what_was_fitted_from_what_was_not() -> None:
    known = cloud(1, 300, 8)
    fitted = Gaussian(known.mean(axis=0), 1 / known.var(axis=0), 1.0)
    limit = float(np.quantile(fitted.reference(known), 0.99))
    model = Gaussian(fitted.mean, fitted.inverse_variance, limit)
    assert np.mean(model.reference(cloud(2, 300, 8)) <= 1) > 0.95
    assert np.mean(model.reference(cloud(3, 300, 8, shift=30.0)) > 1) > 0.98


def test_reads_back_from_its_record() -> None:
    model = Gaussian(np.float32([0.1, 2.0]), np.float32([1e-7, 4.0]), 0.3)
    again = from_record(to_record(model), [Gaussian])
    np.testing.assert_array_equal(again.mean, model.mean)
    np.testing.assert_array_equal(again.inverse_variance, model.inverse_variance)
    assert again.limit == model.limit


@pytest.mark.parametrize(
    "fields",
    [
        (np.float32([1, 2]), np.float32([1]), 1.0),
        (np.float32([np.nan]), np.float32([1]), 1.0),
        (np.float32([1]), np.float32([-1]), 1.0),
        (np.float32([1]), np.float32([1]), 0.0),
        (np.float64([1]), np.float32([1]), 1.0),
        (np.float32([]), np.float32([]), 1.0),
        (np.float32([2e15]), np.float32([1]), 1.0),
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    with pytest.raises(LibraryError, match="gaussian"):
        Gaussian(*fields)
