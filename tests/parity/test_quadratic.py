"""Quadratic: same bits on every executor, and scikit-learn's products."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import PolynomialFeatures

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.quadratic import Quadratic
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(axes=6, length=1), st.integers(1, 6))
def test_same_bits_on_every_executor(x: np.ndarray, first: int) -> None:
    x[0, 2, 0] = np.nan
    assert_stage_parity(Quadratic(first), x)


def test_all_pairs_are_the_polynomial_features_of_degree_two() -> None:
    x = np.random.default_rng(2).normal(size=(11, 5, 1)).astype(np.float32)
    expected = PolynomialFeatures(2, include_bias=False).fit_transform(x[:, :, 0])
    np.testing.assert_allclose(Quadratic(5).reference(x)[:, :, 0], expected, rtol=1e-6)


def test_products_of_the_first_come_after_all_features() -> None:
    x = np.array([[[2.0], [3.0], [5.0]]], dtype=np.float32)
    np.testing.assert_array_equal(Quadratic(2).reference(x)[0, :, 0], [2.0, 3.0, 5.0, 4.0, 6.0, 9.0])


def test_refuses_more_than_there_are() -> None:
    with pytest.raises(LibraryError, match="products of 4 features"):
        Quadratic(4).shape(Shape(3, 1))
    with pytest.raises(LibraryError, match=r"quadratic\.first"):
        Quadratic(0)
