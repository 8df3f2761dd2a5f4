"""Detection on held-out signals: couples one by one, states in their order, limits from other folds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.similarity import similarity
from bitloop.native import host
from bitloop.search.detect import detection_folds, learned, quality_of, shipped_limit
from bitloop.search.detector import Detector, Series
from bitloop.search.learning import DEMANDED, learning_curve, recommended
from bitloop.search.recipe import Branch, Recipe
from bitloop.search.space import Space, unit_of
from bitloop.search.table import Table
from bitloop.search.trials import LEARNS, plans, trials
from bitloop.search.workshop import Workshop
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording
from tests.search.machines import anomaly, dataset, tone


def _recipe(shop: Workshop, model: str, **hyper: float) -> Recipe:
    space = Space.of("anomaly", shop.given, unit_of(shop.table))
    view = "raw" if shop.given.length == 1 else "spectrum"
    chosen = tuple((name, values[0]) for name, values in space.options[view].items())
    return Recipe((Branch(view, chosen),), "zscore", model, tuple(sorted(hyper.items())))


def _states(count: int, seed: int = 1, fault: bool = False) -> np.ndarray:
    """Correlated noise around a slow load; a fault moves one variable slightly, for good."""
    rng = np.random.default_rng(seed)
    load = np.sin(np.arange(count) / 40)[:, None]
    z = np.hstack([load, 2 * load, -load, np.zeros((count, 1))]) + rng.normal(size=(count, 4))
    z[:, 3] += 1.0 * fault
    return z.astype(np.float32)


def _sensors(*recordings: Recording) -> Workshop:
    return Workshop(Table.of(Dataset("anomaly", 4, 1, recordings, multi_sensor=True)), 1)


def test_a_fault_that_stands_out_is_found_in_every_fold() -> None:
    shop = Workshop(Table.of(anomaly()), 1)
    for fold in detection_folds(shop, _recipe(shop, "running_gaussian", floor=0.01)):
        assert fold.auc > 0.99 and fold.quality > 0.9
        assert fold.quality <= 1.0


def test_quality_is_half_decision_and_half_order() -> None:
    truth = np.array([0, 0, 1, 1])
    assert quality_of(truth, np.float32([0.5, 0.8, 2, 3])) == (1.0, 1.0)
    assert quality_of(truth, np.float32([1.5, 1.8, 2, 3])) == (0.75, 1.0)
    assert quality_of(truth, np.float32([2, 3, 2, 3])) == (0.5 * 0.5 + 0.5 * 0.5, 0.5)
    assert quality_of(truth[:2], np.float32([0.5, 2])) == (0.75, 1.0)


def test_each_couple_learns_afresh_and_the_worst_counts() -> None:
    """Two machines: what is regular for one is a fault of the other."""
    slow, fast = [tone(n, 0.1, 30) for n in range(2)], [tone(n + 5, 0.25, 30) for n in range(2)]
    made = [
        Recording("a", REGULAR, slow[0], couple="one"),
        Recording("b", ABNORMAL, fast[0], couple="one"),
        Recording("c", REGULAR, fast[1], couple="two"),
        Recording("d", ABNORMAL, slow[1], couple="two"),
    ]
    shop = Workshop(Table.of(dataset("anomaly", *made)), 1)
    recipe = _recipe(shop, "running_gaussian", floor=0.01)
    assert [len(trials(shop, recipe, number)) for number in range(2)] == [2, 2]
    assert all(fold.quality > 0.95 for fold in detection_folds(shop, recipe))
    mixed = Workshop(Table.of(dataset("anomaly", *(replace(r, couple="") for r in made))), 1)
    assert all(fold.quality < 0.9 for fold in detection_folds(mixed, recipe))
    blind = [*made[:3], Recording("d", ABNORMAL, tone(20, 0.25, 30), couple="two")]
    worse = Workshop(Table.of(dataset("anomaly", *blind)), 1)
    assert all(fold.quality < 0.8 for fold in detection_folds(worse, recipe))


def test_long_stretches_of_states_are_lives_of_a_device() -> None:
    shop = _sensors(Recording("days", REGULAR, _states(6000)))
    for number, fold in enumerate(shop.split.folds):
        for plan in plans(shop, number):
            assert len(plan.learn) <= LEARNS
            assert set(plan.learn) | set(plan.regular[0]) <= set(fold.test)
            assert plan.learn[-1] + 1 == plan.regular[0][0]
    short = _sensors(Recording("hour", REGULAR, _states(300)))
    assert all(len(plan.learn) == 200 for plan in plans(short, 0))


def test_a_running_mean_finds_what_is_slight_and_lasts() -> None:
    shop = _sensors(Recording("good", REGULAR, _states(900)), Recording("bad", ABNORMAL, _states(400, 2, fault=True)))
    areas = []
    for smoothing in (0, 4):
        recipe = _recipe(shop, "mahalanobis", floor=0.001, smoothing=smoothing)
        areas.append(np.mean([fold.auc for fold in detection_folds(shop, recipe)]))
    assert areas[1] > areas[0] + 0.1


def test_of_simulated_faults_the_plainer_candidate_is_the_firmer() -> None:
    shop = _sensors(Recording("good", REGULAR, _states(300)))
    plain = _recipe(shop, "mahalanobis", floor=0.001)
    double = replace(plain, branches=plain.branches * 2)
    assert next(fold.confidence for fold in detection_folds(shop, plain)) == 1.0
    assert next(fold.confidence for fold in detection_folds(shop, double)) == 0.5


def test_a_series_begins_with_what_came_before_it() -> None:
    model = Mahalanobis(4, 3.0, 1e-3, smoothing=3)
    x = _states(300)
    state = model.run_learn(x[:200], model.empty(), host())
    detector = Detector(model, state)
    series = Series(x[210:], np.ones(90, dtype=np.bool_), np.zeros(90, dtype=np.int64), x[200:210])
    straight = model.with_limit(3.0).run_follow(x[200:], state, host())[0][10:, 0]
    np.testing.assert_allclose(detector.ratios([series], 3.0)[20:], straight[20:], rtol=0.05)
    usable = np.arange(90) != 5
    refused = detector.ratios([replace(series, usable=usable)], 3.0)
    assert refused[5] == 1e6 and (refused[usable] < 1e6).all()


def test_limits_are_those_at_which_a_signal_passes() -> None:
    shop = Workshop(Table.of(anomaly()), 1)
    trial = trials(shop, _recipe(shop, "running_gaussian", floor=0.01), 0)[0]
    limits = trial.detector.limits(trial.held)
    tried = np.flatnonzero(limits > 0.1)
    assert len(tried) > 10
    for n in tried:
        beyond, within = (trial.detector.ratios(trial.held, limits[n] + step)[n] for step in (-0.01, 0.01))
        assert within < 1 < beyond


def test_most_regular_signals_have_a_similarity_of_90_without_any_abnormal_one() -> None:
    shop = Workshop(Table.of(anomaly(abnormal=False)), 1)
    recipe = _recipe(shop, "running_gaussian", floor=0.01)
    limit = shipped_limit(shop, recipe)
    view = shop.view(recipe, np.arange(60), "all")
    detector = learned(recipe, view.base, 1)
    later = view.preprocessing(tone(70, 0.1, 400), host())
    model = detector.model.with_limit(limit)
    assert isinstance(model, type(detector.model)) and detector.state is not None
    ratio = model.run_detect(later, detector.state, host())  # type: ignore[attr-defined]
    assert np.mean(similarity(ratio) >= 90) > 0.93


@pytest.mark.parametrize("count", [300, 3000])
def test_learning_is_demanded_within_reason(count: int) -> None:
    shop = _sensors(Recording("good", REGULAR, _states(count)))
    recipe = _recipe(shop, "mahalanobis", floor=0.001, smoothing=2)
    curve = learning_curve(shop, recipe, shipped_limit(shop, recipe))
    counts = [n for n, _ in curve]
    assert counts == sorted(set(counts)) and counts[-1] <= LEARNS
    assert 10 <= recommended(curve) <= DEMANDED
    assert recommended([(10, 0.5), (500, 0.9), (5000, 0.99)]) == DEMANDED
