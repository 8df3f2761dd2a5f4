"""Perceptron for classes: same bits on every executor, and the probabilities of scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn.neural_network import MLPClassifier

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.mlp_classes import MlpClasses
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables


@given(rows(5), tables((5 * 6 + 6 * 3,), 1e8), tables((9,)))
def test_same_bits_on_every_executor(x: Features, weights: Any, bias: Any) -> None:
    model = MlpClasses((5, 6, 3), weights, bias)
    assert_static_parity(model, x)
    p = model.reference(x)
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)


@given(rows(3), tables((3 * 9 + 9 * 4 + 4 * 5,), 2.0), tables((18,), 2.0))
def test_same_bits_with_two_hidden_layers(x: Features, weights: Any, bias: Any) -> None:
    assert_static_parity(MlpClasses((3, 9, 4, 5), weights, bias), np.clip(x, np.float32(-4), np.float32(4)))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("hidden", [(1,), (8,), (7, 5)])
def test_gives_the_probabilities_of_its_teacher(hidden: tuple[int, ...]) -> None:
    x = np.concatenate([cloud(c, 100, 8, shift=2.0 * c) for c in range(3)]) / np.float32(4)
    teacher = MLPClassifier(hidden, max_iter=40, random_state=1).fit(x, np.repeat(np.arange(3), 100))
    model = MlpClasses.of([(w.T, b) for w, b in zip(teacher.coefs_, teacher.intercepts_, strict=True)])
    assert_static_parity(model, x[::10])
    np.testing.assert_allclose(model.reference(x), teacher.predict_proba(x), atol=1e-4)


def test_reads_back_from_its_record() -> None:
    model = MlpClasses((2, 1, 2), np.float32([0.1, 2, 3, 1e-7]), np.float32([1, 2, 3]))
    again = from_record(to_record(model), [MlpClasses])
    assert again.widths == model.widths
    np.testing.assert_array_equal(again.weights, model.weights)


@pytest.mark.parametrize(
    ("widths", "weights", "bias"),
    [
        ((2, 2), 4, 2),
        ((2, 1, 1, 1, 2), 6, 5),
        ((2, 1, 1), 3, 2),
        ((2, 0, 2), 0, 2),
        ((2, 1, 2), 5, 3),
        ((2, 1, 2), 4, 4),
        ((2000, 1, 2), 2002, 3),
        ((2, 2000, 2), 8000, 2002),
        ((-2, -1, 2), 4, 3),
    ],
)
def test_refuses_fields_that_do_not_fit(widths: tuple[int, ...], weights: int, bias: int) -> None:
    with pytest.raises(LibraryError, match="mlp_classes"):
        MlpClasses(widths, np.ones(weights, np.float32), np.ones(bias, np.float32))


@pytest.mark.parametrize("weight", [np.nan, 2e20, 1e12])
def test_refuses_weights_whose_scores_may_overflow(weight: float) -> None:
    with pytest.raises(LibraryError, match="mlp_classes"):
        MlpClasses((2, 1, 2), np.full(4, weight, np.float32), np.ones(3, np.float32))
