"""Linear classifiers: what scikit-learn finds where the descent may take its time, and nearly so where it may not."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bitloop.kernels.linear import Linear
from bitloop.native import host
from bitloop.search.fits import ENTRIES
from bitloop.search.fits.linear import fit_int8, fit_logistic, fit_svm, logistic, svm
from bitloop.search.fits.ridge_classifier import fit_ridge_classifier

LONG = (300, 1e-12)
Labelled = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def cloud() -> Labelled:
    """Three classes of different sizes, features of different scales that go together."""
    rng = np.random.default_rng(5)
    y = np.repeat([0, 1, 2], (40, 60, 50))
    x = (rng.normal(size=(150, 6)) + np.eye(6)[y] * 2.0) @ rng.normal(size=(6, 6)) * 10.0 ** np.arange(-2, 4)
    return (x / x.std(axis=0)).astype(np.float32), y


def test_logistic_regression_is_that_of_scikit_learn(cloud: Labelled) -> None:
    x, y = cloud
    known = LogisticRegression(C=1.0, class_weight="balanced", max_iter=5000, tol=1e-10).fit(x.astype(np.float64), y)
    weights, bias = logistic(x, y, 1.0, *LONG)
    np.testing.assert_allclose(weights - weights.mean(axis=0), known.coef_, atol=2e-3)
    np.testing.assert_allclose(bias - bias.mean(), known.intercept_, atol=2e-3)


def test_support_vector_machine_is_that_of_scikit_learn(cloud: Labelled) -> None:
    x, y = cloud
    share = (len(y) / (3 * np.bincount(y)))[y]
    weights, bias = svm(x, y, 1.0, *LONG)
    for c in range(3):  # liblinear penalises the bias unless its column is large
        known = LinearSVC(C=1.0, dual=False, tol=1e-10, max_iter=10000, intercept_scaling=1e3)
        known.fit(x.astype(np.float64), y == c, sample_weight=share)
        np.testing.assert_allclose(weights[c], known.coef_[0], atol=2e-3)
        np.testing.assert_allclose(bias[c], known.intercept_[0], atol=2e-3)


@pytest.mark.parametrize("strength", [0.1, 1.0, 10.0])
def test_in_few_steps_decisions_are_nearly_the_same(cloud: Labelled, strength: float) -> None:
    x, y = cloud
    known = LogisticRegression(C=1.0 / strength, class_weight="balanced", max_iter=5000).fit(x, y)
    said = fit_logistic(x, y, {"strength": strength}, 1).run(x, host())
    assert np.mean(np.argmax(said, axis=1) == known.predict(x)) > 0.96
    assert np.abs(said - known.predict_proba(x)).mean() < 0.05


def test_margins_become_probabilities_of_some_certainty(cloud: Labelled) -> None:
    x, y = cloud
    said = fit_svm(x, y, {"strength": 1.0}, 1).run(x, host())
    assert np.mean(np.argmax(said, axis=1) == y) > 0.85
    assert 0.7 < said.max(axis=1).mean() < 0.99


def _ridge(x: np.ndarray, y: np.ndarray, hyper: dict[str, float], seed: int, firmer: float) -> Linear:
    return fit_ridge_classifier(x, y, {"firmer": firmer}, seed)


@pytest.mark.parametrize("teacher", [0, 1, 2, 3])
def test_int8_decides_as_its_teacher_does(cloud: Labelled, teacher: int) -> None:
    x, y = cloud
    fits = {
        0: (ENTRIES["discriminants"].fit, 0.1),
        1: (fit_logistic, 10.0),
        2: (fit_svm, 10.0),
        3: (partial(_ridge, firmer=2.0), 0.0),
    }
    fit, strength = fits[teacher]
    large = fit(x, y, {"strength": strength}, 1).run(x, host())
    small = fit_int8(x, y, {"teacher": teacher, "strength": 0.1}, 1).run(x, host())
    assert np.abs(large - small).max() < 0.06
    assert np.mean(np.argmax(large, axis=1) == np.argmax(small, axis=1)) > 0.97


def test_fits_what_is_constant_or_wider_than_it_is_long() -> None:
    rng = np.random.default_rng(2)
    y = np.repeat([0, 1], 10)
    x = np.concatenate([rng.normal(size=(20, 60)) + y[:, None], np.zeros((20, 2))], axis=1).astype(np.float32)
    for fit in (fit_logistic, fit_svm):
        said = fit(x, y, {"strength": 0.1}, 1).run(x, host())
        np.testing.assert_array_equal(np.argmax(said, axis=1), y)
