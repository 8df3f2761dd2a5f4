"""Networks: as accurate as scikit-learn's on a simple problem, nothing lost in int8, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.record import to_record
from bitloop.search import train_cnn, train_networks
from bitloop.search.convolution import Network
from bitloop.search.fits.networks import ENTRIES
from bitloop.search.network import towards_classes
from bitloop.search.threads import single

HYPER = {"hidden": 16, "second": 0, "decay": 0.1, "noise": 0.0, "steps": 200}
CNN = {"axes": 2, "filters": 8, "taps": 5, "stride": 2, "mean": 1, "decay": 0.03, "steps": 100}


def rings(seed: int, count: int = 600) -> tuple[Features, np.ndarray]:
    """Three rings around each other in two of five features at scales of their own; no line tells them apart."""
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=count)
    angle, radius = rng.uniform(0, 2 * np.pi, count), 1.0 + y + 0.15 * rng.normal(size=count)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), rng.normal(size=(count, 3))])
    return (x * [1, 1000, 1e-3, 1, 1] + [5, 0, 0, 0, 0]).astype(np.float32), y.astype(np.int64)


def waves(seed: int, count: int = 200) -> tuple[Features, np.ndarray]:
    """Two axes of 48 samples: a burst at one of two pitches somewhere in noise."""
    rng = np.random.default_rng(seed)
    y = rng.integers(2, size=count)
    t = np.arange(48)
    burst = np.exp(-(((t - rng.uniform(12, 36, (count, 1))) / 6) ** 2)) * np.sin(np.where(y, 1.6, 0.8)[:, None] * t)
    x = np.stack([burst, 0.5 * burst], axis=1) + 0.2 * rng.normal(size=(count, 2, 48))
    return x.reshape(count, -1).astype(np.float32), y.astype(np.int64)


@pytest.mark.parametrize("fit", [train_networks.fit_mlp_classes, train_networks.fit_mlp_int8_classes])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_classes_are_told_apart_as_well_as_by_scikit_learn(fit: Callable[..., Any]) -> None:
    x, y = rings(1)
    unseen, wanted = rings(2)
    middle, spread = x.mean(axis=0), x.std(axis=0)
    teacher = MLPClassifier(16, max_iter=60, random_state=0).fit((x - middle) / spread, y)
    theirs = teacher.score((unseen - middle) / spread, wanted)
    ours = np.mean(fit(x, y, HYPER, 0).reference(unseen).argmax(axis=1) == wanted)
    assert ours > 0.93 and ours > theirs - 0.02


@pytest.mark.parametrize("fit", [train_networks.fit_mlp_values, train_networks.fit_mlp_int8_values])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_numbers_are_estimated_as_well_as_by_scikit_learn(fit: Callable[..., Any]) -> None:
    def problem(seed: int) -> tuple[Features, Features]:
        x = np.random.default_rng(seed).normal(size=(500, 4)).astype(np.float32)
        return x, (1e4 + 50 * (x[:, 0] * x[:, 1] + np.abs(x[:, 2]))).astype(np.float32)

    def r2(wanted: Features, got: Features) -> float:
        return float(1 - np.mean((wanted - got) ** 2) / np.var(wanted.astype(np.float64)))

    (x, y), (unseen, wanted) = problem(1), problem(2)
    teacher = MLPRegressor(hidden_layer_sizes=16, max_iter=100, random_state=0).fit(x, (y - 1e4) / 50)
    theirs = r2(wanted, 1e4 + 50 * teacher.predict(unseen))
    ours = r2(wanted, fit(x, y, HYPER | {"steps": 400}, 0).reference(unseen)[:, 0])
    assert ours > 0.9 and ours > theirs - 0.03


@pytest.mark.parametrize("mean", [0, 1])
@pytest.mark.parametrize("fit", [train_cnn.fit_cnn_classes, train_cnn.fit_cnn_int8_classes])
def test_convolutions_find_a_pattern_wherever_it_is(fit: Callable[..., Any], mean: int) -> None:
    x, y = waves(1)
    unseen, wanted = waves(2)
    model = fit(x, y, CNN | {"mean": mean}, 0)
    assert np.mean(model.reference(unseen).argmax(axis=1) == wanted) > 0.9


def test_the_slopes_of_a_convolutional_network_are_those_of_its_loss() -> None:
    x, y = waves(3, 12)
    for mean in (0, 1):
        plan, _ = train_cnn._plan(x, y, CNN | {"filters": 4, "mean": mean})
        network = Network.of(plan, np.random.default_rng(0))
        held = network.held
        held.views[4][:] *= 10
        looks = train_cnn.windows(train_cnn._Signals.of(x, 2).z, *plan.first[1:])
        network.backward(towards_classes(y)(network.forward(looks), np.arange(12)).astype(np.float32))
        slopes, start = held.slopes.copy(), held.values.copy()
        way = slopes / np.linalg.norm(slopes)
        loss = []
        for step in (-1e-2, 1e-2):
            held.values[:] = start + np.float32(step) * way
            scores = network.forward(looks).astype(np.float64)
            share = 12 / (2 * np.bincount(y))[y]
            logs = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(12), y]
            loss.append(float((share * logs).mean()))
        assert (loss[1] - loss[0]) / 2e-2 == pytest.approx(float(np.linalg.norm(slopes)), rel=0.03)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_same_seed_gives_the_same_network(entry: Any) -> None:
    x, y = waves(1, 80)
    goal = y if entry.kind == "classes" else x[:, 0]
    hyper = CNN if entry.name.startswith("cnn") else HYPER | {"noise": 0.3, "second": 8}
    with single():
        one, again, other = (to_record(entry.fit(x, goal, hyper | {"steps": 20}, seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_constant_features_and_tiny_sets_do_no_harm(entry: Any) -> None:
    x = np.zeros((5, 64), dtype=np.float32)
    x[:, 1], x[:, 2] = 1e6, np.arange(5)
    y = np.array([0, 1, 0, 1, 1])
    goal = y if entry.kind == "classes" else np.full(5, 3.0, np.float32)
    hyper = CNN if entry.name.startswith("cnn") else HYPER
    p = entry.fit(x, goal, hyper | {"steps": 10}, 0).reference(x)
    assert np.isfinite(p).all()


def test_features_that_are_no_rows_of_the_axes_are_refused() -> None:
    x, y = waves(1, 20)
    with pytest.raises(LibraryError, match="rows long enough"):
        train_cnn.fit_cnn_classes(x, y, CNN | {"axes": 5}, 0)
    with pytest.raises(LibraryError, match="too long to fit"):
        train_cnn.fit_cnn_classes(x, y, CNN | {"steps": 1e6}, 0)
