"""Radial basis functions for classes: same bits on every executor, and the decisions of scikit-learn's SVC."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.svm import SVC

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.rbf_classes import RbfClasses
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables
from tests.parity.strategies import floats


@given(rows(3), tables((8, 3), 1e15), tables((8, 3)), tables((3, 3)), tables((3,)), floats(1e19).map(abs))
def test_same_bits_on_every_executor(
    x: Features, centres: Any, weights: Any, slopes: Any, bias: Any, gamma: float
) -> None:
    model = RbfClasses(centres, weights, slopes, bias, gamma)
    assert_static_parity(model, x)
    np.testing.assert_allclose(model.reference(x).sum(axis=1), 1.0, rtol=1e-5)


@given(rows(3), tables((8, 3), 4.0), tables((8, 4), 4.0), tables((4, 3), 1.0), tables((4,), 1.0))
def test_same_bits_where_centres_are_near(x: Features, centres: Any, weights: Any, slopes: Any, bias: Any) -> None:
    assert_static_parity(RbfClasses(centres, weights, slopes, bias, 0.05), np.clip(x, np.float32(-4), np.float32(4)))


def test_decides_as_its_teacher() -> None:
    x = np.concatenate([cloud(c, 100, 5, shift=1.5 * c) for c in range(2)])
    y = np.repeat([0, 1], 100)
    teacher = SVC(gamma=0.05).fit(x, y)
    half = teacher.dual_coef_[0] / 2
    bias = np.float32([-teacher.intercept_[0], teacher.intercept_[0]]) / 2
    weights = np.stack([-half, half], axis=1).astype(np.float32)
    model = RbfClasses(teacher.support_vectors_.astype(np.float32), weights, np.zeros((2, 5), np.float32), bias, 0.05)
    got = model.reference(x)
    np.testing.assert_allclose(np.log(got[:, 1] / got[:, 0]), teacher.decision_function(x), atol=1e-3)


def test_far_from_all_centres_only_the_bias_speaks() -> None:
    nines, flat = np.full((2, 2), 9, np.float32), np.zeros((2, 2), np.float32)
    model = RbfClasses(flat, nines, flat, np.float32([0, np.log(3)]), 1.0)
    np.testing.assert_allclose(model.reference(np.float32([[1e15, -1e15]])), [[0.25, 0.75]], rtol=1e-6)


def test_sharpened_takes_probabilities_to_a_power() -> None:
    x = cloud(1, 9, 2)
    model = RbfClasses(x[:4].copy(), x[:4] / 3, x[4:6] / 3, np.float32([0.1, -0.2]), 0.1)
    p, q = model.reference(x) ** 0.5, model.sharpened(0.5).reference(x)
    np.testing.assert_allclose(q, p / p.sum(axis=1, keepdims=True), rtol=1e-4)


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": np.ones((3, 2), np.float32)},
        {"weights": np.ones((4, 3), np.float32)},
        {"slopes": np.ones((2, 3), np.float32)},
        {"slopes": np.ones((3, 3), np.float32)},
        {"slopes": np.full((2, 2), np.nan, np.float32)},
        {"centres": np.full((4, 2), 2e15, np.float32)},
        {"gamma": -1.0},
        {"gamma": np.inf},
        {
            "weights": np.ones((4, 1), np.float32),
            "slopes": np.ones((1, 2), np.float32),
            "bias": np.ones(1, np.float32),
        },
    ],
)
def test_refuses_fields_it_cannot_work_with(changed: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "centres": np.ones((4, 2), np.float32),
        "weights": np.ones((4, 2), np.float32),
        "slopes": np.ones((2, 2), np.float32),
        "bias": np.ones(2, np.float32),
        "gamma": 1.0,
    }
    RbfClasses(**fields)
    with pytest.raises(LibraryError, match="rbf_classes"):
        RbfClasses(**(fields | changed))
