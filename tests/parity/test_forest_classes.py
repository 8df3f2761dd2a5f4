"""Forest, classes: same bits on every executor, the decisions of scikit-learn, and no way out of the tables."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
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
    x = np.repeat(model.threshold[:60, None], 5, axis=1)
    assert_static_parity(model, np.concatenate([x, np.nextafter(x, np.float32(np.inf)), -x]))


def test_zeros_of_both_signs_are_the_same() -> None:
    x = np.float32([[0.0, 0.0], [0.0, -0.0], [0.0, 1e-45], [0.0, -1e-45]])
    for threshold in (0.0, -0.0):
        model = replace(_tiny(), threshold=np.float32([threshold]))
        np.testing.assert_allclose(model.reference(x)[:, 0], [1.0, 1.0, 0.0, 1.0])
        assert_static_parity(model, x)


@pytest.mark.parametrize("classes", [3, 4, 31, 32, 33, 255])
def test_any_number_of_classes(classes: int) -> None:
    rng = np.random.default_rng(classes)
    leaves = np.uint8(rng.multinomial(255, np.full(classes, 1 / classes), size=3))
    children = np.int16([[1, -1], [-2, -3]])
    threshold, feature = np.float32([0.5, -0.5]), np.uint16([0, 1])
    model = ForestClasses(2, np.uint16([0, 1, 0]), feature, children, threshold, leaves)
    x = rng.normal(size=(9, 2)).astype(np.float32)
    assert_static_parity(model, x)
    np.testing.assert_allclose(model.reference(x).sum(axis=1), 1.0, rtol=1e-5)


def test_as_many_trees_as_sums_hold() -> None:
    leaves = np.uint8([[255, 0], [0, 255]])
    model = replace(_tiny(), roots=np.zeros(256, np.uint16), leaves=leaves)
    assert_static_parity(model, np.float32([[0, 0], [0, 1]]))
    assert model.reference(np.float32([[0, 0]]))[0, 0] == pytest.approx(1.0, rel=1e-6)


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
    none = np.array([-1])
    tree = SimpleNamespace(
        children_left=none, children_right=none, feature=none, threshold=none, value=np.array([[55.0, 200.0]])
    )
    model = from_trees([tree], 2, 2)
    x = np.zeros((1, 2), np.float32)
    np.testing.assert_allclose(model.reference(x), [[55 / 255, 200 / 255]], rtol=1e-6)
    assert_static_parity(model, x)


def test_a_split_whose_sides_agree_is_left_out() -> None:
    tree = SimpleNamespace(
        children_left=np.array([1, 2, -1, -1, -1]),
        children_right=np.array([4, 3, -1, -1, -1]),
        feature=np.array([0, 1, -1, -1, -1]),
        threshold=np.array([0.5, 0.25, 0, 0, 0]),
        value=np.array([[1.0, 1.0], [3.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 2.0]]),
    )
    model = from_trees([tree], 2, 2)
    assert len(model.feature) == 1
    np.testing.assert_allclose(model.reference(np.float32([[0.5, 9], [0.6, 0]])), [[1, 0], [0, 1]])


def test_effort_is_the_nodes_on_the_way() -> None:
    assert forest.steps(_tiny()) == 1.0
    depth = sum(e.tree_.max_depth for e in _teacher(RandomForestClassifier, 6).estimators_)
    assert depth / 2 < forest.steps(_model(leaf=6)) < depth


def _tiny() -> ForestClasses:
    """One question, two leaves."""
    leaves = np.uint8([[255, 0], [0, 255]])
    return ForestClasses(2, np.uint16([0]), np.uint16([1]), np.int16([[-1, -2]]), np.float32([0.5]), leaves)


@pytest.mark.parametrize(
    "change",
    [
        {"roots": np.uint16([1])},
        {"roots": np.uint16([])},
        {"roots": np.zeros(257, np.uint16)},
        {"feature": np.uint16([2])},
        {"children": np.int16([[0, -1]])},
        {"children": np.int16([[1, -1]])},
        {"children": np.int16([[-1, -3]])},
        {"children": np.int16([[-1, -32768]])},
        {"children": np.int16([[-1, -2], [-1, -2]])},
        {"threshold": np.float32([np.nan])},
        {"threshold": np.float32([np.inf])},
        {"threshold": np.float32([0.5, 0])},
        {"leaves": np.uint8([[255, 0], [1, 255]])},
        {"features": 0},
    ],
)
def test_refuses_tables_that_lead_astray(change: dict[str, Any]) -> None:
    assert _tiny().inputs == 2
    with pytest.raises(LibraryError, match="forest_classes"):
        replace(_tiny(), **change)
