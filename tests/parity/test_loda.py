"""LODA: same bits on every executor, histograms that add up, and projections as the paper has them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.loda import Loda
from bitloop.kernels.similarity import similarity
from tests.parity.learning import (
    assert_full_at_2_to_24,
    assert_hopeless_until_least,
    assert_smooths,
    assert_stays_finite,
)
from tests.parity.matrix import assert_learning_parity
from tests.parity.rows import cloud, rows


def _one(bins: int = 4, memory: int = 0) -> Loda:
    """The first of two features, in bins of 1 around 0."""
    return Loda(2, np.zeros((1, 1), dtype=np.uint16), np.ones((1, 1), dtype=np.float32), bins, 1.0, 3.0, memory)


@given(rows(5, 8), rows(5), st.sampled_from([2, 3, 16]), st.sampled_from([1e-5, 1.0, 1e11]))
def test_same_bits_on_every_executor(learn: Features, detect: Features, bins: int, reach: float) -> None:
    assert_learning_parity(Loda.drawn(5, 4, bins, reach, 3.0, 1), learn, detect)


@pytest.mark.parametrize(("bins", "memory"), [(8, 0), (32, 0), (32, 3), (9, 1)])
def test_same_bits_on_plain_data(bins: int, memory: int) -> None:
    model = replace(Loda.drawn(12, 10, bins, 8.0, 4.0, 2), memory=memory)
    assert_learning_parity(model, cloud(1, 60, 12), cloud(2, 40, 12))


@given(rows(4, 8), rows(4), st.integers(0, 3))
def test_stays_finite_whatever_was_learned(learn: Features, detect: Features, memory: int) -> None:
    assert_stays_finite(replace(Loda.drawn(4, 3, 8, 1.0, 1e6, 1), memory=memory), learn, detect)


def test_hopeless_at_first_full_at_last_and_smooths() -> None:
    model = Loda.drawn(5, 4, 8, 6.0, 3.0, 1)
    assert_hopeless_until_least(model)
    assert_full_at_2_to_24(model)
    assert_smooths(model)


def test_bins_reach_from_edge_to_edge_and_the_outer_ones_beyond() -> None:
    x = np.float32([[v, 9] for v in (-1e15, -2, -1.1, -1, -0.1, 0, 0.9, 1, 1.9, 2, 1e15)])
    np.testing.assert_array_equal(_one().bin(x)[:, 0], [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3])


def test_distance_of_a_hand_made_histogram() -> None:
    x = np.float32([[v, 0] for v in [-1.5] * 6 + [-0.5] * 2 + [1.5]])
    state = _one().reference_learn(x, _one().empty())
    np.testing.assert_array_equal(state[3:], [9, 6, 2, 0, 1])
    seen = np.array([0.25 * (6 + 2) + 0.5 * 6, 0.25 * (6 + 0) + 0.5 * 2, 0.25 * (2 + 1), 0.25 * (0 + 1) + 0.5])
    at = np.float32([[v, 0] for v in (-9, -0.5, 0.5, 9)])
    np.testing.assert_allclose(_one().distance(at, state), np.log(10 / (seen + 0.25)), rtol=1e-6)


def test_a_memory_halves_the_counts() -> None:
    x = np.zeros((33, 2), dtype=np.float32)
    state = _one(memory=4).reference_learn(x, _one().empty())
    np.testing.assert_array_equal(state[3:], [13, 0, 0, 13, 0])


def test_projections_are_sparse_and_of_length_one() -> None:
    model = Loda.drawn(20, 30, 16, 4.0, 3.0, 5)
    assert model.axis.shape == model.weights.shape == (30, 5)
    np.testing.assert_allclose(np.linalg.norm(model.weights, axis=1), 1.0, rtol=1e-6)
    assert all(len(np.unique(axis)) == 5 for axis in model.axis)
    assert len(np.unique(model.axis)) == 20


def test_separates_what_it_learned_from_what_it_did_not() -> None:
    model = Loda.drawn(8, 20, 32, 12.0, 4.0, 1)
    state = model.reference_learn(cloud(4, 300, 8), model.empty())
    assert np.mean(similarity(model.reference_detect(cloud(5, 500, 8), state)) >= 90) > 0.97
    assert np.mean(similarity(model.reference_detect(cloud(6, 500, 8, shift=25.0), state)) < 90) > 0.97


@pytest.mark.parametrize(
    ("axis", "weights", "bins", "width"),
    [
        ([[4]], [[1.0]], 8, 1.0),
        ([[0]], [[np.inf]], 8, 1.0),
        ([[0]], [[1.0, 1.0]], 8, 1.0),
        ([[0]], [[1.0]], 1, 1.0),
        ([[0]], [[1.0]], 1025, 1.0),
        ([[0]], [[1.0]], 8, 0.0),
        ([[0]] * 256, [[1.0]] * 256, 8, 1.0),
    ],
)
def test_refuses_fields_it_cannot_work_with(
    axis: list[list[int]], weights: list[list[float]], bins: int, width: float
) -> None:
    with pytest.raises(LibraryError, match="loda"):
        Loda(4, np.array(axis, dtype=np.uint16), np.array(weights, dtype=np.float32), bins, width, 3.0)
