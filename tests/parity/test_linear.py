"""Linear classifier: same bits on every executor, and the probabilities of logistic regression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.linear_model import LogisticRegression

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.linear import Linear
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables


@given(rows(5), tables((3, 5)), tables((3,)))
def test_same_bits_on_every_executor(x: Features, weights: Any, bias: Any) -> None:
    model = Linear(weights, bias)
    assert_static_parity(model, x)
    p = model.reference(x)
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)


@given(rows(5), tables((4, 5), 4.0), tables((4,), 4.0))
def test_same_bits_where_probabilities_are_not_all_or_nothing(x: Features, weights: Any, bias: Any) -> None:
    assert_static_parity(Linear(weights, bias), np.clip(x, np.float32(-4), np.float32(4)))


def test_gives_the_probabilities_of_its_teacher() -> None:
    x = np.concatenate([cloud(c, 100, 8, shift=2.0 * c) for c in range(3)])
    y = np.repeat(np.arange(3), 100)
    teacher = LogisticRegression(max_iter=500).fit(x, y)
    model = Linear(teacher.coef_.astype(np.float32), teacher.intercept_.astype(np.float32))
    np.testing.assert_allclose(model.reference(x), teacher.predict_proba(x), atol=1e-4)


def test_sharpened_takes_probabilities_to_a_power() -> None:
    model = Linear(np.float32([[1, 2], [-1, 0.5], [0, 0]]), np.float32([0.1, 0, -0.3]))
    x = np.float32([[0.3, -0.4], [1, 1]])
    p, q = model.reference(x) ** 2.5, model.sharpened(2.5).reference(x)
    np.testing.assert_allclose(q, p / p.sum(axis=1, keepdims=True), rtol=1e-4)


@pytest.mark.parametrize(
    "fields",
    [
        (np.ones((3, 2), np.float32), np.ones(2, np.float32)),
        (np.ones((1, 2), np.float32), np.ones(1, np.float32)),
        (np.full((2, 2), 2e20, np.float32), np.ones(2, np.float32)),
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    with pytest.raises(LibraryError, match="linear"):
        Linear(*fields)
