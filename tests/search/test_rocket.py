"""MiniRocket's kernels as they are drawn and fitted, and what a ridge classifier makes of their features."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals
from bitloop.kernels.minirocket import STEPS, MiniRocket, spacing
from bitloop.native import host
from bitloop.search.fits.ridge_classifier import fit_ridge_classifier
from bitloop.search.rocket import fit, levels, plan
from bitloop.search.views import VIEWS


def bursts(seed: int, count: int = 60) -> tuple[Signals, np.ndarray]:
    """Three classes that differ in the shape of a short burst somewhere in noise; means and powers tell nothing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 3, 64)) * 0.3
    y = np.arange(count) % 3
    t = np.arange(12)
    shapes = np.stack([np.sin(t * 0.6), np.sin(t * 1.5), np.where(t < 6, 0.7, -0.7)])
    for row, label in zip(x, y, strict=True):
        at = rng.integers(0, 50)
        row[1, at : at + 12] += 1.5 * shapes[label]
    return x.astype(np.float32), y


def test_features_tell_apart_what_only_shape_does() -> None:
    (x, y), (new, truth) = bursts(1, 300), bursts(2, 150)
    stage = fit(x, 672, 3)
    train, test = stage.run(x, host())[:, 0], stage.run(new, host())[:, 0]
    model = fit_ridge_classifier(train, y, {"firmer": 1.0}, 1)
    assert (model.reference(test).argmax(axis=1) == truth).mean() > 0.8
    plain = fit_ridge_classifier(x.mean(axis=2), y, {"firmer": 1.0}, 1)
    assert (plain.reference(new.mean(axis=2)).argmax(axis=1) == truth).mean() < 0.6


@pytest.mark.parametrize("features", [84, 336, 672])
@pytest.mark.parametrize("steps", [False, True])
def test_a_plan_has_the_shapes_of_what_is_fitted(features: int, steps: bool) -> None:
    x, _ = bursts(1)
    planned, fitted = plan(Shape(3, 64), features, steps, 5), fit(x, features, 5, steps)
    for name in ("masks", "dilations", "counts", "kernels"):
        np.testing.assert_array_equal(getattr(planned, name), getattr(fitted, name))
    assert planned.effort(Shape(3, 64)) == fitted.effort(Shape(3, 64))
    assert fitted.features == features and bool((fitted.dilations & STEPS).any()) == steps
    assert spacing(fitted.dilations).min() == 1 and spacing(fitted.dilations).max() == 7
    every = np.unique(fitted.kernels & 0xFFF, return_counts=True)[1]
    assert len(every) == 84 and (every == features // 84).all(), "every kernel is there as often"


def test_features_lie_between_none_and_all_for_most_signals() -> None:
    x, _ = bursts(3)
    shares = fit(x, 336, 1).reference(x)
    assert ((shares > 0.02) & (shares < 0.98)).mean() > 0.6
    assert shares.std(axis=0).min() >= 0 and (shares.std(axis=0) > 0).mean() > 0.9


def test_the_same_seed_draws_the_same_kernels() -> None:
    x, _ = bursts(4)
    one, same, other = fit(x, 84, 1), fit(x, 84, 1), fit(x, 84, 2)
    np.testing.assert_array_equal(one.biases, same.biases)
    assert not np.array_equal(one.biases, other.biases)


def test_an_axis_that_never_moves_costs_nothing_and_breaks_nothing() -> None:
    x, _ = bursts(5)
    x[:, 2] = 7.25
    stage = fit(x, 84, 1)
    assert stage.gain[2] == 0
    assert np.isfinite(stage.reference(x)).all()


def test_samples_fill_the_integers() -> None:
    x, _ = bursts(6)
    mean, gain = levels(x * np.float32(1e-6))
    largest = np.abs((x * np.float32(1e-6) - mean[:, None]) * gain[:, None]).max(axis=(0, 2))
    np.testing.assert_allclose(largest, 32767, rtol=1e-3)


def test_refuses_what_is_too_short_and_odd_numbers_of_features() -> None:
    with pytest.raises(LibraryError, match="multiple of 84"):
        plan(Shape(1, 50), 100, False, 0)
    with pytest.raises(LibraryError, match="at least 10 samples"):
        plan(Shape(1, 9), 84, True, 0)


@pytest.mark.parametrize("shape", [Shape(1, 16), Shape(6, 96), Shape(32, 40), Shape(1, 3072)])
def test_every_choice_of_the_view_can_be_planned_and_fitted(shape: Shape) -> None:
    view = VIEWS["minirocket"]
    options = view.options(shape, 1.0)
    assert view.fit is not None
    x = np.random.default_rng(1).normal(size=(12, shape.axes, shape.length)).astype(np.float32)
    for name, values in options.items():
        for value in set(values):
            chosen = {key: choices[0] for key, choices in options.items()} | {name: value}
            planned, fitted = view.stages(chosen, shape), view.fit(chosen, shape, x, None, 1)
            assert [type(stage) for stage in planned] == [type(stage) for stage in fitted]
            last, same = planned[-1], fitted[-1]
            assert isinstance(last, MiniRocket) and isinstance(same, MiniRocket)
            assert last.features == same.features
    assert view.options(Shape(8, 1), 1.0) == {}
