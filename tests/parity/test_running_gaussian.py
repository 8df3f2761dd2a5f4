"""Running Gaussian: same bits on every executor, Welford's numbers, and a limit that holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.similarity import similarity
from tests.parity.learning import assert_smooths
from tests.parity.matrix import assert_learning_parity
from tests.parity.rows import cloud, rows


@given(rows(5, 8), rows(5), st.sampled_from([1e-12, 1e-3, 1.0]))
def test_same_bits_on_every_executor(learn: Features, detect: Features, floor: float) -> None:
    assert_learning_parity(RunningGaussian(5, 3.0, floor), learn, detect)


@given(rows(4, 8), rows(4))
def test_state_and_ratio_stay_finite_whatever_was_learned(learn: Features, detect: Features) -> None:
    model = RunningGaussian(4, 1e6, 1e-12)
    state = model.reference_learn(learn, model.empty())
    assert np.isfinite(state).all()
    assert np.isfinite(model.reference_detect(detect, state)).all()


def test_same_bits_on_plain_data() -> None:
    assert_learning_parity(RunningGaussian(16, 4.0, 1e-6), cloud(1, 60, 16), cloud(2, 40, 16))


def test_same_bits_for_as_many_features_as_there_may_be() -> None:
    assert_learning_parity(RunningGaussian(1024, 4.0, 1e-6), cloud(1, 10, 1024), cloud(2, 2, 1024))


def test_learns_mean_and_variance() -> None:
    x = cloud(3, 500, 6, shift=20.0)
    model = RunningGaussian(6, 3.0, 1e-6)
    state = model.reference_learn(x, model.empty())
    assert state[0] == 500
    np.testing.assert_allclose(state[3:9], x.mean(axis=0, dtype=np.float64), rtol=1e-5)
    np.testing.assert_allclose(state[9:] / 500, x.var(axis=0, dtype=np.float64), rtol=1e-4)


def test_separates_what_it_learned_from_what_it_did_not() -> None:
    model = RunningGaussian(12, 4.0, 1e-6)
    state = model.reference_learn(cloud(4, 100, 12), model.empty())
    assert np.mean(similarity(model.reference_detect(cloud(5, 500, 12), state)) >= 90) > 0.98
    assert np.mean(similarity(model.reference_detect(cloud(6, 500, 12, shift=25.0), state)) < 90) > 0.98


def test_ratio_is_hopeless_until_the_least_number_of_signals() -> None:
    model, x = RunningGaussian(3, 4.0, 1e-6), cloud(8, 20, 3)
    for count in range(model.least):
        state = model.reference_learn(x[:count], model.empty())
        np.testing.assert_array_equal(model.reference_detect(x, state), np.float32(1e6))
    state = model.reference_learn(x[: model.least], model.empty())
    assert model.reference_detect(x, state).max() < 1e6


def test_a_constant_signal_is_regular_and_any_other_is_not() -> None:
    x = np.full((30, 3), 5.0, dtype=np.float32)
    model = RunningGaussian(3, 4.0, 1e-6)
    state = model.reference_learn(x, model.empty())
    np.testing.assert_array_equal(model.reference_detect(x[:1], state), 0.0)
    assert model.reference_detect(x[:1] + 1, state)[0, 0] > 1


def test_is_full_when_a_float_cannot_count_further() -> None:
    model, x = RunningGaussian(3, 4.0, 1e-6), cloud(9, 20, 3)
    state = model.reference_learn(x, model.empty())
    state[0] = 2.0**24
    np.testing.assert_array_equal(model.reference_learn(x, state), state)


def test_wild_signals_fade() -> None:
    model = RunningGaussian(4, 4.0, 1e-6)
    state = model.reference_learn(np.full((1, 4), 1e15, dtype=np.float32), model.empty())
    state = model.reference_learn(cloud(10, 200, 4), state)
    assert np.isfinite(state).all()
    assert model.reference_detect(np.full((1, 4), 1e15, dtype=np.float32), state)[0, 0] > 1


@pytest.mark.parametrize("fields", [(0, 3.0, 1e-6), (1025, 3.0, 1e-6), (4, 0.0, 1e-6), (4, 3.0, 0.0), (4, 3.0, -1.0)])
def test_refuses_fields_it_cannot_work_with(fields: tuple[int, float, float]) -> None:
    with pytest.raises(LibraryError, match="running_gaussian"):
        RunningGaussian(*fields)


def test_smooths() -> None:
    assert_smooths(RunningGaussian(5, 3.0, 1e-6))
    assert_smooths(RunningGaussian(3, 3.0, 1e-6), smoothing=1)


@given(rows(4, 12), rows(4), st.sampled_from([1, 2, 3]))
def test_same_bits_with_a_memory(learn: Features, detect: Features, memory: int) -> None:
    assert_learning_parity(RunningGaussian(4, 3.0, 1e-6, memory, memory - 1), learn, detect)


def test_a_memory_weighs_signals_by_powers_of_its_share() -> None:
    x = cloud(11, 300, 4, shift=5.0)
    model = RunningGaussian(4, 3.0, 1e-6, memory=4)
    state = model.reference_learn(x, model.empty())
    mean, variance = x[:16].mean(axis=0, dtype=np.float64), x[:16].var(axis=0, dtype=np.float64)
    for row in x[16:].astype(np.float64):
        off = row - mean
        mean, variance = mean + off / 16, (1 - 1 / 16) * (variance + off * off / 16)
    np.testing.assert_allclose(state[3:7], mean, rtol=1e-4)
    np.testing.assert_allclose(state[7:] / 16, variance, rtol=1e-3)


def test_a_memory_follows_what_drifts() -> None:
    drift = cloud(12, 400, 4) + np.linspace(0, 60, 400, dtype=np.float32)[:, None]
    later = cloud(13, 100, 4, shift=60.0)
    long, short = RunningGaussian(4, 4.0, 1e-6), RunningGaussian(4, 4.0, 1e-6, memory=5)
    gone = cloud(14, 100, 4)
    for model, knows in ((long, True), (short, False)):
        state = model.reference_learn(drift, model.empty())
        assert np.mean(model.reference_detect(later, state) <= 1) > 0.9
        assert (np.mean(model.reference_detect(gone, state) <= 1) > 0.9) == knows
