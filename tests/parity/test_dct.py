"""DCT-II: same bits on every executor, what SciPy finds in double precision, and no length it does not take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dct

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.dct import Dct
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(), st.data())
def test_same_bits_on_every_executor(x: np.ndarray, data: st.DataObject) -> None:
    assert_stage_parity(Dct(data.draw(st.integers(1, x.shape[2]))), x)


def test_nan_and_overflow_are_the_same_everywhere() -> None:
    x = np.ones((3, 2, 6), dtype=np.float32)
    x[0, 0, 3], x[1, 1, 0], x[2] = np.nan, np.inf, 3e38
    assert_stage_parity(Dct(4), x)


@pytest.mark.parametrize("length", [1, 2, 3, 7, 24, 129, 1024])
def test_is_the_transform_of_double_precision(length: int) -> None:
    x = np.random.default_rng(length).normal(size=(5, 2, length)).astype(np.float32)
    exact = dct(x.astype(np.float64), type=2, norm="ortho", axis=2)
    got = Dct(length).reference(x)
    assert np.abs(got - exact).max() <= 2e-7 * (8 + length**0.5)
    np.testing.assert_array_equal(Dct(min(3, length)).reference(x), got[:, :, :3])


def test_a_constant_is_its_first_coefficient_alone() -> None:
    got = Dct(9).reference(np.full((1, 1, 9), 2.0, dtype=np.float32))[0, 0]
    assert got[0] == pytest.approx(6.0, rel=1e-6)
    assert np.abs(got[1:]).max() < 2e-6


def test_refuses_more_coefficients_than_samples_and_long_signals() -> None:
    with pytest.raises(LibraryError, match="need 9 to 1024 samples per axis, not 8"):
        Dct(9).shape(Shape(1, 8))
    with pytest.raises(LibraryError, match="not 1025"):
        Dct(9).shape(Shape(1, 1025))
    with pytest.raises(LibraryError, match=r"dct\.kept has to be from 1 to 1024, not 0"):
        Dct(0)
