"""Boosting, classes: same bits on every executor, and the scores of the trees it was made of."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.tree import DecisionTreeRegressor

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.boosting_classes import BoostingClasses, from_trees
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows

X = np.concatenate([cloud(c, 80, 5, shift=1.5 * c) for c in range(3)])
Y = np.repeat(np.arange(3), 80)


@cache
def _trees() -> list[Any]:
    goals = np.eye(3)[Y] - 1 / 3
    return [DecisionTreeRegressor(max_leaf_nodes=9, max_features=2, random_state=s).fit(X, goals) for s in range(6)]


def _model() -> BoostingClasses:
    return from_trees([tree.tree_ for tree in _trees()], 5)


@given(rows(5))
def test_same_bits_on_every_executor(x: Features) -> None:
    assert_static_parity(_model(), np.concatenate([x, X[:40]]))


def test_same_bits_where_one_class_takes_it_all() -> None:
    leaves = np.uint8([[255, 0, 128], [0, 255, 128]])
    model = BoostingClasses(
        2, np.zeros(256, np.uint16), np.uint16([1]), np.int16([[-1, -2]]), np.float32([0.5]), leaves, 1e15
    )
    x = np.float32([[0, 0], [0, 1]])
    assert_static_parity(model, x)
    np.testing.assert_array_equal(model.reference(x), [[1, 0, 0], [0, 1, 0]])


def test_scores_are_those_of_the_trees_within_half_a_step_each() -> None:
    model, exact = _model(), sum(tree.predict(X) for tree in _trees())
    p = model.reference(X).astype(np.float64)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)
    scores = np.log(p)
    off = (scores - scores[:, :1]) - (exact - exact[:, :1])
    assert np.abs(off).max() <= 6 * model.step + 1e-5  # two scores, six trees, half a step each
    assert (p.argmax(axis=1) == exact.argmax(axis=1)).mean() > 0.98


def test_sharpened_scores_decide_the_same() -> None:
    model = _model()
    plain, sharp = model.reference(X), model.sharpened(2.0).reference(X)
    np.testing.assert_array_equal(plain.argmax(axis=1), sharp.argmax(axis=1))
    squared = plain.astype(np.float64) ** 2
    np.testing.assert_allclose(sharp, squared / squared.sum(axis=1, keepdims=True), atol=1e-5)


def test_reads_back_from_its_record() -> None:
    again = from_record(to_record(_model()), [BoostingClasses])
    np.testing.assert_array_equal(again.reference(X), _model().reference(X))


@pytest.mark.parametrize(
    "change",
    [
        {"step": float("nan")},
        {"step": -1.0},
        {"step": 2e15},
        {"leaves": np.uint8([[1], [2]])},
        {"leaves": np.uint8([[1, 2]])},
        {"roots": np.zeros(257, np.uint16)},
        {"children": np.int16([[0, -1]])},
    ],
)
def test_refuses_fields_it_cannot_work_with(change: dict[str, Any]) -> None:
    leaves = np.uint8([[255, 0], [0, 255]])
    model = BoostingClasses(2, np.uint16([0]), np.uint16([1]), np.int16([[-1, -2]]), np.float32([0.5]), leaves, 0.5)
    with pytest.raises(LibraryError, match="boosting_classes"):
        replace(model, **change)
