"""Radial basis functions: kernel ridge where every signal is a centre, and borders that no straight line makes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from bitloop.kernels.base import StaticModel
from bitloop.native import host
from bitloop.search.cluster import squares
from bitloop.search.fits import ENTRIES
from bitloop.search.fits.rbf import kernel_ridge

HYPER = {"centres": 24.0, "width": 1.0, "strength": 0.01, "line": 1.0}


def rings(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A disc, a ring around it, and a cloud beside both."""
    rng = np.random.default_rng(seed)
    angle, radius = rng.uniform(0, 2 * np.pi, 160), np.repeat([0.4, 1.5], 80) + rng.normal(0, 0.1, 160)
    inner = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1)
    x = np.concatenate([inner, rng.normal(0, 0.2, (30, 2)) + np.array([4, 0])])
    return x.astype(np.float32), np.repeat([0, 1, 2], (80, 80, 30))


def share_right(model: StaticModel, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(np.argmax(model.run(x, host()), axis=1) == y))


def test_kernel_ridge_is_that_of_scikit_learn_where_every_signal_is_a_centre() -> None:
    rng = np.random.default_rng(3)
    x, goal = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    goal -= goal.mean(axis=0)
    weights, slopes, bias = kernel_ridge(x, goal, np.ones(40), x, 0.3, 0.5, 1e12)
    known = KernelRidge(alpha=0.5, kernel="rbf", gamma=0.3).fit(x, goal)
    at = rng.normal(size=(30, 3))
    said = np.exp(-0.3 * squares(at, x)) @ weights
    np.testing.assert_allclose(said, known.predict(at), atol=1e-4)
    assert np.abs(slopes).max() < 1e-9 and np.abs(bias).max() < 1e-9


@pytest.mark.parametrize("name", ["rbf_network", "rbf_network_int8"])
def test_tells_a_ring_from_what_it_surrounds(name: str) -> None:
    model = ENTRIES[name].fit(*rings(), HYPER, 1)
    assert len(model.centres) <= 24
    assert share_right(model, *rings(2)) > 0.97
    assert share_right(ENTRIES["discriminants"].fit(*rings(), {"strength": 0.1}, 1), *rings(2)) < 0.8


def test_int8_answers_as_the_float_network_does() -> None:
    x, y = rings()
    small, large = (ENTRIES[name].fit(x, y, HYPER, 1) for name in ("rbf_network_int8", "rbf_network"))
    assert np.abs(small.run(x, host()) - large.run(x, host())).mean() < 0.05
    bytes_of = [sum(c.values.nbytes for c in model.constants()) for model in (small, large)]
    assert bytes_of[0] < bytes_of[1]


@pytest.mark.parametrize("name", ["kernel_ridge", "kernel_ridge_int8"])
def test_values_follow_a_curve(name: str) -> None:
    x = np.random.default_rng(1).uniform(-3, 3, (150, 2)).astype(np.float32)
    y = (2.0 * x[:, 0] + np.sin(2.0 * x[:, 1])).astype(np.float32) + np.float32(100.0)
    model = ENTRIES[name].fit(x, y, {"centres": 64.0, "width": 2.0, "strength": 1e-3, "line": 0.1}, 1)
    assert np.std(model.run(x, host())[:, 0] - y) < 0.05 * y.std()


def test_values_follow_a_curve_and_go_on_in_a_straight_line() -> None:
    x = np.linspace(-3, 3, 120, dtype=np.float32)[:, None]
    y = (2.0 * x[:, 0] + np.sin(2.0 * x[:, 0])).astype(np.float32) + np.float32(100.0)
    model = ENTRIES["kernel_ridge"].fit(x, y, {"centres": 16.0, "width": 8.0, "strength": 0.1, "line": 0.01}, 1)
    np.testing.assert_allclose(model.run(x, host())[:, 0], y, atol=0.2)
    far = model.run(np.float32([[20.0], [21.0]]), host())[:, 0]
    assert 1.5 < far[1] - far[0] < 2.5


@pytest.mark.parametrize("name", ["rbf_network", "rbf_network_int8", "kernel_ridge", "kernel_ridge_int8"])
def test_fits_what_is_alike_or_hardly_there(name: str) -> None:
    x, y = np.zeros((16, 3), np.float32), np.arange(16) % 2
    x[:, 0] = y
    model = ENTRIES[name].fit(x, y.astype(np.float32) if "kernel" in name else y, HYPER | {"centres": 256.0}, 1)
    said = model.run(x, host())
    right = np.abs(said[:, 0] - y) < 0.2 if "kernel" in name else np.argmax(said, axis=1) == y
    assert right.all()
