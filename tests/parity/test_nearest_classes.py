"""Nearest prototypes, classes: same bits on every executor, and the votes scikit-learn would count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.nearest_classes import NearestClasses
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables

LABELS = np.uint8([0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 1, 2, 1, 1, 2, 0, 0])


@given(rows(3), tables((17, 3), 1e15), st.integers(1, 16))
def test_same_bits_on_every_executor(x: Features, prototypes: Any, k: int) -> None:
    assert_static_parity(NearestClasses(prototypes, LABELS, 3, k), x)


def test_same_bits_when_all_are_as_far() -> None:
    model = NearestClasses(np.zeros((17, 2), np.float32), LABELS, 3, 4)
    x = np.float32([[1, 2], [0, 0]])
    assert_static_parity(model, x)
    np.testing.assert_array_equal(model.reference(x), np.float32([[0.5, 0.25, 0.25]] * 2))


@pytest.mark.parametrize("k", [1, 3, 5])
def test_votes_as_its_teacher(k: int) -> None:
    x = np.concatenate([cloud(c, 60, 5, shift=2.0 * c) for c in range(3)])
    y = np.repeat(np.arange(3), 60)
    teacher = KNeighborsClassifier(k).fit(x[::2], y[::2])
    model = NearestClasses(x[::2].copy(), y[::2].astype(np.uint8), 3, k)
    np.testing.assert_allclose(model.reference(x[1::2]), teacher.predict_proba(x[1::2]), atol=1e-6)


@pytest.mark.parametrize(
    ("labels", "classes", "k"),
    [([0, 1, 3], 3, 1), ([0, 1], 3, 1), ([0, 1, 2], 3, 4), ([0, 1, 2], 3, 0), ([0, 0, 0], 1, 1)],
)
def test_refuses_fields_it_cannot_work_with(labels: list[int], classes: int, k: int) -> None:
    with pytest.raises(LibraryError, match="nearest_classes"):
        NearestClasses(np.ones((3, 2), np.float32), np.uint8(labels), classes, k)
