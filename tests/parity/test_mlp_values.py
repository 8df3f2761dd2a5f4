"""Perceptron for a number: same bits on every executor, and the values of scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.neural_network import MLPRegressor

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.mlp_values import MlpValues
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables


@given(rows(5), tables((5 * 6 + 6,), 1e8), tables((7,)))
def test_same_bits_on_every_executor(x: Features, weights: Any, bias: Any) -> None:
    model = MlpValues((5, 6, 1), weights, bias)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("hidden", [(8,), (7, 5)])
def test_gives_the_value_of_its_teacher(hidden: tuple[int, ...]) -> None:
    x = cloud(1, 200, 5)
    teacher = MLPRegressor(hidden_layer_sizes=hidden, max_iter=40, random_state=1).fit(x, x.sum(axis=1))
    model = MlpValues.of([(w.T, b) for w, b in zip(teacher.coefs_, teacher.intercepts_, strict=True)])
    assert_static_parity(model, x[::10])
    np.testing.assert_allclose(model.reference(x)[:, 0], teacher.predict(x), rtol=1e-4, atol=1e-4)


def test_refuses_more_than_one_output() -> None:
    with pytest.raises(LibraryError, match="mlp_values"):
        MlpValues((2, 1, 2), np.ones(4, np.float32), np.ones(3, np.float32))
