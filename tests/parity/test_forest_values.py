"""Forest, values: same bits on every executor, and the values of scikit-learn."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.forest_values import ForestValues, from_trees
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows

X = cloud(1, 200, 4)
Y = X @ np.float32([1, -2, 0.5, 3])


@cache
def _teacher(kind: Any) -> Any:
    return kind(n_estimators=7, min_samples_leaf=2, random_state=1).fit(X, Y)


def _model(kind: Any = RandomForestRegressor) -> ForestValues:
    return from_trees([e.tree_ for e in _teacher(kind).estimators_], 4)


@given(rows(4))
def test_same_bits_on_every_executor(x: Features) -> None:
    assert_static_parity(_model(), np.concatenate([x, X[:40]]))


@pytest.mark.parametrize("kind", [RandomForestRegressor, ExtraTreesRegressor])
def test_gives_the_value_of_its_teacher(kind: Any) -> None:
    np.testing.assert_allclose(_model(kind).reference(X)[:, 0], _teacher(kind).predict(X), rtol=1e-5, atol=1e-5)


def test_refuses_more_nodes_than_an_index_counts() -> None:
    trees = [e.tree_ for e in _teacher(RandomForestRegressor).estimators_]
    with pytest.raises(LibraryError, match="too large"):
        from_trees(trees * (65536 // sum(t.node_count for t in trees) + 2), 4)


@pytest.mark.parametrize("leaves", [[1.0], [1.0, np.inf], [1.0, 2e20]])
def test_refuses_fields_it_cannot_work_with(leaves: list[float]) -> None:
    with pytest.raises(LibraryError, match="forest_values"):
        ForestValues(2, np.uint16([0]), np.uint16([1]), np.int16([[-1, -2]]), np.float32([0.5]), np.float32(leaves))
