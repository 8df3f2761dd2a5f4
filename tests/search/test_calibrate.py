"""Calibration: the factor that probabilities were blunted by is found, and what it does to a model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bitloop.kernels.linear import Linear
from bitloop.native import host
from bitloop.search.calibrate import SHARPEST, calibration_error, log_loss, sharpened, temperature


def drawn(factor: float, count: int = 20_000, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and labels drawn from them after they were taken to the power `factor`."""
    rng = np.random.default_rng(seed)
    said = rng.dirichlet((0.8, 0.8, 0.8), count)
    true = sharpened(said, factor)
    labels = (rng.random(count)[:, None] > np.cumsum(true, axis=1)).sum(axis=1)
    return said.astype(np.float32), np.minimum(labels, 2).astype(np.int64)


@pytest.mark.parametrize("factor", [0.3, 1.0, 3.0])
def test_finds_the_factor_probabilities_were_blunted_by(factor: float) -> None:
    said, labels = drawn(factor)
    found = temperature(said, labels)
    assert abs(np.log(found / factor)) < 0.05
    assert calibration_error(sharpened(said, found), labels) < 0.015
    if factor != 1.0:
        assert calibration_error(said, labels) > 0.05
        assert log_loss(sharpened(said, found), labels) < log_loss(said, labels)


def test_the_factor_has_the_least_loss() -> None:
    said, labels = drawn(1.7, 300)
    best = minimize_scalar(lambda f: log_loss(sharpened(said, f), labels), bounds=(0.1, 10), method="bounded")
    assert temperature(said, labels) == pytest.approx(best.x, rel=1e-3)


def test_a_model_that_is_never_wrong_stays_within_bounds() -> None:
    said = np.float32([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    assert temperature(said, np.array([0, 1, 0])) == pytest.approx(SHARPEST, rel=1e-3)
    assert temperature(np.float32([[1, 0], [0, 1]]), np.array([1, 0])) < 0.06
    assert np.isfinite(temperature(np.full((4, 2), 0.5, np.float32), np.array([0, 1, 0, 1])))


def test_classes_weigh_the_same_however_few_their_signals() -> None:
    said, labels = drawn(2.0, 400)
    many = np.concatenate([np.arange(400), *[np.flatnonzero(labels == 0)] * 9])
    assert log_loss(said[many], labels[many]) == pytest.approx(log_loss(said, labels), rel=1e-9)


def test_a_class_without_signals_does_not_count() -> None:
    said = np.float32([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]])
    assert log_loss(said, np.array([0, 1])) == pytest.approx(np.log(2.0), rel=1e-6)


def test_error_of_certainty_that_is_wrong_half_the_time() -> None:
    said = np.tile(np.float32([[1.0, 0.0]]), (10, 1))
    assert calibration_error(said, np.array([0, 1] * 5)) == pytest.approx(0.5)
    assert calibration_error(said, np.zeros(10, np.int64)) == 0.0


def test_a_sharpened_model_says_what_was_calibrated() -> None:
    rng = np.random.default_rng(4)
    model = Linear(rng.normal(size=(3, 4)).astype(np.float32), rng.normal(size=3).astype(np.float32))
    x = rng.normal(size=(50, 4)).astype(np.float32)
    before, after = model.run(x, host()), model.sharpened(2.2).run(x, host())
    np.testing.assert_allclose(after, sharpened(before, 2.2), atol=1e-4)
    np.testing.assert_array_equal(np.argmax(after, axis=1), np.argmax(before, axis=1))
