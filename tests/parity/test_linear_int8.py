"""Linear classifier of int8 weights: same bits on every executor, and close to the float weights it came from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.linear import Linear
from bitloop.kernels.linear_int8 import LinearInt8
from bitloop.kernels.quantise import int8_rows
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables

WHOLE = hnp.arrays(np.int8, (3, 7), elements=st.integers(-127, 127))


@given(rows(7), WHOLE, tables((3,), 4.0, positive=True), tables((3,), 4.0), st.sampled_from([1e-9, 0.3, 1e3, 1e20]))
def test_same_bits_on_every_executor(x: Features, weights: Any, steps: Any, bias: Any, scale: float) -> None:
    model = LinearInt8(weights, steps / 1e4, bias, scale)
    assert_static_parity(model, x)
    np.testing.assert_allclose(model.reference(x).sum(axis=1), 1.0, rtol=1e-5)


def test_sums_of_the_largest_products_do_not_overflow() -> None:
    weights = np.int8([[127], [-127]]) * np.ones((1, 1024), np.int8)
    model = LinearInt8(weights, np.full(2, 1e-9, np.float32), np.zeros(2, np.float32), 1e20)
    x = np.float32([[1e15] * 1024, [-1e15] * 1024])
    assert_static_parity(model, x)
    said = model.reference(x)
    assert said[0, 0] > 0.98 and said[1, 1] > 0.98


def test_answers_as_the_float_weights_it_came_from() -> None:
    x = np.concatenate([cloud(c, 100, 40, shift=2.0 * c) for c in range(3)])
    weights = np.random.default_rng(4).normal(size=(3, 40)) / 60
    whole, steps = int8_rows(weights)
    scale = np.float32(16383 / np.abs(x).max())
    small = LinearInt8(whole, (steps / scale).astype(np.float32), np.zeros(3, np.float32), float(scale))
    large = Linear(weights.astype(np.float32), np.zeros(3, np.float32))
    np.testing.assert_allclose(small.reference(x), large.reference(x), atol=0.02)


def test_sharpened_takes_probabilities_to_a_power() -> None:
    model = LinearInt8(np.int8([[5], [-5]]), np.float32([0.01, 0.01]), np.float32([0.1, 0]), 1.0)
    x = np.float32([[3], [-40]])
    p, q = model.reference(x) ** 2.5, model.sharpened(2.5).reference(x)
    np.testing.assert_allclose(q, p / p.sum(axis=1, keepdims=True), rtol=1e-4)


@pytest.mark.parametrize(
    ("weights", "steps", "bias", "scale"),
    [
        (np.ones((3, 2), np.int8), np.ones(2, np.float32), np.ones(3, np.float32), 1.0),
        (np.ones((3, 2), np.int8), np.ones(3, np.float32), np.ones(2, np.float32), 1.0),
        (np.ones((1, 2), np.int8), np.ones(1, np.float32), np.ones(1, np.float32), 1.0),
        (np.ones((3, 1025), np.int8), np.ones(3, np.float32), np.ones(3, np.float32), 1.0),
        (np.full((3, 2), -128, np.int8), np.ones(3, np.float32), np.ones(3, np.float32), 1.0),
        (np.ones((3, 2), np.float32), np.ones(3, np.float32), np.ones(3, np.float32), 1.0),
        (np.ones((3, 2), np.int8), -np.ones(3, np.float32), np.ones(3, np.float32), 1.0),
        (np.ones((3, 2), np.int8), np.ones(3, np.float32), np.ones(3, np.float32), 0.0),
        (np.ones((3, 2), np.int8), np.ones(3, np.float32), np.ones(3, np.float32), np.nan),
    ],
)
def test_refuses_fields_it_cannot_work_with(weights: Any, steps: Any, bias: Any, scale: float) -> None:
    with pytest.raises(LibraryError, match="linear_int8"):
        LinearInt8(weights, steps, bias, scale)
