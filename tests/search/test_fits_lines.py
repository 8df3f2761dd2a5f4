"""Lines through targets: what scikit-learn finds, and how little 8 bits lose of it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet

from bitloop.native import host
from bitloop.search.fits import ENTRIES
from bitloop.search.fits.lines import fit_elastic_net, fit_int8
from bitloop.search.fits.ridge_classifier import fit_ridge_values


def slope(seed: int, features: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Two of the features matter; the target is far from 0."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(120, features)) + 1.0
    y = 1000.0 + 50.0 * x[:, 0] - 20.0 * x[:, 1] + rng.normal(size=120)
    return x.astype(np.float32), y.astype(np.float32)


@pytest.mark.parametrize("sparse", [0.1, 0.9])
def test_elastic_net_is_that_of_scikit_learn(sparse: float) -> None:
    x, y = slope(1)
    spread = y.astype(np.float64).std()
    known = ElasticNet(alpha=0.1, l1_ratio=sparse, tol=1e-8).fit(x.astype(np.float64), y / spread)
    model = fit_elastic_net(x, y, {"strength": 0.1, "sparse": sparse}, 1)
    np.testing.assert_allclose(model.weights, known.coef_ * spread, rtol=2e-2, atol=0.2)
    assert np.count_nonzero(model.weights) == np.count_nonzero(known.coef_)
    np.testing.assert_allclose(model.run(x, host())[:, 0].mean(), y.mean(), rtol=1e-5)


@pytest.mark.parametrize("features", [8, 300])
def test_int8_loses_little(features: int) -> None:
    x, y = slope(1, features)
    x2, _ = slope(2, features)
    large = fit_ridge_values(x, y, {"firmer": 1.0}, 1).run(x2, host())[:, 0]
    small = fit_int8(x, y, {"firmer": 1.0}, 1).run(x2, host())[:, 0]
    assert np.std(large - small) < 0.03 * np.std(large)


@pytest.mark.parametrize("name", ["elastic_net", "ridge_int8"])
def test_features_that_say_nothing_leave_the_mean(name: str) -> None:
    x, y = np.ones((20, 3), np.float32), np.arange(20, dtype=np.float32)
    hyper = {key: choices[0] for key, choices in ENTRIES[name].hyper.items()}
    np.testing.assert_allclose(ENTRIES[name].fit(x, y, hyper, 1).run(x, host())[:, 0], 9.5, atol=0.1)
