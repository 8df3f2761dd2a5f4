"""Isolation forest: same bits on every executor, and scikit-learn's scores from scikit-learn's trees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import IsolationForest as Teacher

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.isolation_forest import IsolationForest, expected, from_trees
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows

X = cloud(1, 200, 4)
MODEL = from_trees(
    [e.tree_ for e in Teacher(n_estimators=16, max_samples=32, random_state=1).fit(X).estimators_], 4, 1.0
)


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


def test_reads_back_from_its_record_and_moves_its_limit() -> None:
    assert to_record(from_record(to_record(MODEL), [IsolationForest])) == to_record(MODEL)
    np.testing.assert_allclose(MODEL.with_limit(2.0).reference(X), MODEL.reference(X) / 2, rtol=1e-6)


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
