"""Growing prototypes: same bits on every executor, one prototype per place, and no more than there is room for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.growing_prototypes import GrowingPrototypes
from bitloop.kernels.similarity import similarity
from tests.parity.learning import assert_smooths
from tests.parity.matrix import assert_learning_parity
from tests.parity.rows import cloud, rows


def _regimes(seed: int, count: int, places: Features) -> Features:
    """Rows around `places` (each a row), in random order."""
    random = np.random.default_rng(seed)
    chosen = places[random.integers(0, len(places), count)]
    return (chosen + random.normal(0, 0.1, chosen.shape)).astype(np.float32)


PLACES = np.float32([[0, 0, 0], [4, 0, 0], [0, 5, 0], [3, 3, 3]])


@given(rows(4, 8), rows(4), st.integers(1, 5), st.sampled_from([0.0, 0.3, 1e3, 1e15]))
def test_same_bits_on_every_executor(learn: Features, detect: Features, capacity: int, novelty: float) -> None:
    assert_learning_parity(GrowingPrototypes(4, capacity, novelty, 3.0), learn, detect)


@pytest.mark.parametrize(("capacity", "novelty"), [(4, 1.0), (6, 0.05), (2, 1.0)])
def test_same_bits_on_plain_data(capacity: int, novelty: float) -> None:
    model = GrowingPrototypes(3, capacity, novelty, 4.0)
    assert_learning_parity(model, _regimes(1, 50, PLACES), _regimes(2, 20, PLACES))


@given(rows(3, 12), rows(3), st.integers(1, 4))
def test_state_and_ratio_stay_finite_whatever_was_learned(learn: Features, detect: Features, capacity: int) -> None:
    model = GrowingPrototypes(3, capacity, 0.5, 1e6)
    state = model.reference_learn(learn, model.empty())
    assert np.isfinite(state).all()
    assert state[3 : 3 + capacity].sum() == state[0] == len(learn)
    assert np.isfinite(model.reference_detect(detect, state)).all()


def test_finds_the_places_and_their_weights() -> None:
    x = _regimes(3, 400, PLACES)
    model = GrowingPrototypes(3, 8, 1.0, 3.0)
    state = model.reference_learn(x, model.empty())
    assert model.used(state) == 4
    found = state[11:23].reshape(4, 3)
    nearest = np.linalg.norm(PLACES[:, None] - found, axis=2).min(axis=1)
    assert (nearest < 0.1).all()
    assert state[3:7].sum() == 400


def test_makes_room_by_merging_the_closest_pair() -> None:
    x = np.float32([[0.0], [1.0], [10.0]])
    model = GrowingPrototypes(1, 2, 0.5, 3.0)
    state = model.reference_learn(x, model.empty())
    np.testing.assert_array_equal(state[3:], np.float32([2, 1, 0.5, 10]))


def test_absorbs_a_newcomer_that_is_closer_than_any_pair() -> None:
    x = np.float32([[0.0], [10.0], [2.0]])
    model = GrowingPrototypes(1, 2, 0.5, 3.0)
    state = model.reference_learn(x, model.empty())
    np.testing.assert_array_equal(state[3:], np.float32([2, 1, 1, 10]))


def test_of_equally_near_prototypes_the_first_takes_it() -> None:
    x = np.float32([[-1.0], [1.0], [0.0]])
    state = GrowingPrototypes(1, 4, 1.5, 3.0).reference_learn(x, np.zeros(11, dtype=np.float32))
    np.testing.assert_array_equal(state[3:], np.float32([2, 1, 0, 0, -0.5, 1, 0, 0]))


def test_knows_every_regime_and_nothing_between_them() -> None:
    model = GrowingPrototypes(3, 8, 0.8, 5.0)
    state = model.reference_learn(_regimes(4, 200, PLACES), model.empty())
    assert np.mean(similarity(model.reference_detect(_regimes(5, 300, PLACES), state)) >= 90) > 0.97
    between = _regimes(6, 300, np.float32([[2, 0, 0], [0, 2.5, 0], [1.5, 1.5, 1.5]]))
    assert np.mean(similarity(model.reference_detect(between, state)) < 90) > 0.97


def test_ratio_is_hopeless_until_the_least_number_of_signals() -> None:
    model, x = GrowingPrototypes(3, 4, 0.5, 3.0), cloud(7, 20, 3)
    state = model.reference_learn(x[: model.least - 1], model.empty())
    np.testing.assert_array_equal(model.reference_detect(x, state), np.float32(1e6))
    assert model.reference_detect(x, model.reference_learn(x[: model.least], model.empty())).max() < 1e6


@pytest.mark.parametrize("fields", [(0, 4, 1.0, 3.0), (3, 0, 1.0, 3.0), (3, 256, 1.0, 3.0), (3, 4, -1.0, 3.0)])
def test_refuses_fields_it_cannot_work_with(fields: tuple[int, int, float, float]) -> None:
    with pytest.raises(LibraryError, match="growing_prototypes"):
        GrowingPrototypes(*fields)


def test_smooths() -> None:
    assert_smooths(GrowingPrototypes(5, 4, 1.0, 3.0))
