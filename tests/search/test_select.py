"""Rankings put what matters first, whatever the scale; projections are those of the textbooks."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import f_classif

from bitloop.errors import SearchError
from bitloop.search.heads import HEADS
from bitloop.search.project import fit_lda, fit_pca
from bitloop.search.select import METHODS, rank_features


def table(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Three classes; features 4 and 11 tell them apart, 12 repeats 4, feature 2 never changes."""
    rng = np.random.default_rng(seed)
    y = np.arange(120) % 3
    x = rng.normal(size=(120, 14)) * 10.0 ** rng.integers(-4, 5, 14)
    x[:, 4] = y * 2.0 + rng.normal(size=120) * 0.4
    x[:, 11] = 1e4 * ((y == 1) + rng.normal(size=120) * 0.2)
    x[:, 12] = x[:, 4] + rng.normal(size=120) * 0.01
    x[:, 2] = 3.0
    return x.astype(np.float32), y


@pytest.mark.parametrize("method", METHODS)
def test_what_tells_classes_apart_comes_first(method: str) -> None:
    x, y = table()
    order = rank_features(x, y, method, "classes")
    assert sorted(order) == list(range(14))
    assert {4, 11, 12} >= set(order[:2].tolist())
    assert order[-1] == 2 or method in ("ridge", "spread_out")


@pytest.mark.parametrize("method", METHODS)
def test_what_follows_the_target_comes_first(method: str) -> None:
    x, _ = table()
    target = (x[:, 7] / x[:, 7].std()).astype(np.float32) * np.float32(0.1)
    assert rank_features(x, target, method, "extrapolation")[0] == 7


def test_greedy_selection_does_not_take_the_same_twice() -> None:
    x, y = table()
    assert set(rank_features(x, y, "spread_out", "classes")[:2].tolist()) in ({4, 11}, {12, 11})
    assert set(rank_features(x, y, "anova", "classes")[:2].tolist()) == {4, 12}


def test_anova_is_that_of_scikit_learn_where_classes_are_equally_many() -> None:
    x, y = table(2)
    x = np.delete(x, 2, axis=1)
    expected = np.argsort(-f_classif(x.astype(np.float64), y)[0])
    np.testing.assert_array_equal(rank_features(x, y, "anova", "classes"), expected)


def test_regular_signals_rank_by_what_stays_the_same() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(160, 3)).astype(np.float32)
    x[:, 1] += np.linspace(0, 6, 160)
    order = rank_features(x, np.zeros(160, dtype=np.int64), "anova", "anomaly")
    assert order[-1] == 1, "a feature that drifts"


def test_refuses_a_method_there_is_none_of() -> None:
    x, y = table()
    with pytest.raises(SearchError, match="cannot be ranked by 'luck'"):
        rank_features(x, y, "luck", "classes")


@pytest.mark.parametrize("count", [50, 8])
def test_pca_finds_the_directions_of_scikit_learn(count: int) -> None:
    x = (np.random.default_rng(5).normal(size=(count, 12)) * np.arange(1, 13)).astype(np.float32)
    stage = fit_pca(x, 4)
    expected = PCA(4).fit(x)
    np.testing.assert_allclose(np.abs(stage.weights), np.abs(expected.components_), atol=1e-3)
    np.testing.assert_allclose(stage.mean, expected.mean_, atol=1e-4)


def test_lda_separates_as_scikit_learn_does_and_spreads_one_within_a_class() -> None:
    x, y = table()
    x = ((x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-9)).astype(np.float32)
    stage = fit_lda(x, y, 5)
    assert stage.weights.shape == (2, 14), "classes - 1 directions at most"
    z = stage.reference(x[:, :, None])[:, :, 0]
    within = np.mean([z[y == c].var(axis=0) for c in range(3)], axis=0)
    assert (within > 0.5).all() and (within < 1.1).all()
    own = LinearDiscriminantAnalysis().fit(z, y).score(z, y)
    assert own >= LinearDiscriminantAnalysis().fit(x, y).score(x, y) - 0.02


@pytest.mark.parametrize("name", HEADS)
def test_every_head_makes_what_it_says(name: str) -> None:
    x, y = table()
    head = HEADS[name]
    for kind, goal in (("classes", y), ("extrapolation", y.astype(np.float32)), ("anomaly", np.zeros(120, np.int64))):
        if kind not in head.kinds:
            continue
        for width in head.widths:
            kept = x if head.choose is None else x[:, head.choose(x, goal, width, kind, 1)]
            if head.stage is not None:
                stage = head.stage(kept, goal, width, kind, 1)
                kept = stage.reference(kept[:, :, None])[:, :, 0]
            assert np.isfinite(kept).all()
            assert not head.narrows or 1 <= kept.shape[1] <= width
