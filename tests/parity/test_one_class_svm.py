"""One-class support vectors: same bits on every executor, and scikit-learn's order of signals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.svm import OneClassSVM

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.one_class_svm import OneClassSvm
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables


@given(rows(4), tables((7, 4), 1e15), st.sampled_from([1e-20, 0.5, 1e4]), st.sampled_from([1e-12, 0.5, 1e20]))
def test_same_bits_on_every_executor(x: Features, vectors: Any, gamma: float, limit: float) -> None:
    model = OneClassSvm(vectors, np.float32([1e-9, 1, 0.1, 0.2, 0.3, 0.4, 1]), gamma, limit)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


@given(rows(4), tables((7, 4), 4.0), st.sampled_from([0.01, 0.5]))
def test_same_bits_where_several_vectors_count(x: Features, vectors: Any, gamma: float) -> None:
    model = OneClassSvm(vectors, np.full(7, 1 / 7, np.float32), gamma, 1.0)
    assert_static_parity(model, np.clip(x, np.float32(-4), np.float32(4)))


@pytest.mark.parametrize("nu", [0.05, 0.3])
def test_orders_signals_as_its_teacher_and_goes_on_where_that_vanishes(nu: float) -> None:
    x = cloud(1, 200, 5).astype(np.float64)
    gamma = float(np.float32(1.0 / x.var(axis=0).sum()))
    teacher = OneClassSVM(gamma=gamma, nu=nu).fit(x)
    weights = teacher.dual_coef_[0] / teacher.dual_coef_.sum()
    model = OneClassSvm(teacher.support_vectors_.astype(np.float32), weights.astype(np.float32), gamma, 2.0)
    seen = np.concatenate([cloud(2, 100, 5), cloud(3, 100, 5, shift=3.0)])
    sums = np.log(teacher.score_samples(seen.astype(np.float64)) / teacher.dual_coef_.sum())
    np.testing.assert_allclose(model.reference(seen)[:, 0], -sums / 2.0, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(model.with_limit(8.0).reference(seen), model.reference(seen) / 4, rtol=1e-6)
    far = model.reference(np.float32([[100.0] * 5, [1000.0] * 5, [1e4] * 5]))[:, 0]
    assert np.all(np.diff(far) > 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"vectors": np.ones((3, 2), np.float32)},
        {"vectors": np.full((2, 2), np.inf, np.float32)},
        {"weights": np.float32([0.5, 0])},
        {"weights": np.float32([0.5, 1.5])},
        {"gamma": 0.0},
        {"gamma": float("nan")},
        {"limit": 0.0},
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    good = OneClassSvm(np.ones((2, 2), np.float32), np.full(2, 0.5, np.float32), 1.0, 1.0)
    with pytest.raises(LibraryError, match="one_class_svm"):
        replace(good, **fields)
