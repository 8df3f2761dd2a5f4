"""The ridge path: scikit-learn's weights, and its errors on signals left out, from one decomposition."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge as SklearnRidge

from bitloop.search.fits.ridge_classifier import fit_ridge_classifier, fit_ridge_values, ridge_path


def problem(signals: int, features: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(signals)
    x = rng.normal(size=(signals, features)) * rng.uniform(0.5, 2.0, features) + 3.0
    goal = x[:, :3] @ rng.normal(size=(3, 2)) + rng.normal(size=(signals, 2)) * 2.0
    return x, goal, rng.uniform(0.5, 2.0, signals)


@pytest.mark.parametrize("shape", [(60, 9), (25, 40)])
@pytest.mark.parametrize("strength", [0.003, 0.3, 3.0])
def test_weights_are_those_of_scikit_learn(shape: tuple[int, int], strength: float) -> None:
    x, goal, weight = problem(*shape)
    path = ridge_path(x, goal, weight, strengths=np.array([strength]))
    off = x - np.average(x, axis=0, weights=weight)
    alpha = strength * float((weight[:, None] * off * off).sum()) / shape[1]
    expected = SklearnRidge(alpha=alpha).fit(x, goal, sample_weight=weight)
    np.testing.assert_allclose(path.weights, expected.coef_.T, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(path.bias, expected.intercept_, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("strength", [0.1, 1e-5])
@pytest.mark.parametrize("shape", [(40, 6), (20, 30), (12, 300)])
def test_held_predictions_are_those_of_models_fitted_without_the_signal(
    shape: tuple[int, int], strength: float
) -> None:
    x, goal, weight = problem(*shape)
    path = ridge_path(x, goal, weight, strengths=np.array([strength]))
    off = x - np.average(x, axis=0, weights=weight)
    alpha = strength * float((weight[:, None] * off * off).sum()) / shape[1]
    for i in range(0, len(x), 5):
        rest = np.arange(len(x)) != i
        model = SklearnRidge(alpha=alpha).fit(x[rest], goal[rest], sample_weight=weight[rest])
        np.testing.assert_allclose(path.held[i], model.predict(x[i : i + 1])[0], rtol=1e-3, atol=2e-3)


def test_noise_asks_for_more_strength_than_a_clear_signal() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(80, 40))
    clear, noise = x @ rng.normal(size=(40, 1)), rng.normal(size=(80, 1))
    weak, strong = (ridge_path(x, goal, np.ones(80)).strength for goal in (clear, noise))
    assert weak < 1e-3 and strong > 0.1
    assert ridge_path(x, noise, np.ones(80), firmer=3.0).strength == pytest.approx(3.0 * strong)


def test_features_that_repeat_or_never_change_break_nothing() -> None:
    rng = np.random.default_rng(2)
    x = np.repeat(rng.normal(size=(30, 3)), 4, axis=1)
    x[:, 0] = 5.0
    path = ridge_path(x, x[:, 4:5] * 2.0, np.ones(30))
    assert np.isfinite(path.weights).all() and abs(path.weights[0, 0]) < 1e-6
    constant = ridge_path(np.ones((10, 2)), np.arange(10.0)[:, None], np.ones(10))
    assert np.isfinite(constant.weights).all() and constant.bias[0] == pytest.approx(4.5)


def test_classes_weigh_the_same_and_probabilities_are_fair() -> None:
    rng = np.random.default_rng(3)
    y = np.where(np.arange(600) % 10 == 0, 1, 0)
    x = (rng.normal(size=(600, 4)) + y[:, None] * 1.2).astype(np.float32)
    model = fit_ridge_classifier(x, y, {"firmer": 1.0}, 1)
    p = model.reference(x)
    recalls = [(p.argmax(axis=1) == y)[y == c].mean() for c in range(2)]
    assert abs(recalls[0] - recalls[1]) < 0.1
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-6)
    assert p.max(axis=1).mean() > 0.75, "scores of -1 to 1 are stretched"


def test_a_class_between_others_is_found() -> None:
    """Regression on indicators alone never gives the middle of three in a row the largest score."""
    rng = np.random.default_rng(6)
    y = np.arange(300) % 3
    x = rng.normal(size=(300, 5)) * 0.4
    x[:, 0] += y * 2.0
    model = fit_ridge_classifier(x.astype(np.float32), y, {"firmer": 1.0}, 1)
    found = model.reference(x.astype(np.float32)).argmax(axis=1)
    assert min((found[y == c] == c).mean() for c in range(3)) > 0.9
    indicators = ridge_path(x, 2.0 * np.eye(3)[y] - 1.0, np.ones(300))
    plain = (x @ indicators.weights + indicators.bias).argmax(axis=1)
    assert (plain[y == 1] == 1).mean() < 0.6, "this would be no test otherwise"


def test_a_class_that_is_missing_gets_nothing() -> None:
    rng = np.random.default_rng(7)
    y = np.where(np.arange(60) % 2, 0, 2)
    x = (rng.normal(size=(60, 4)) + y[:, None]).astype(np.float32)
    p = fit_ridge_classifier(x, y, {"firmer": 1.0}, 1).reference(x)
    assert np.isfinite(p).all() and (p.argmax(axis=1) == y).mean() > 0.9


def test_values_follow_their_targets() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(100, 150)).astype(np.float32)
    y = (x[:, 0] * 3.0 + 10.0).astype(np.float32)
    model = fit_ridge_values(x, y, {"firmer": 1.0}, 1)
    assert np.corrcoef(model.reference(x)[:, 0], y)[0, 1] > 0.99
