"""SEFR: same bits on every executor, probabilities that are ones, and classes it can tell apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.sefr import Sefr
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import rows, tables


@given(rows(5), tables((3, 5)), tables((3,)))
def test_same_bits_on_every_executor(x: Features, weights: Any, bias: Any) -> None:
    model = Sefr(weights, bias)
    assert_static_parity(model, x)
    p = model.reference(x)
    assert (p >= 0).all() and np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)


@given(rows(5), tables((3, 5), 4.0), tables((3,), 4.0))
def test_same_bits_for_plain_weights(x: Features, weights: Any, bias: Any) -> None:
    assert_static_parity(Sefr(weights, bias), np.clip(x, np.float32(-4), np.float32(4)))


def test_probabilities_are_the_margins_above_their_least() -> None:
    model = Sefr(np.float32([[1, 1], [-1, -1], [1, -1]]), np.zeros(3, np.float32))
    np.testing.assert_array_equal(model.reference(np.float32([[2, 2]])), np.float32([[2, 0, 1]]) / np.float32(3))


def test_the_greatest_score_decides() -> None:
    model = Sefr(np.float32([[1, 0], [3, -2]]), np.zeros(2, np.float32))
    np.testing.assert_array_equal(model.reference(np.float32([[3, 1], [1, 2]])).argmax(axis=1), [1, 0])


def test_all_classes_are_as_likely_where_nothing_speaks_for_any() -> None:
    model = Sefr(np.float32([[-1], [-1]]), np.zeros(2, np.float32))
    np.testing.assert_array_equal(model.reference(np.float32([[3], [0]])), np.full((2, 2), 0.5, np.float32))


@pytest.mark.parametrize("classes", [2, 4])
def test_tells_classes_apart(classes: int) -> None:
    random = np.random.default_rng(1)
    y = np.repeat(np.arange(classes), 100)
    centre = random.uniform(0.2, 0.8, (classes, 8))
    x = np.clip(centre[y] + random.normal(0, 0.08, (len(y), 8)), 0, 1).astype(np.float32)
    model = Sefr.fit(x[::2], y[::2], classes)
    assert np.mean(model.reference(x[1::2]).argmax(axis=1) == y[1::2]) > 0.95


def test_refuses_fields_it_cannot_work_with() -> None:
    with pytest.raises(LibraryError, match="sefr"):
        Sefr(np.ones((3, 2), np.float32), np.ones(2, np.float32))
