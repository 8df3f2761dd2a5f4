"""Naive Bayes: same bits on every executor, and the probabilities scikit-learn would give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.naive_bayes import GaussianNB

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.naive_bayes import NaiveBayes
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables


@given(rows(4), tables((3, 4), 1e15), tables((3, 4), positive=True), tables((3,)))
def test_same_bits_on_every_executor(x: Features, mean: Any, inverse: Any, constant: Any) -> None:
    model = NaiveBayes(mean, inverse, constant)
    assert_static_parity(model, x)
    p = model.reference(x)
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)


@given(rows(4), tables((3, 4), 4.0), tables((3, 4), 4.0, positive=True), tables((3,), 4.0))
def test_same_bits_where_probabilities_are_not_all_or_nothing(
    x: Features, mean: Any, inv: Any, constant: Any
) -> None:
    assert_static_parity(NaiveBayes(mean, inv, constant), np.clip(x, np.float32(-4), np.float32(4)))


def test_gives_the_probabilities_of_its_teacher() -> None:
    x = np.concatenate([cloud(c, 60 + 30 * c, 6, shift=2.0 * c) for c in range(3)])
    y = np.repeat(np.arange(3), [60, 90, 120])
    teacher = GaussianNB().fit(x, y)
    model = NaiveBayes.from_moments(teacher.theta_, teacher.var_, teacher.class_prior_)
    np.testing.assert_allclose(model.reference(x), teacher.predict_proba(x), atol=1e-4)


def test_sharpened_takes_probabilities_to_a_power() -> None:
    mean = np.float32([[1, 2], [-1, 0.5], [0, 0]])
    model = NaiveBayes(mean, np.abs(mean) + np.float32(0.1), np.float32([0.1, 0, -0.3]))
    x = np.float32([[0.3, -0.4], [1, 1]])
    p, q = model.reference(x) ** 2.5, model.sharpened(2.5).reference(x)
    np.testing.assert_allclose(q, p / p.sum(axis=1, keepdims=True), rtol=1e-4)


@pytest.mark.parametrize(
    "fields",
    [
        (np.ones((3, 2), np.float32), np.ones((3, 3), np.float32), np.ones(3, np.float32)),
        (np.ones((3, 2), np.float32), np.ones((3, 2), np.float32), np.ones(2, np.float32)),
        (np.ones((3, 2), np.float32), -np.ones((3, 2), np.float32), np.ones(3, np.float32)),
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    with pytest.raises(LibraryError, match="naive_bayes"):
        NaiveBayes(*fields)
