"""Growing trees: as good as scikit-learn's on the same data, cut where they should be, the same every time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from bitloop.kernels.base import StaticModel
from bitloop.native import host
from bitloop.search import trees
from bitloop.search.fits.trees import ENTRIES
from bitloop.search.grow import BINS, Ground, Growth

X, Y = (np.asarray(part) for part in load_digits(return_X_y=True))
X = X.astype(np.float32)
LEARN, SEEN = np.arange(0, len(X), 2), np.arange(1, len(X), 2)


def accuracy(model: StaticModel) -> float:
    return float((model.run(X[SEEN], host()).argmax(axis=1) == Y[SEEN]).mean())


def wave(count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    x = np.random.default_rng(seed).uniform(-2, 2, (count, 4)).astype(np.float32)
    return x, (1000 + np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]).astype(np.float32)


def error(model: StaticModel, count: int = 400) -> float:
    """Share of the variance that is left."""
    x, y = wave(count, 9)
    return float(np.mean((model.run(x, host())[:, 0] - y) ** 2) / y.var())


def test_a_whole_tree_is_that_of_scikit_learn() -> None:
    """On as few values as there are bins every cut is the exact one; only ties may fall otherwise."""
    wanted = trees.one_hot(Y[LEARN])
    tree = Ground(X[LEARN]).grow(wanted, np.ones(len(LEARN), np.float32), Growth(20, 64), 1)
    known = DecisionTreeRegressor(max_leaf_nodes=20, random_state=1).fit(X[LEARN], wanted)
    own = np.square(tree.values[tree.ends] - wanted).sum(axis=1).mean()
    theirs = np.square(known.predict(X[LEARN]) - wanted).sum(axis=1).mean()
    assert own == pytest.approx(theirs, rel=1e-3)
    assert set(tree.ends) == set(range(20))


@pytest.mark.parametrize(
    ("fit", "hyper", "known"),
    [
        (trees.fit_decision_tree, {"leaves": 60, "least": 1}, DecisionTreeClassifier(max_leaf_nodes=60)),
        (
            trees.fit_random_forest,
            {"trees": 20, "leaves": 48, "share": 0.0},
            RandomForestClassifier(20, max_leaf_nodes=48),
        ),
        (
            trees.fit_extra_trees,
            {"trees": 20, "leaves": 48, "share": 0.33},
            ExtraTreesClassifier(20, max_leaf_nodes=48),
        ),
        (
            trees.fit_boosting,
            {"trees": 30, "leaves": 12, "share": 0.33, "rate": 0.3},
            RandomForestClassifier(20, max_leaf_nodes=48),
        ),
    ],
)
def test_classifiers_are_as_good_as_scikit_learns(fit: object, hyper: dict[str, float], known: object) -> None:
    theirs = [known.set_params(random_state=s).fit(X[LEARN], Y[LEARN]).score(X[SEEN], Y[SEEN]) for s in range(3)]  # type: ignore[attr-defined]
    ours = [accuracy(fit(X[LEARN], Y[LEARN], hyper, s)) for s in range(3)]  # type: ignore[operator]
    assert np.mean(ours) > np.mean(theirs) - 0.015


def test_values_are_as_good_as_scikit_learns() -> None:
    x, y = wave(600, 1)
    tree = error(trees.fit_decision_tree_values(x, y, {"leaves": 40, "least": 3}, 1))
    forest = error(trees.fit_random_forest_values(x, y, {"trees": 20, "leaves": 64, "share": 0.6}, 1))
    loose = error(trees.fit_extra_trees_values(x, y, {"trees": 20, "leaves": 64, "share": 1.0}, 1))
    boosted = error(trees.fit_boosting_values(x, y, {"trees": 64, "leaves": 12, "share": 1.0, "rate": 0.2}, 1))
    seen = wave(400, 9)
    known = GradientBoostingRegressor(n_estimators=64, max_leaf_nodes=12, max_depth=None, learning_rate=0.2)
    theirs = np.mean((known.fit(x, y).predict(seen[0]) - seen[1]) ** 2) / seen[1].var()
    assert boosted < 1.3 * theirs + 0.01
    single = DecisionTreeRegressor(max_leaf_nodes=40, min_samples_leaf=3, random_state=1).fit(x, y)
    assert tree < 1.1 * np.mean((single.predict(seen[0]) - seen[1]) ** 2) / seen[1].var()
    assert boosted < forest < tree
    assert loose < tree


def test_a_boosted_sum_is_the_forest_that_gives_it() -> None:
    x, y = wave(200, 1)
    rest = y - y.mean()
    model = trees.fit_boosting_values(x, y, {"trees": 32, "leaves": 24, "share": 1.0, "rate": 0.4}, 1)
    left = model.run(x, host())[:, 0] - y
    assert np.var(left) < 0.01 * np.var(rest)  # it knows what it learned by heart


def test_classes_weigh_the_same_however_many_signals_they_have() -> None:
    y = np.repeat([0, 1], (300, 30))
    x = np.random.default_rng(1).normal(size=(330, 1)).astype(np.float32) + y[:, None]
    model = trees.fit_decision_tree(x, y, {"leaves": 2, "least": 8}, 1)
    assert model.threshold[0] == pytest.approx(0.5, abs=0.5)
    assert (model.run(x[y == 1], host()).argmax(axis=1) == 1).mean() > 0.5


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_fits_with_every_choice_at_its_ends(entry: object) -> None:
    x = np.random.default_rng(2).normal(size=(40, 3)).astype(np.float32)
    y = np.arange(40) % 3 if entry.kind == "classes" else x[:, 0]  # type: ignore[attr-defined]
    for end in (0, -1):
        hyper = {name: float(choices[end]) for name, choices in entry.hyper.items()}  # type: ignore[attr-defined]
        model = entry.fit(x, y, hyper, 1)  # type: ignore[attr-defined]
        again = entry.fit(x, y, hyper, 1)  # type: ignore[attr-defined]
        assert isinstance(model, entry.kernel)  # type: ignore[attr-defined]
        np.testing.assert_array_equal(model.run(x, host()), again.run(x, host()))


def test_features_that_never_change_are_never_asked() -> None:
    x = np.zeros((20, 3), np.float32)
    model = trees.fit_random_forest(x, np.arange(20) % 2, {"trees": 3, "leaves": 8, "share": 0.0}, 1)
    assert len(model.feature) == 3  # one question for each tree, whose answer does not matter
    np.testing.assert_allclose(model.run(x, host()), 0.5, atol=0.25)
    x[:, 1] = np.arange(20) % 2
    tree = Ground(x).grow(x[:, 1:2], np.ones(20, np.float32), Growth(8, 1), 1)
    assert tree.feature.tolist() == [1]


@pytest.mark.parametrize("count", [2, BINS - 1, BINS, BINS + 1, 1000])
def test_bins_split_evenly_and_cuts_lie_between_values(count: int) -> None:
    x = np.random.default_rng(count).permutation(np.arange(count, dtype=np.float32))[:, None] * np.float32(0.1)
    ground = Ground(x)
    sizes = np.bincount(ground.bins[0], minlength=BINS)
    assert ground.bins.max() == min(count, BINS) - 1
    assert sizes[: min(count, BINS)].min() >= count // BINS >= sizes.max() - 2 or count <= BINS
    for value, bin_ in zip(x[:, 0], ground.bins[0], strict=True):
        assert bin_ == (value > ground.cuts[0][: min(count, BINS) - 1]).sum()


def test_neighbours_of_the_smallest_difference_are_told_apart() -> None:
    x = np.float32([[1.0], [np.nextafter(np.float32(1), np.float32(2))]])
    model = trees.fit_decision_tree(x, np.array([0, 1]), {"leaves": 2, "least": 1}, 1)
    assert model.run(x, host()).argmax(axis=1).tolist() == [0, 1]
