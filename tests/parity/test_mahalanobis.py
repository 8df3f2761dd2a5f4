"""Mahalanobis: same bits on every executor, the covariance it claims to have, positive whatever comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, State
from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.similarity import similarity
from tests.parity.learning import assert_smooths
from tests.parity.matrix import assert_learning_parity
from tests.parity.rows import cloud, rows

Wide = np.ndarray


def _factors(model: Mahalanobis, state: State) -> tuple[Wide, Wide, Wide]:
    """Mean, D and L in float64."""
    d = model.features
    lower = np.eye(d)
    lower[np.triu_indices(d, 1)[::-1]] = state[3 + 2 * d :]  # columns of L are rows of its transpose
    return state[3 : 3 + d].astype(np.float64), state[3 + d : 3 + 2 * d].astype(np.float64), lower


@given(rows(4, 8), rows(4), st.sampled_from([1e-12, 1e-3, 1.0]))
def test_same_bits_on_every_executor(learn: Features, detect: Features, floor: float) -> None:
    assert_learning_parity(Mahalanobis(4, 3.0, floor), learn, detect)


def test_same_bits_on_plain_data() -> None:
    assert_learning_parity(Mahalanobis(12, 4.0, 1e-6), cloud(1, 50, 12), cloud(2, 40, 12))


@pytest.mark.parametrize("features", [1, 2, 3])
def test_same_bits_for_few_features(features: int) -> None:
    assert_learning_parity(Mahalanobis(features, 4.0, 1e-6), cloud(1, 20, features), cloud(2, 20, features))


@given(rows(5, 12), rows(5), st.sampled_from([1e-12, 1e-3, 1e12]))
def test_stays_positive_and_finite_whatever_was_learned(learn: Features, detect: Features, floor: float) -> None:
    model = Mahalanobis(5, 1e6, floor)
    state = model.reference_learn(learn, model.empty())
    assert np.isfinite(state).all()
    assert (state[8:13] >= np.float32(floor)).all()
    assert np.isfinite(model.reference_detect(detect, state)).all()
    state = model.reference_learn(cloud(3, 20, 5), state)  # and it goes on learning
    assert np.isfinite(state).all() and state[0] == len(learn) + 20


def test_learns_mean_and_covariance() -> None:
    x = cloud(4, 400, 6, shift=10.0)
    model = Mahalanobis(6, 3.0, 1e-6)
    mean, d, lower = _factors(model, model.reference_learn(x, model.empty()))
    np.testing.assert_allclose(mean, x.mean(axis=0, dtype=np.float64), rtol=1e-5)
    expected = np.cov(x.astype(np.float64), rowvar=False, bias=True)
    np.testing.assert_allclose(lower @ np.diag(d / 400) @ lower.T, expected, rtol=1e-3, atol=1e-3)


def test_distance_is_that_of_the_inverse_covariance() -> None:
    x, other = cloud(5, 400, 6), cloud(6, 30, 6, shift=3.0)
    model = Mahalanobis(6, 3.0, 1e-9)
    state = model.reference_learn(x, model.empty())
    off = other.astype(np.float64) - x.mean(axis=0, dtype=np.float64)
    inverse = np.linalg.inv(np.cov(x.astype(np.float64), rowvar=False, bias=True))
    expected = np.sqrt(np.einsum("ni,ij,nj->n", off, inverse, off) / 6)
    np.testing.assert_allclose(model.distance(other, state), expected, rtol=1e-3)


def test_sees_a_broken_correlation_that_no_single_feature_shows() -> None:
    noise = np.random.default_rng(7).normal(size=(400, 2)).astype(np.float32)
    x = np.stack([noise[:, 0], noise[:, 0] + np.float32(0.05) * noise[:, 1]], axis=1)
    model = Mahalanobis(2, 5.0, 1e-6)
    state = model.reference_learn(x[:200], model.empty())
    assert np.mean(similarity(model.reference_detect(x[200:], state)) >= 90) > 0.97
    assert similarity(model.reference_detect(np.float32([[1.0, -1.0]]), state))[0, 0] < 90


def test_separates_what_it_learned_from_what_it_did_not() -> None:
    model = Mahalanobis(8, 4.0, 1e-6)
    state = model.reference_learn(cloud(8, 150, 8), model.empty())
    assert np.mean(similarity(model.reference_detect(cloud(9, 500, 8), state)) >= 90) > 0.97
    assert np.mean(similarity(model.reference_detect(cloud(10, 500, 8, shift=25.0), state)) < 90) > 0.98


def test_copies_of_a_feature_do_no_harm() -> None:
    one = cloud(11, 200, 1)
    model = Mahalanobis(3, 4.0, 1e-4)
    state = model.reference_learn(np.repeat(one, 3, axis=1), model.empty())
    assert np.mean(model.reference_detect(np.repeat(cloud(12, 200, 1), 3, axis=1), state) <= 1) > 0.95


def test_ratio_is_hopeless_until_the_least_number_of_signals() -> None:
    model, x = Mahalanobis(6, 4.0, 1e-6), cloud(13, 20, 6)
    assert model.least == 13
    state = model.reference_learn(x[:12], model.empty())
    np.testing.assert_array_equal(model.reference_detect(x, state), np.float32(1e6))
    assert model.reference_detect(x, model.reference_learn(x[:13], model.empty())).max() < 1e6


@pytest.mark.parametrize("fields", [(0, 3.0, 1e-6), (257, 3.0, 1e-6), (4, np.nan, 1e-6), (4, 3.0, 1e-30)])
def test_refuses_fields_it_cannot_work_with(fields: tuple[int, float, float]) -> None:
    with pytest.raises(LibraryError, match="mahalanobis"):
        Mahalanobis(*fields)


def test_smooths() -> None:
    assert_smooths(Mahalanobis(5, 3.0, 1e-6))


@given(rows(4, 12), rows(4), st.sampled_from([1, 2, 3]))
def test_same_bits_with_a_memory(learn: Features, detect: Features, memory: int) -> None:
    assert_learning_parity(Mahalanobis(4, 3.0, 1e-6, memory, memory - 1), learn, detect)


@given(rows(5, 12), rows(5), st.sampled_from([1e-12, 1e-3, 1e12]))
def test_stays_positive_and_finite_with_a_memory(learn: Features, detect: Features, floor: float) -> None:
    model = Mahalanobis(5, 1e6, floor, memory=1)
    state = model.reference_learn(learn, model.empty())
    assert np.isfinite(state).all()
    assert (state[8:13] >= np.float32(floor)).all()
    assert np.isfinite(model.reference_detect(detect, state)).all()


def test_a_memory_weighs_signals_by_powers_of_its_share() -> None:
    x = cloud(14, 300, 4, shift=5.0)
    model = Mahalanobis(4, 3.0, 1e-9, memory=5)
    mean, d, lower = _factors(model, model.reference_learn(x, model.empty()))
    wanted = x[:32].mean(axis=0, dtype=np.float64)
    scatter = 32 * np.cov(x[:32].astype(np.float64), rowvar=False, bias=True)
    for row in x[32:].astype(np.float64):
        off = row - wanted
        wanted, scatter = wanted + off / 32, (1 - 1 / 32) * (scatter + np.outer(off, off))
    np.testing.assert_allclose(mean, wanted, rtol=1e-4)
    np.testing.assert_allclose(lower @ np.diag(d) @ lower.T, scatter, rtol=1e-2, atol=1e-2 * scatter.max())
