"""Forest, classes: same bits on every executor, the decisions of scikit-learn, and no way out of the tables."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from bitloop.errors import LibraryError
from bitloop.kernels import forest
from bitloop.kernels.base import Features
from bitloop.kernels.forest_classes import ForestClasses, from_trees, votes
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows

X = np.concatenate([cloud(c, 120, 5, shift=1.5 * c) for c in range(3)])
Y = np.repeat(np.arange(3), 120)


@cache
def _teacher(kind: Any, leaf: int) -> Any:
    return kind(n_estimators=9, min_samples_leaf=leaf, random_state=1).fit(X[::2], Y[::2])


def _model(kind: Any = RandomForestClassifier, leaf: int = 1) -> ForestClasses:
    return from_trees([e.tree_ for e in _teacher(kind, leaf).estimators_], 5, 3)


@given(rows(5))
def test_same_bits_on_every_executor(x: Features) -> None:
    assert_static_parity(_model(leaf=6), np.concatenate([x, X[:40]]))


def test_same_bits_on_the_thresholds_themselves() -> None:
    model = _model()
    inner = model.feature >= 0
    x = np.repeat(model.threshold[inner][:60, None], 5, axis=1)
    assert_static_parity(model, np.concatenate([x, np.nextafter(x, np.float32(np.inf))]))


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier])
def test_decides_as_its_teacher(kind: Any) -> None:
    p = _model(kind).reference(X)
    np.testing.assert_allclose(p, _teacher(kind, 1).predict_proba(X), atol=1e-6)
    np.testing.assert_array_equal(p.argmax(axis=1), _teacher(kind, 1).predict(X))


def test_is_as_near_to_mixed_leaves_as_votes_of_255_allow() -> None:
    expected = _teacher(RandomForestClassifier, 8).predict_proba(X)
    p = _model(leaf=8).reference(X)
    np.testing.assert_allclose(p, expected, atol=1 / 255)
    clear = np.diff(np.sort(expected, axis=1)[:, -2:])[:, 0] > 2 / 255
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(p[clear].argmax(axis=1), expected[clear].argmax(axis=1))


@given(st.floats(allow_nan=False), st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_rounded_thresholds_decide_as_the_exact_ones(threshold: float, x: float) -> None:
    if abs(threshold) < 3.4e38:
        assert (np.float32(x) <= forest.below(threshold)) == (x <= threshold)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=9).filter(lambda v: sum(v) > 1e-6))
def test_votes_sum_to_255(shares: list[float]) -> None:
    assert sum(votes(np.array([shares]))) == 255


def test_reads_back_from_its_record() -> None:
    model = _model()
    again = from_record(to_record(model), [ForestClasses])
    np.testing.assert_array_equal(again.reference(X), model.reference(X))


def test_a_tree_of_one_leaf_is_a_forest() -> None:
    model = ForestClasses(2, np.uint16([0]), np.int16([-1]), np.uint16([0]), np.float32([0]), np.uint8([[55, 200]]))
    np.testing.assert_array_equal(
        model.reference(np.zeros((1, 2), np.float32)), np.float32([[55, 200]]) / np.float32(255)
    )
    assert_static_parity(model, np.zeros((1, 2), np.float32))


def _tiny() -> ForestClasses:
    """One question, two leaves."""
    leaves = np.uint8([[255, 0], [0, 255]])
    feature, child = np.int16([1, -1, -1]), np.uint16([1, 0, 1])
    return ForestClasses(2, np.uint16([0]), feature, child, np.float32([0.5, 0, 0]), leaves)


@pytest.mark.parametrize(
    "change",
    [
        {"roots": np.uint16([3])},
        {"roots": np.uint16([])},
        {"feature": np.int16([2, -1, -1])},
        {"feature": np.int16([-2, -1, -1])},
        {"feature": np.int16([1, 0, -1])},
        {"child": np.uint16([0, 0, 1])},
        {"child": np.uint16([2, 0, 1])},
        {"child": np.uint16([1, 0, 2])},
        {"threshold": np.float32([np.nan, 0, 0])},
        {"threshold": np.float32([0.5, 0])},
        {"leaves": np.uint8([[255, 0], [1, 255]])},
        {"features": 0},
    ],
)
def test_refuses_tables_that_lead_astray(change: dict[str, Any]) -> None:
    assert _tiny().inputs == 2
    with pytest.raises(LibraryError, match="forest_classes"):
        replace(_tiny(), **change)
