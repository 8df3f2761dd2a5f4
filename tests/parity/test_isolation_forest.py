"""Isolation forest: same bits on every executor, and scikit-learn's scores from scikit-learn's trees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import IsolationForest as Teacher
from sklearn.metrics import roc_auc_score

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.isolation_forest import IsolationForest, expected, from_trees
from bitloop.kernels.record import from_record, to_record
from bitloop.search.train_outliers import fit_isolation_forest
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows

X = cloud(1, 200, 4)
HYPER = {"trees": 16, "samples": 32}
MODEL = fit_isolation_forest(X, HYPER, 1.0, 0)


@given(rows(4), st.sampled_from([1e-12, 0.5, 1e20]))
def test_same_bits_on_every_executor(x: Features, limit: float) -> None:
    model = replace(MODEL, limit=limit)
    assert_static_parity(model, np.concatenate([x, X[:40]]))
    assert np.isfinite(model.reference(x)).all()


def test_gives_the_scores_of_its_teacher() -> None:
    teacher = Teacher(n_estimators=20, max_samples=64, random_state=1).fit(X)
    model = from_trees([e.tree_ for e in teacher.estimators_], 4, 1.0)
    seen = cloud(2, 100, 4)
    ways = 1.0 / model.reference(seen)[:, 0].astype(np.float64)
    np.testing.assert_allclose(2.0**-ways, -teacher.score_samples(seen), rtol=1e-4)


def test_expects_the_length_of_a_search_tree() -> None:
    np.testing.assert_allclose(expected(np.array([1, 2, 3, 256])), [0, 1, 1.2073, 10.2448], atol=1e-3)


def test_tells_what_is_far_from_what_it_knows() -> None:
    model = fit_isolation_forest(X, HYPER, 1.0, 0)
    seen = np.concatenate([cloud(2, 100, 4), cloud(3, 100, 4, shift=20.0)])
    assert roc_auc_score(np.repeat([0, 1], 100), model.reference(seen)[:, 0]) > 0.95
    np.testing.assert_allclose(model.with_limit(2.0).reference(X), model.reference(X) / 2, rtol=1e-6)


def test_the_same_seed_gives_the_same_forest() -> None:
    one, other = (to_record(fit_isolation_forest(X, HYPER, 1.0, 5)) for _ in range(2))
    assert one == other
    assert one != to_record(fit_isolation_forest(X, HYPER, 1.0, 6))
    assert to_record(from_record(one, [IsolationForest])) == one


@pytest.mark.parametrize(
    "fields",
    [
        {"leaves": np.zeros(3, np.float32)},
        {"leaves": np.float32([1, np.nan, 1])},
        {"children": np.int16([[-1, -9]])},
        {"children": np.int16([[-1, 0]])},
        {"roots": np.uint16([1])},
        {"features": 0},
        {"limit": 0.0},
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    tables = np.uint16([0]), np.uint16([1]), np.int16([[-1, -2]]), np.float32([0.5])
    good = IsolationForest(2, *tables, np.float32([1, 2]), 1.0)
    with pytest.raises(LibraryError, match="isolation_forest"):
        replace(good, **fields)
