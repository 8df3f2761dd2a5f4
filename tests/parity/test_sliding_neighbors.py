"""Sliding neighbours: same bits on every executor, the k-th nearest of the last signals, and no more of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.similarity import similarity
from bitloop.kernels.sliding_neighbors import SlidingNeighbors
from tests.parity.learning import (
    assert_full_at_2_to_24,
    assert_hopeless_until_least,
    assert_smooths,
    assert_stays_finite,
)
from tests.parity.matrix import assert_learning_parity
from tests.parity.rows import cloud, rows


@given(rows(4, 8), rows(4), st.integers(1, 24), st.integers(1, 8))
def test_same_bits_on_every_executor(learn: Features, detect: Features, capacity: int, k: int) -> None:
    assert_learning_parity(SlidingNeighbors(4, capacity, k, 3.0), learn, detect)


@pytest.mark.parametrize(("capacity", "k"), [(1, 1), (7, 3), (7, 8), (64, 2)])
def test_same_bits_on_plain_data(capacity: int, k: int) -> None:
    assert_learning_parity(SlidingNeighbors(6, capacity, k, 4.0), cloud(1, 40, 6), cloud(2, 20, 6))


@given(rows(4, 8), rows(4), st.integers(1, 24))
def test_stays_finite_whatever_was_learned(learn: Features, detect: Features, capacity: int) -> None:
    assert_stays_finite(SlidingNeighbors(4, capacity, 2, 1e6), learn, detect)


def test_hopeless_at_first_full_at_last_and_smooths() -> None:
    model = SlidingNeighbors(5, 16, 2, 3.0)
    assert_hopeless_until_least(model)
    assert_full_at_2_to_24(model)
    assert_smooths(model)


@pytest.mark.parametrize("k", [1, 3, 8])
def test_distance_is_that_of_the_kth_of_the_last(k: int) -> None:
    x, other = cloud(3, 50, 5), cloud(4, 30, 5)
    model = SlidingNeighbors(5, 20, k, 3.0)
    state = model.reference_learn(x, model.empty())
    apart = np.linalg.norm(other[:, None].astype(np.float64) - x[-20:], axis=2)
    np.testing.assert_allclose(model.distance(other, state), np.sort(apart, axis=1)[:, k - 1] / np.sqrt(5), rtol=1e-5)


def test_forgets_what_is_older_than_the_window() -> None:
    old, new = cloud(5, 60, 4), cloud(6, 60, 4, shift=40.0)
    model = SlidingNeighbors(4, 32, 1, 4.0)
    state = model.reference_learn(np.concatenate([old, new]), model.empty())
    assert np.mean(similarity(model.reference_detect(cloud(7, 100, 4, shift=40.0), state)) >= 90) > 0.95
    assert np.mean(similarity(model.reference_detect(old, state)) < 90) > 0.95


@pytest.mark.parametrize(
    "fields", [(0, 4, 1, 3.0), (3, 0, 1, 3.0), (3, 4097, 1, 3.0), (3, 4, 0, 3.0), (3, 4, 9, 3.0)]
)
def test_refuses_fields_it_cannot_work_with(fields: tuple[int, int, int, float]) -> None:
    with pytest.raises(LibraryError, match="sliding_neighbors"):
        SlidingNeighbors(*fields)
