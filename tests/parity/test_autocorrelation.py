"""Autocorrelation: same bits on every executor, what NumPy says, and a period where there is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.autocorrelation import Autocorrelation
from bitloop.kernels.base import Shape
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(st.data(), st.integers(1, 9))
def test_same_bits_on_every_executor(data: st.DataObject, lags: int) -> None:
    x = data.draw(signals(length=data.draw(st.integers(lags + 1, 30))))
    x[1, 0, 0] = np.nan
    assert_stage_parity(Autocorrelation(lags), x)


def test_is_what_numpy_says() -> None:
    x = np.random.default_rng(4).normal(3.0, 1.0, size=(5, 2, 200)).cumsum(axis=2).astype(np.float32)
    got = Autocorrelation(20).reference(x)
    for signal, lags in zip(x.reshape(10, 200), got.reshape(10, 20), strict=True):
        d = signal.astype(np.float64) - signal.astype(np.float64).mean()
        np.testing.assert_allclose(lags, np.correlate(d, d, "full")[200:220] / (d @ d), atol=1e-5)


def test_peaks_at_the_period() -> None:
    x = np.sin(2 * np.pi * np.arange(240) / 12 + 0.3).astype(np.float32)[None, None]
    got = Autocorrelation(20).reference(x)[0, 0]
    assert int(np.argmax(got[4:])) + 5 == 12 and got[5] < -0.9


@pytest.mark.parametrize("value", [0.0, 0.1, -3e38, 1e-45])
def test_a_constant_axis_has_none(value: float) -> None:
    x = np.full((1, 1, 33), value, dtype=np.float32)
    np.testing.assert_array_equal(Autocorrelation(5).reference(x), 0)
    assert_stage_parity(Autocorrelation(5), x)


def test_refuses_lags_beyond_the_signal() -> None:
    with pytest.raises(LibraryError, match="at lag 8 needs more than 8 samples"):
        Autocorrelation(8).shape(Shape(1, 8))
    with pytest.raises(LibraryError, match="from 1 to 4096, not 0"):
        Autocorrelation(0)
