"""Correlation: same bits on every executor, what NumPy says, the sign of a lag, and no NaN from constant axes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.correlation import Correlation
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(st.data(), st.integers(2, 4), st.integers(0, 6), st.integers(1, 3))
def test_same_bits_on_every_executor(data: st.DataObject, axes: int, lags: int, step: int) -> None:
    x = data.draw(signals(axes=axes, length=data.draw(st.integers(lags * step + 2, 24))))
    x[1, 0, 1] = np.nan
    assert_stage_parity(Correlation(lags, step), x)


def test_more_pairs_than_samples_find_room() -> None:
    x = np.random.default_rng(1).normal(size=(3, 9, 2)).astype(np.float32)
    assert Correlation(0, 1).shape(Shape(9, 2)).size == 36
    assert_stage_parity(Correlation(0, 1), x)


def test_is_what_numpy_says() -> None:
    x = np.random.default_rng(4).normal(size=(7, 4, 300)).astype(np.float32)
    x[:, 2] += 0.7 * x[:, 0]
    got = Correlation(0, 1).reference(x)[:, :, 0]
    for signal, row in zip(x, got, strict=True):
        np.testing.assert_allclose(row, np.corrcoef(signal.astype(np.float64))[np.triu_indices(4, 1)], atol=1e-5)


def test_the_second_axis_is_late_at_a_positive_lag() -> None:
    noise = np.random.default_rng(5).normal(size=400).astype(np.float32)
    x = np.stack([noise[8:], noise[:-8]])[None]  # the second has at i + 8 what the first has at i
    row = Correlation(3, 4).reference(x)[0, 0]
    assert int(np.argmax(row)) == 3 + 2 and row[5] > 0.95
    np.testing.assert_array_equal(Correlation(3, 4).reference(x[:, ::-1])[0, 0], row[::-1])


def test_a_constant_axis_correlates_with_nothing() -> None:
    x = np.random.default_rng(6).normal(size=(2, 3, 30)).astype(np.float32)
    x[:, 1] = 0.1
    got = Correlation(1, 1).reference(x)
    assert np.all(got[:, (0, 2)] == 0) and np.all(got[:, 1] != 0)
    assert_stage_parity(Correlation(1, 1), x)


def test_refuses_what_has_no_pair_or_no_overlap() -> None:
    with pytest.raises(LibraryError, match="needs 2 axes of 2 samples, not 1 x 30"):
        Correlation(0, 1).shape(Shape(1, 30))
    with pytest.raises(LibraryError, match="at lag 30 needs more than 30 samples"):
        Correlation(3, 10).shape(Shape(2, 30))
    for lags, step in ((-1, 1), (257, 1), (0, 0)):
        with pytest.raises(LibraryError, match="of a correlation"):
            Correlation(lags, step)
