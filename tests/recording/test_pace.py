"""The pace of numbered things: right within its own error, and not bent by what comes late."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import theilslopes

from bitloop.recording.pace import POINTS, Pace, Rate, Regression


def measured(times: np.ndarray, numbers: np.ndarray | None = None) -> Rate | None:
    pace = Pace()
    for number, time in zip(np.arange(len(times)) if numbers is None else numbers, times, strict=True):
        pace.add(int(number), float(time))
    return pace.rate()


@pytest.mark.parametrize("count", [20, 300, 5000])
def test_the_rate_is_within_its_own_bounds(count: int) -> None:
    rng = np.random.default_rng(count)
    inside = 0
    for _ in range(10):
        rate = measured(7.0 + np.arange(count) / 26.3 + rng.normal(0, 2e-3, count))
        assert rate is not None
        assert rate.jitter == pytest.approx(2e-3, rel=0.6)
        assert rate.seconds == pytest.approx((count - 1) / 26.3, rel=0.2)
        inside += rate.low <= 26.3 <= rate.high
    assert inside >= 8


def test_what_comes_late_does_not_bend_it() -> None:
    rng = np.random.default_rng(1)
    times = np.arange(400) / 100.0 + rng.exponential(1e-4, 400)
    times[rng.choice(400, 60, replace=False)] += rng.uniform(0.05, 2.0, 60)
    rate = measured(times)
    assert rate is not None
    assert rate.hertz == pytest.approx(100.0, rel=2e-4)
    assert rate.jitter < 1e-3


@pytest.mark.parametrize("count", [10, 101, 600])
def test_it_is_the_estimate_of_theil_and_sen(count: int) -> None:
    times = np.arange(count) / 26.3 + np.random.default_rng(count).exponential(0.02, count)
    rate, known = measured(times), theilslopes(times, np.arange(count))
    assert rate is not None
    assert rate.hertz == pytest.approx(1 / known.slope)
    assert (rate.low, rate.high) == pytest.approx((1 / known.high_slope, 1 / known.low_slope))


def test_numbers_that_are_missing_make_it_no_slower() -> None:
    numbers = np.setdiff1d(np.arange(1000), np.arange(400, 640))
    rate = measured(numbers / 50.0, numbers)
    assert rate is not None
    assert rate.hertz == pytest.approx(50.0)


def test_it_remembers_little_however_long_it_goes_on() -> None:
    pace = Pace()
    for number in range(50 * POINTS):
        pace.add(number, number / 8.0)
    assert len(pace._points) < 2 * POINTS
    rate = pace.rate()
    assert rate is not None
    assert rate.hertz == pytest.approx(8.0)
    assert rate.seconds > 0.9 * 50 * POINTS / 8.0


@pytest.mark.parametrize("times", [[], [1.0], [1.0, 2.0], [3.0, 3.0, 3.0, 3.0]])
def test_too_little_is_no_rate(times: list[float]) -> None:
    assert measured(np.array(times)) is None


def pauses(runs: int, points: int, late: float, seed: int) -> Regression:
    """Samples at 800 Hz in runs that begin at any time, seen late by up to so many seconds."""
    regression, rng = Regression(), np.random.default_rng(seed)
    for _ in range(runs):
        regression.begin()
        start, index = rng.uniform(0, 1000), int(rng.integers(0, 10**6))
        for point in range(points):
            regression.add(index + 10 * point, start + point / 80.0 + rng.uniform(0, late))
    return regression


@pytest.mark.parametrize(("runs", "points"), [(1, 2000), (200, 2), (30, 40)])
def test_runs_with_pauses_have_one_rate(runs: int, points: int) -> None:
    inside = 0
    for seed in range(10):
        rate = pauses(runs, points, 1e-3, seed).rate()
        assert rate is not None
        assert rate.jitter == pytest.approx(1e-3 / np.sqrt(12), rel=0.3)
        assert rate.seconds == pytest.approx(runs * (points - 1) / 80.0, rel=0.1)
        inside += rate.low <= 800.0 <= rate.high
    assert inside >= 8


def test_bounds_allow_for_times_that_are_late_in_the_same_way() -> None:
    regression = Regression()
    for _ in range(50):
        regression.begin()
        regression.add(0, 0.0)
        regression.add(80, 0.1 + 5e-3)
    rate = regression.rate(late=5e-3)
    assert rate is not None
    assert rate.low < 800.0 < rate.high
    assert rate.hertz == pytest.approx(80 / 0.105)


def test_a_single_point_per_run_is_no_rate() -> None:
    assert Regression().rate() is None
    assert pauses(20, 1, 1e-3, 0).rate() is None
    assert pauses(1, 2, 0.0, 0).rate() is None
    assert pauses(3, 2, 0.0, 0).rate(late=1.0) is None
