"""Radial basis functions over int8 for a value: same bits on every executor, close to the floats they came from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.rbf_values import RbfValues
from bitloop.kernels.rbf_values_int8 import RbfValuesInt8
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables
from tests.parity.strategies import floats

BYTES = st.integers(-127, 127)


@given(
    rows(5),
    hnp.arrays(np.int8, (7, 5), elements=BYTES),
    tables((7,)),
    hnp.arrays(np.int8, 5, elements=BYTES),
    floats(1e19),
    st.sampled_from([1e-9, 0.3, 30.0, 1e20]),
    st.sampled_from([0.0, 1e-4, 1e-3, 1.0, 1e20]),
)
def test_same_bits_on_every_executor(
    x: Features, centres: Any, weights: Any, slopes: Any, bias: float, scale: float, gamma: float
) -> None:
    model = RbfValuesInt8(centres, weights, slopes, abs(bias) / 3, bias, scale, gamma)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


def test_the_largest_sums_do_not_overflow() -> None:
    centres, ones = np.full((2, 1024), -127, np.int8), np.ones(2, np.float32)
    model = RbfValuesInt8(centres, ones, np.full(1024, 127, np.int8), 1.0, 0.0, 1e20, 0.0)
    x = np.float32([[1e15] * 1024, [-1e15] * 1024])
    assert_static_parity(model, x)
    np.testing.assert_array_equal(model.reference(x)[:, 0], np.float32([127 * 127 * 1024 + 2, -127 * 127 * 1024 + 2]))


def test_answers_as_the_floats_it_came_from() -> None:
    x = np.clip(cloud(1, 200, 6), -12, 12)
    rng = np.random.default_rng(3)
    centres, weights = rng.integers(-100, 100, (20, 6)).astype(np.int8), rng.normal(size=20).astype(np.float32)
    slopes, scale, gamma = np.int8([100, -20, 3, 0, 127, -127]), 10.0, 3e-5
    small = RbfValuesInt8(centres, weights, slopes, 1e-3, 0.5, scale, gamma)
    lines = (slopes * 1e-3 * scale).astype(np.float32)
    large = RbfValues((centres / scale).astype(np.float32), weights, lines, 0.5, gamma * scale**2)
    np.testing.assert_allclose(small.reference(x), large.reference(x), atol=0.25)
    assert np.std(small.reference(x) - large.reference(x)) < 0.02 * large.reference(x).std()


@pytest.mark.parametrize(
    "changed",
    [
        {"centres": np.full((4, 2), -128, np.int8)},
        {"centres": np.ones((4, 2), np.float32)},
        {"weights": np.ones(3, np.float32)},
        {"slopes": np.ones(3, np.int8)},
        {"slopes": np.full(2, -128, np.int8)},
        {"step": -1.0},
        {"bias": np.nan},
        {"scale": 0.0},
        {"gamma": -1.0},
    ],
)
def test_refuses_fields_it_cannot_work_with(changed: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "centres": np.ones((4, 2), np.int8),
        "weights": np.ones(4, np.float32),
        "slopes": np.ones(2, np.int8),
        "step": 1.0,
        "bias": 0.0,
        "scale": 1.0,
        "gamma": 1.0,
    }
    RbfValuesInt8(**fields)
    with pytest.raises(LibraryError, match="rbf_values_int8"):
        RbfValuesInt8(**(fields | changed))
