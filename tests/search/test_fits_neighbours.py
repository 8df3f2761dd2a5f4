"""Prototypes: fewer of them, better placed, decide as well as many."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.native import host
from bitloop.search.fits.neighbours import CENTRES, CONDENSED, REFINED, condensed, fit_nearest_classes, refined


def stripes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two long classes side by side, and a feature that says nothing."""
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], (120, 60))
    x = np.stack([y + rng.uniform(-0.4, 0.4, 180), rng.uniform(-6, 6, 180), rng.normal(size=180)], axis=1)
    return x.astype(np.float32), y


def right(kind: int, prototypes: int) -> tuple[float, int]:
    (x, y), (x2, y2) = stripes(1), stripes(2)
    model = fit_nearest_classes(x, y, {"prototypes": prototypes, "k": 1, "kind": kind}, 1)
    said = np.argmax(model.run(x2, host()), axis=1)
    return float(np.mean([(said[y2 == c] == c).mean() for c in (0, 1)])), len(model.prototypes)


def test_refined_centres_decide_better_than_centres() -> None:
    plain, refined_ = right(CENTRES, 4), right(REFINED, 4)
    assert refined_[0] > plain[0] + 0.02
    assert refined_[1] == plain[1] == 8


def test_refining_moves_prototypes_off_the_border_and_keeps_them_among_the_signals() -> None:
    x, y = stripes(1)
    wide = x.astype(np.float64)
    start = np.array([[0.6, 0, 0], [0.4, 0, 0]])
    ended = refined(wide, y, start, np.array([0, 1]))
    assert ended[0, 0] < 0.45 and ended[1, 0] > 0.55
    assert np.abs(ended).max() < np.abs(wide).max()


def test_condensed_prototypes_are_signals_that_decide_every_signal() -> None:
    x, y = stripes(1)
    places, labels = condensed(x.astype(np.float64), y, 10_000)
    assert len(places) < 0.6 * len(x)
    assert all(np.any(np.all(x == place.astype(np.float32), axis=1)) for place in places)
    far = ((x[:, None].astype(np.float64) - places) ** 2).sum(axis=2)
    np.testing.assert_array_equal(labels[np.argmin(far, axis=1)], y)


def test_condensed_stops_at_the_number_asked_for_and_has_every_class() -> None:
    x, y = stripes(1)
    labels = condensed(x.astype(np.float64), y, 7)[1]
    assert len(labels) == 7 and set(labels) == {0, 1}


@pytest.mark.parametrize("kind", [CENTRES, REFINED, CONDENSED])
def test_signals_that_are_all_alike_are_fitted_too(kind: int) -> None:
    x, y = np.ones((12, 2), np.float32), np.arange(12) % 3
    model = fit_nearest_classes(x, y, {"prototypes": 4, "k": 3, "kind": kind}, 1)
    assert np.isfinite(model.run(x, host())).all()
