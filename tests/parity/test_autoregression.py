"""Autoregression: same bits on every executor, the Yule-Walker equations solved, and an early end without blow-up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from bitloop.errors import LibraryError
from bitloop.kernels.autoregression import Autoregression
from bitloop.kernels.base import Shape
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(st.data(), st.integers(1, 9), st.booleans())
def test_same_bits_on_every_executor(data: st.DataObject, order: int, reflection: bool) -> None:
    x = data.draw(signals(length=data.draw(st.integers(order + 2, 30))))
    x[1, 0, 0] = np.nan
    assert_stage_parity(Autoregression(order, reflection), x)


def test_solves_the_yule_walker_equations() -> None:
    x = lfilter([1], [1, -1.2, 0.8, -0.2], np.random.default_rng(4).normal(size=(3, 1, 400))).astype(np.float32)
    for signal, got in zip(x[:, 0].astype(np.float64), Autoregression(6, False).reference(x)[:, 0], strict=True):
        d = signal - signal.mean()
        r = np.correlate(d, d, "full")[399:406]
        c = solve_toeplitz(r[:6], r[1:])
        np.testing.assert_allclose(got[:6], c, atol=1e-4)
        np.testing.assert_allclose(got[6], 1 - c @ r[1:] / r[0], rtol=1e-4)


def test_finds_the_recursion_a_signal_came_from() -> None:
    x = lfilter([1], [1, -1.2, 0.8, -0.2], np.random.default_rng(5).normal(size=(1, 1, 8000))).astype(np.float32)
    np.testing.assert_allclose(Autoregression(3, False).reference(x)[0, 0, :3], [1.2, -0.8, 0.2], atol=0.05)


def test_the_last_coefficient_is_the_last_reflection_and_all_lie_within_one() -> None:
    x = np.random.default_rng(6).normal(size=(20, 2, 64)).cumsum(axis=2).astype(np.float32)
    plain, reflected = (Autoregression(5, form).reference(x) for form in (False, True))
    np.testing.assert_array_equal(plain[:, :, 4:], reflected[:, :, 4:])
    assert np.all(np.abs(reflected[:, :, :5]) <= 1)
    np.testing.assert_allclose(reflected[:, :, 5], np.prod(1 - reflected[:, :, :5] ** 2, axis=2), rtol=1e-4)


@pytest.mark.parametrize("value", [0.0, 0.1, -3e38, 1e-45])
def test_a_constant_axis_has_zeros(value: float) -> None:
    x = np.full((1, 1, 33), value, dtype=np.float32)
    np.testing.assert_array_equal(Autoregression(4, False).reference(x), 0)
    assert_stage_parity(Autoregression(4, False), x)


@pytest.mark.parametrize("reflection", [False, True])
def test_what_is_predicted_almost_wholly_does_not_blow_up(reflection: bool) -> None:
    t = np.arange(1000) / 1000
    x = np.stack([np.exp(-8 * t), np.sin(3 * t), t**3])[None].astype(np.float32)
    got = Autoregression(24, reflection).reference(x)
    assert np.all(np.abs(got) < 100)
    assert_stage_parity(Autoregression(24, reflection), x)


def test_refuses_orders_beyond_the_signal() -> None:
    with pytest.raises(LibraryError, match="of order 7 needs 9 samples per axis, not 8"):
        Autoregression(7, False).shape(Shape(1, 8))
    with pytest.raises(LibraryError, match="from 1 to 256, not 0"):
        Autoregression(0, True)
