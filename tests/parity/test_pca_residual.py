"""PCA residual: same bits on every executor, scikit-learn's components, and finite whatever comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.pca_residual import PcaResidual
from bitloop.kernels.similarity import similarity
from tests.parity.learning import (
    assert_full_at_2_to_24,
    assert_hopeless_until_least,
    assert_smooths,
    assert_stays_finite,
)
from tests.parity.matrix import assert_learning_parity
from tests.parity.rows import cloud, rows


def _plane(seed: int, count: int, off: float = 0.0) -> Features:
    """Points near a plane through ten dimensions; `off` is how far beside it."""
    random = np.random.default_rng(seed)
    axes = np.linalg.qr(np.random.default_rng(1).normal(size=(10, 10)))[0]
    spread = np.array([5.0, 2.0] + [0.1] * 8) * random.normal(size=(count, 10))
    spread[:, 9] += off
    return (spread @ axes.T + 3.0).astype(np.float32)


@given(rows(5, 8), rows(5), st.integers(1, 5), st.sampled_from([0.0, 1.0, 1e3]), st.sampled_from([1e-12, 1e-3, 1e12]))
def test_same_bits_on_every_executor(
    learn: Features, detect: Features, components: int, inside: float, floor: float
) -> None:
    assert_learning_parity(PcaResidual(5, components, inside, floor, 3.0), learn, detect)


@pytest.mark.parametrize(("components", "memory"), [(1, 0), (3, 0), (3, 4), (12, 1)])
def test_same_bits_on_plain_data(components: int, memory: int) -> None:
    model = PcaResidual(12, components, 0.5, 1e-6, 4.0, memory)
    assert_learning_parity(model, cloud(1, 60, 12), cloud(2, 30, 12))


@given(rows(5, 12), rows(5), st.sampled_from([1e-12, 1e-3]), st.integers(0, 3))
def test_stays_finite_whatever_was_learned(learn: Features, detect: Features, floor: float, memory: int) -> None:
    assert_stays_finite(PcaResidual(5, 3, 1e3, floor, 1e6, memory), learn, detect)


def test_hopeless_at_first_full_at_last_and_smooths() -> None:
    model = PcaResidual(6, 2, 1.0, 1e-6, 3.0)
    assert_hopeless_until_least(model)
    assert_full_at_2_to_24(model)
    assert_smooths(model)


def test_finds_scikit_learns_components() -> None:
    x = _plane(2, 600)
    model = PcaResidual(10, 2, 0.0, 1e-9, 3.0)
    state = model.reference_learn(x, model.empty())
    known = PCA(2).fit(x.astype(np.float64))
    lengths, directions = state[14:16], state[16:36].reshape(2, 10)
    np.testing.assert_allclose(np.abs(np.sum(directions * known.components_, axis=1)), 1.0, atol=2e-3)
    np.testing.assert_allclose(lengths, known.explained_variance_, rtol=0.15)
    np.testing.assert_allclose(state[4:14], x.mean(axis=0, dtype=np.float64), rtol=1e-4)
    off = x - known.mean_
    rest = np.mean((off - off @ known.components_.T @ known.components_) ** 2)
    np.testing.assert_allclose(state[3], rest, rtol=0.2)


def test_distance_is_that_of_probabilistic_pca() -> None:
    x, other = _plane(3, 500), _plane(4, 30, off=1.0).astype(np.float64)
    model = PcaResidual(10, 2, 1.0, 1e-3, 3.0)
    state = model.reference_learn(x, model.empty())
    mean, lengths, directions = state[4:14], state[14:16], state[16:36].reshape(2, 10)
    part = (other - mean) @ directions.T
    part[:, 1] -= part[:, 0] * (directions[0] @ directions[1])  # learned one after the other, they are nearly square
    rest = np.sum((other - mean - part @ directions) ** 2, axis=1)
    expected = np.sqrt((rest / (state[3] + 1e-3) + np.sum(part**2 / (lengths + 1e-3), axis=1)) / 10)
    np.testing.assert_allclose(model.distance(other.astype(np.float32), state), expected, rtol=1e-3)


def test_sees_what_leaves_the_plane() -> None:
    model = PcaResidual(10, 2, 0.0, 1e-6, 5.0)
    state = model.reference_learn(_plane(5, 200), model.empty())
    assert np.mean(similarity(model.reference_detect(_plane(6, 300), state)) >= 90) > 0.97
    assert np.mean(similarity(model.reference_detect(_plane(7, 300, off=1.5), state)) < 90) > 0.97


def test_a_memory_follows_a_plane_that_turns() -> None:
    turned = _plane(9, 300)[:, ::-1].copy()
    explained = []
    for memory in (0, 5):
        model = PcaResidual(10, 2, 0.0, 1e-6, 4.0, memory)
        state = model.reference_learn(np.concatenate([_plane(8, 600), turned]), model.empty())
        off = turned - turned.mean(axis=0)
        part = off @ np.linalg.qr(state[16:36].reshape(2, 10).T)[0]
        explained.append(np.sum(part**2) / np.sum(off**2))
    assert explained[1] > 0.95 > 0.9 > explained[0]


@pytest.mark.parametrize(
    "fields",
    [
        (0, 1, 0.0, 1e-6, 3.0),
        (4, 0, 0.0, 1e-6, 3.0),
        (4, 5, 0.0, 1e-6, 3.0),
        (200, 65, 0.0, 1e-6, 3.0),
        (4, 1, -1.0, 1e-6, 3.0),
        (4, 1, 0.0, 0.0, 3.0),
        (4, 1, 0.0, 1e-6, np.nan),
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: tuple[int, int, float, float, float]) -> None:
    with pytest.raises(LibraryError, match="pca_residual"):
        PcaResidual(*fields)
