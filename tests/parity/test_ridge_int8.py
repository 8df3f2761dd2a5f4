"""Ridge of int8 weights: same bits on every executor, and close to the float weights it came from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.quantise import int8_rows
from bitloop.kernels.ridge_int8 import RidgeInt8
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows
from tests.parity.strategies import floats


@given(
    rows(9),
    hnp.arrays(np.int8, 9, elements=st.integers(-127, 127)),
    floats(1e19).map(abs),
    floats(1e19),
    st.sampled_from([1e-12, 0.3, 1000.0, 1e20]),
)
def test_same_bits_on_every_executor(x: Features, weights: Any, step: float, bias: float, scale: float) -> None:
    model = RidgeInt8(weights, step, bias, scale)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


def test_answers_as_the_float_weights_it_came_from() -> None:
    x = cloud(1, 200, 40)
    weights = np.random.default_rng(4).normal(size=40)
    whole, step = int8_rows(weights)
    scale = np.float32(16383 / np.abs(x).max())
    got = RidgeInt8(whole, float(np.float32(step / scale)), 3.0, float(scale)).reference(x)[:, 0]
    want = x @ weights + 3.0
    assert np.abs(got - want).std() < 0.01 * want.std()


@pytest.mark.parametrize("scale", [0.0, np.inf, np.nan])
def test_refuses_a_scale_that_is_none(scale: float) -> None:
    with pytest.raises(LibraryError, match=r"ridge_int8\.scale"):
        RidgeInt8(np.int8([1]), 1.0, 0.0, scale)


@pytest.mark.parametrize("weights", [np.int8([-128]), np.float32([1]), np.int8([]), np.ones((1, 1), np.int8)])
def test_refuses_weights_it_cannot_work_with(weights: Any) -> None:
    with pytest.raises(LibraryError, match=r"ridge_int8\.weights"):
        RidgeInt8(weights, 1.0, 0.0, 1.0)
