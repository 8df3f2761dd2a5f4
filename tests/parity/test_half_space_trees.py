"""Half-space trees: same bits on every executor, counts that add up, and splits drawn as the paper has them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, State
from bitloop.kernels.half_space_trees import HalfSpaceTrees
from bitloop.kernels.similarity import similarity
from tests.parity.learning import (
    assert_full_at_2_to_24,
    assert_hopeless_until_least,
    assert_smooths,
    assert_stays_finite,
)
from tests.parity.matrix import assert_learning_parity
from tests.parity.rows import cloud, rows


def _unit(seed: int, count: int, features: int = 4) -> Features:
    """Correlated rows, mostly between 0 and 1."""
    return (cloud(seed, count, features) / np.float32(16) + np.float32(0.5)).astype(np.float32)


def _counts(model: HalfSpaceTrees, state: State) -> Features:
    return state[3 : model.core_size].reshape(model.trees, -1)


@given(rows(4, 8), rows(4), st.integers(1, 5), st.sampled_from([0.0, 2.0, 9.0]))
def test_same_bits_on_every_executor(learn: Features, detect: Features, depth: int, fewest: float) -> None:
    assert_learning_parity(HalfSpaceTrees.drawn(4, 3, depth, fewest, 3.0, 1), learn, detect)


@pytest.mark.parametrize(("depth", "memory"), [(1, 0), (5, 0), (5, 3), (8, 1)])
def test_same_bits_on_plain_data(depth: int, memory: int) -> None:
    model = replace(HalfSpaceTrees.drawn(4, 6, depth, 2.0, 4.0, 2), memory=memory)
    assert_learning_parity(model, _unit(1, 60), _unit(2, 40))


@given(rows(4, 8), rows(4), st.integers(0, 3))
def test_stays_finite_whatever_was_learned(learn: Features, detect: Features, memory: int) -> None:
    assert_stays_finite(replace(HalfSpaceTrees.drawn(4, 3, 4, 0.0, 1e6, 1), memory=memory), learn, detect)


def test_hopeless_at_first_full_at_last_and_smooths() -> None:
    model = HalfSpaceTrees.drawn(5, 4, 3, 2.0, 3.0, 1)
    assert_hopeless_until_least(model)
    assert_full_at_2_to_24(model)
    assert_smooths(model)


def test_counts_add_up_from_the_leaves_to_the_root() -> None:
    model = HalfSpaceTrees.drawn(4, 7, 5, 3.0, 3.0, 3)
    counts = _counts(model, model.reference_learn(_unit(3, 200), model.empty()))
    np.testing.assert_array_equal(counts[:, 0], 200)
    inner = model.axis.shape[1]
    np.testing.assert_array_equal(counts[:, :inner], counts[:, 1::2] + counts[:, 2::2])


def test_a_memory_halves_the_counts() -> None:
    model = replace(HalfSpaceTrees.drawn(4, 2, 2, 3.0, 3.0, 3), memory=4)
    counts = _counts(model, model.reference_learn(_unit(3, 33), model.empty()))
    np.testing.assert_array_equal(counts[:, 0], (16 / 2 + 16) / 2 + 1)


def test_mass_of_a_hand_made_tree() -> None:
    axis, at = np.zeros((1, 3), dtype=np.uint16), np.float32([[0.5, 0.25, 0.75]])
    model = HalfSpaceTrees(1, axis, at, 1.0, 3.0)
    x = np.float32([[0.1]] * 6 + [[0.3]] * 2 + [[0.6]] + [[0.9]])
    state = model.reference_learn(x, model.empty())
    np.testing.assert_array_equal(_counts(model, state)[0], [10, 8, 2, 6, 2, 1, 1])
    expected = np.log1p(1 / np.array([4 * 6 / 10, 4 * 2 / 10, 2 * 2 / 10]))  # the right leaves are too empty
    np.testing.assert_allclose(model.distance(np.float32([[0.0], [0.4], [5.0]]), state), expected, rtol=1e-6)


def test_every_node_splits_its_own_part_of_the_range() -> None:
    model = HalfSpaceTrees.drawn(3, 5, 6, 3.0, 3.0, 9)
    assert ((model.at > -2) & (model.at < 3)).all()
    for axis, at in zip(model.axis, model.at, strict=True):
        for node in range(1, len(axis)):
            parent = (node - 1) // 2
            if axis[parent] == axis[node]:
                assert (at[node] < at[parent]) == (node % 2 == 1)


def test_separates_what_it_learned_from_what_it_did_not() -> None:
    model = HalfSpaceTrees.drawn(4, 25, 6, 3.0, 4.0, 1)
    state = model.reference_learn(_unit(4, 300), model.empty())
    assert np.mean(similarity(model.reference_detect(_unit(5, 500), state)) >= 90) > 0.97
    assert np.mean(similarity(model.reference_detect(_unit(6, 500) + np.float32(1.0), state)) < 90) > 0.97


@pytest.mark.parametrize(
    ("axis", "at", "fewest"),
    [
        ([[0, 1]], [[0.5, 0.5]], 1.0),  # no whole tree
        ([[4, 0, 0]], [[0.5, 0.5, 0.5]], 1.0),
        ([[0, 1, 2]], [[0.5, np.nan, 0.5]], 1.0),
        ([[0, 1, 2]], [[0.5]], 1.0),
        ([[0, 1, 2]], [[0.5, 0.5, 0.5]], -1.0),
        ([[0]] * 256, [[0.5]] * 256, 1.0),
        ([[0] * 8191], [[0.5] * 8191], 1.0),
    ],
)
def test_refuses_fields_it_cannot_work_with(axis: list[list[int]], at: list[list[float]], fewest: float) -> None:
    with pytest.raises(LibraryError, match="half_space_trees"):
        HalfSpaceTrees(4, np.array(axis, dtype=np.uint16), np.array(at, dtype=np.float32), fewest, 3.0)
