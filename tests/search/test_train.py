"""Fitting: what the C answers is what scikit-learn (or the formula) says of the same parameters."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from bitloop.kernels.base import StaticModel
from bitloop.native import host
from bitloop.search import train_classes as tc
from bitloop.search import train_values as tv
from bitloop.search.cluster import centres
from bitloop.search.fits import ENTRIES
from bitloop.search.fits.neighbours import fit_nearest_classes

SURE = 1e-4
"""Decisions closer than this to a tie may fall either way: sklearn computes in float64."""


@pytest.fixture
def cloud() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    y = np.repeat([0, 1, 2], (40, 60, 50))
    x = rng.normal(size=(150, 6)) + np.eye(6)[y] * 2.0
    return x.astype(np.float32), y


def agrees(model: StaticModel, x: np.ndarray, probabilities: np.ndarray) -> None:
    """The C picks scikit-learn's class wherever that is no tie."""
    top = np.sort(probabilities, axis=1)
    clear = top[:, -1] - top[:, -2] > SURE
    assert clear.mean() > 0.9
    said = np.argmax(model.run(x, host()), axis=1)
    np.testing.assert_array_equal(said[clear], np.argmax(probabilities, axis=1)[clear])


def test_discriminants_agree_with_scikit_learn(cloud: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = cloud
    known = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1, priors=np.full(3, 1 / 3)).fit(x, y)
    agrees(tc.fit_discriminants(x, y, {"strength": 0.1}, 1), x, known.predict_proba(x))


def test_naive_bayes_agrees_with_scikit_learn(cloud: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = cloud
    known = GaussianNB(priors=np.full(3, 1 / 3), var_smoothing=1e-3).fit(x.astype(np.float64), y)
    model = tc.fit_naive_bayes(x, y, {"smoothing": 1e-3}, 1)
    np.testing.assert_allclose(model.run(x, host()), known.predict_proba(x.astype(np.float64)), atol=1e-4)


def test_sefr_tells_separated_classes_apart(cloud: tuple[np.ndarray, np.ndarray]) -> None:
    _, y = cloud
    x = (np.eye(3)[y] + 0.1).astype(np.float32)
    said = np.argmax(tc.fit_sefr(x, y, {}, 1).run(x, host()), axis=1)
    np.testing.assert_array_equal(said, y)


def test_nearest_prototypes_agree_with_scikit_learn(cloud: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = cloud
    model = fit_nearest_classes(x, y, {"prototypes": 5, "k": 1, "kind": 0}, 1)
    assert len(model.prototypes) == 15
    known = KNeighborsClassifier(1).fit(model.prototypes, model.labels)
    np.testing.assert_array_equal(np.argmax(model.run(x, host()), axis=1), known.predict(x))
    values = tv.fit_nearest_values(x, y.astype(np.float32), {"prototypes": 20, "k": 3}, 1)
    expected = KNeighborsRegressor(3).fit(values.prototypes, values.values).predict(x)
    np.testing.assert_allclose(values.run(x, host())[:, 0], expected, atol=1e-5)


@pytest.mark.parametrize("rows", [150, 4])
def test_ridge_agrees_with_scikit_learn(cloud: tuple[np.ndarray, np.ndarray], rows: int) -> None:
    x = cloud[0][:rows]
    y = (x @ np.arange(6) + 3).astype(np.float32)
    known = Ridge(alpha=0.1).fit(x.astype(np.float64), y)
    model = tv.fit_ridge(x, y, {"strength": 0.1}, 1)
    np.testing.assert_allclose(model.run(x, host())[:, 0], known.predict(x), atol=1e-4)


@pytest.mark.parametrize(("name", "hyper"), [("gaussian", {"smoothing": 1e-6}), ("hyperspheres", {"spheres": 3})])
def test_limits_of_outlier_models_divide_the_ratio(
    cloud: tuple[np.ndarray, np.ndarray], name: str, hyper: dict[str, float]
) -> None:
    x, _ = cloud
    model = ENTRIES[name].fit(x, hyper, 1.0, 1)
    ratio = model.run(x, host())
    wider = model.with_limit(2.0)
    assert isinstance(wider, StaticModel)
    np.testing.assert_allclose(wider.run(x, host()), ratio / 2, rtol=1e-6)
    far = model.run(x + np.float32(100), host())
    assert far.min() > ratio.max()


def test_learning_models_take_their_hyper_parameters() -> None:
    hyper = {"floor": 0.01, "capacity": 4, "novelty": 0.5}
    for entry in (entry for entry in ENTRIES.values() if entry.kind == "anomaly"):
        first = {name: values[0] for name, values in entry.hyper.items()}
        model = entry.fit(5, first | hyper, 3.0)
        assert (model.kernel, model.inputs, model.factor) == (entry.kernel.kernel, 5, 3.0)
        assert model.with_limit(2.0).factor == 2.0


def test_centres_are_means_of_their_members_and_none_is_empty() -> None:
    rng = np.random.default_rng(6)
    points = np.concatenate([rng.normal(size=(30, 3)) + 10 * n for n in range(3)])
    found, member = centres(points, 3, 1)
    for number, centre in enumerate(found):
        np.testing.assert_allclose(centre, points[member == number].mean(axis=0))
    assert sorted(np.bincount(member)) == [30, 30, 30]
    same, _ = centres(np.ones((5, 2)), 3, 1)
    assert len(same) == 1
