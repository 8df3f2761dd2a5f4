"""Relative logarithm: same bits on every executor, the same for a signal and its double, and silence is the floor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.relative_logarithm import RelativeLogarithm
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(), st.sampled_from([1e-30, 1e-6, 0.003, 0.5]))
def test_same_bits_on_every_executor(x: np.ndarray, floor: float) -> None:
    assert_stage_parity(RelativeLogarithm(floor), x)


def test_nan_infinity_and_silence_are_the_same_everywhere() -> None:
    x = np.ones((4, 2, 6), dtype=np.float32)
    x[0, 1, 3], x[1, 0, 0], x[2], x[3] = np.nan, np.inf, 0, -0.0
    assert_stage_parity(RelativeLogarithm(0.01), x)
    with np.errstate(invalid="ignore"):
        got = RelativeLogarithm(0.01).reference(x)
    assert np.isnan(got[0]).all()
    np.testing.assert_allclose(got[2:], np.log(0.01), rtol=1e-6)


def test_is_the_logarithm_of_shares_of_the_largest() -> None:
    x = np.array([[[1.0, -8.0], [0.5, 1e-6]]], dtype=np.float32)
    expected = np.log([[[1 / 8, 1.0], [0.5 / 8, 1e-3]]])
    np.testing.assert_allclose(RelativeLogarithm(1e-3).reference(x), expected, rtol=1e-6)


@given(signals(limit=1e6))
def test_a_signal_and_its_double_give_the_same(x: np.ndarray) -> None:
    x = np.where(np.abs(x) < 1e-20, np.float32(0), x)  # doubling is exact but for subnormal shares
    stage = RelativeLogarithm(1e-6)
    np.testing.assert_array_equal(stage.reference(2 * x), stage.reference(x))


@pytest.mark.parametrize("floor", [0.0, 1.0, -1.0, float("nan")])
def test_refuses_floors_that_are_no_small_share(floor: float) -> None:
    with pytest.raises(LibraryError, match=r"relative_logarithm\.floor has to be from"):
        RelativeLogarithm(floor)
