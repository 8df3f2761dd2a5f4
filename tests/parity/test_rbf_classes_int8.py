"""Radial basis functions over int8: same bits on every executor, and close to the floats they came from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.rbf_classes import RbfClasses
from bitloop.kernels.rbf_classes_int8 import RbfClassesInt8
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables

BYTES = st.integers(-127, 127)
ONES = np.ones(3, np.float32)


@given(
    rows(5),
    hnp.arrays(np.int8, (7, 5), elements=BYTES),
    tables((7, 3), 4.0),
    hnp.arrays(np.int8, (3, 5), elements=BYTES),
    tables((3,), 1e-4, positive=True),
    tables((3,), 4.0),
    st.sampled_from([1e-9, 0.3, 30.0, 1e20]),
    st.sampled_from([0.0, 1e-4, 1e-3, 1.0, 1e20]),
)
def test_same_bits_on_every_executor(
    x: Features, centres: Any, weights: Any, slopes: Any, steps: Any, bias: Any, scale: float, gamma: float
) -> None:
    model = RbfClassesInt8(centres, weights, slopes, steps, bias, scale, gamma)
    assert_static_parity(model, x)
    np.testing.assert_allclose(model.reference(x).sum(axis=1), 1.0, rtol=1e-5)


def test_the_largest_sums_do_not_overflow() -> None:
    centres = np.full((2, 1024), -127, np.int8)
    x = np.float32([[1e15] * 1024, [-1e15] * 1024])
    flat = np.zeros(2, np.float32)
    model = RbfClassesInt8(centres, np.float32([[9, 0], [9, 0]]), centres, flat, flat, 1e20, 1e-9)
    assert_static_parity(model, x)
    assert model.reference(x)[1, 0] > 0.98
    slopes = np.int8([[127], [-127]]) * np.ones((1, 1024), np.int8)
    model = RbfClassesInt8(
        centres, np.zeros((2, 2), np.float32), slopes, np.full(2, 1e-6, np.float32), flat, 1e20, 1.0
    )
    assert_static_parity(model, x)
    assert model.reference(x)[0, 0] > 0.98 < model.reference(x)[1, 1]


@pytest.mark.parametrize("features", [1, 3, 4, 5, 8])
def test_a_workspace_of_whole_words_holds_any_number_of_features(features: int) -> None:
    rng = np.random.default_rng(features)
    centres = rng.integers(-127, 128, (9, features)).astype(np.int8)
    weights = rng.normal(size=(9, 4)).astype(np.float32)
    model = RbfClassesInt8(centres, weights, centres[:4], np.full(4, 1e-4, np.float32), weights[0], 30.0, 1e-4)
    assert model.workspace() == -(-features // 4)
    assert_static_parity(model, rng.normal(size=(20, features)).astype(np.float32))


def test_answers_as_the_floats_it_came_from() -> None:
    x = np.clip(cloud(1, 200, 6), -12, 12)
    rng = np.random.default_rng(3)
    centres, weights = rng.integers(-100, 100, (20, 6)).astype(np.int8), rng.normal(size=(20, 3)).astype(np.float32)
    bias, scale, gamma = np.float32([0, 0.3, -0.2]), 10.0, 3e-5
    slopes, steps = centres[:3], ONES / 1e4
    small = RbfClassesInt8(centres, weights, slopes, steps, bias, scale, gamma)
    places, lines = (centres / scale).astype(np.float32), (slopes / 1e4 * scale).astype(np.float32)
    large = RbfClasses(places, weights, lines, bias, gamma * scale**2)
    np.testing.assert_allclose(small.reference(x), large.reference(x), atol=0.03)


def test_sharpened_takes_probabilities_to_a_power() -> None:
    model = RbfClassesInt8(
        np.int8([[5], [-5]]),
        np.float32([[1, 0], [0, 1]]),
        np.int8([[2], [1]]),
        np.float32([0.01, 0.01]),
        np.float32([0.1, 0]),
        1.0,
        0.01,
    )
    x = np.float32([[3], [-40]])
    p, q = model.reference(x) ** 2.5, model.sharpened(2.5).reference(x)
    np.testing.assert_allclose(q, p / p.sum(axis=1, keepdims=True), rtol=1e-4)


@pytest.mark.parametrize(
    "changed",
    [
        {"centres": np.full((4, 2), -128, np.int8)},
        {"centres": np.ones((4, 1025), np.int8)},
        {"centres": np.ones((4, 2), np.float32)},
        {"weights": np.ones((3, 4), np.float32)},
        {"weights": np.ones((4, 3), np.int8)},
        {"weights": np.full((4, 3), np.inf, np.float32)},
        {"bias": np.full(3, np.nan, np.float32)},
        {"slopes": np.ones((3, 3), np.int8)},
        {"slopes": np.full((3, 2), -128, np.int8)},
        {"steps": -ONES},
        {"scale": 0.0},
        {"gamma": -1.0},
        {"gamma": np.inf},
    ],
)
def test_refuses_fields_it_cannot_work_with(changed: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "centres": np.ones((4, 2), np.int8),
        "weights": np.ones((4, 3), np.float32),
        "slopes": np.ones((3, 2), np.int8),
        "steps": ONES,
        "bias": ONES,
        "scale": 1.0,
        "gamma": 1.0,
    }
    RbfClassesInt8(**fields)
    with pytest.raises(LibraryError, match="rbf_classes_int8"):
        RbfClassesInt8(**(fields | changed))
