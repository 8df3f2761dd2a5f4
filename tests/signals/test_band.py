"""The filter of a project: what passes, what does not, and which limits cannot be had."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from bitloop.errors import BitloopError
from bitloop.signals.band import ALL, Band
from bitloop.signals.check import check
from bitloop.signals.dataset import Dataset, Recording

RATE = 1000.0


def _amplitude(band: Band, frequency: float) -> float:
    """Of a sine of amplitude 1 behind the filter's own float32 sections, long after it began."""
    (stage,) = band.stages()
    x = np.sin(2 * np.pi * frequency / band.rate_hz * np.arange(20_000)).astype(np.float32)
    y = stage.reference(x[None, None])[0, 0, 10_000:].astype(np.float64)
    return float(np.sqrt(2 * np.mean(y * y)))


@pytest.mark.parametrize("order", [1, 2, 4])
def test_half_the_power_passes_at_a_limit_and_hardly_any_beyond(order: int) -> None:
    band = Band(RATE, 20.0, 200.0, order)
    for frequency, gain in ((20.0, math.sqrt(0.5)), (60.0, 1.0), (200.0, math.sqrt(0.5))):
        assert _amplitude(band, frequency) == pytest.approx(gain, rel=0.06 if order == 1 else 0.01)
    assert _amplitude(band, 5.0) < 0.3**order
    assert _amplitude(band, 450.0) < 0.3**order


def test_one_limit_alone_is_a_high_or_a_low_pass() -> None:
    assert _amplitude(Band(RATE, high_pass=50.0), 400.0) == pytest.approx(1.0, rel=0.01)
    assert _amplitude(Band(RATE, high_pass=50.0), 5.0) < 0.02
    assert _amplitude(Band(RATE, low_pass=50.0), 5.0) == pytest.approx(1.0, rel=0.01)
    assert _amplitude(Band(RATE, low_pass=50.0), 400.0) < 0.02


@given(st.floats(0.001, 0.49), st.floats(0.001, 0.489), st.integers(1, 8))
def test_what_is_accepted_is_the_filter_scipy_designs(low: float, width: float, order: int) -> None:
    high = low + width
    try:
        band = Band(RATE, low * RATE, high * RATE if high < 0.5 else 0.0, order)
    except BitloopError:
        return
    (stage,) = band.stages()
    made = np.insert(stage.sections.astype(np.float64), 3, 1.0, axis=1)
    edges, kind = ([2 * low, 2 * high], "bandpass") if high < 0.5 else (2 * low, "highpass")
    meant = signal.butter(order, edges, kind, output="sos")
    at = np.linspace(0.0005, 0.4995, 500) * 2 * np.pi
    got, want = (np.abs(signal.sosfreqz(sos, at)[1]) for sos in (made, meant))
    np.testing.assert_allclose(got, want, atol=0.02)


def test_the_lowest_limits_lose_no_more_than_a_ten_thousandth_of_the_offset_to_rounding() -> None:
    x = (1.0 + 0.01 * np.random.default_rng(1).normal(size=4096)).astype(np.float32)
    for band in (Band(RATE, high_pass=1.0), Band(RATE, low_pass=5.0), Band(RATE, 1.0, 5.0)):
        sos = np.insert(band.stages()[0].sections.astype(np.float64), 3, 1.0, axis=1)
        exact, _ = signal.sosfilt(sos, x.astype(np.float64), zi=signal.sosfilt_zi(sos) * float(x[0]))
        off = band.stages()[0].reference(x[None, None])[0, 0] - exact
        assert float(np.sqrt(np.mean(off * off))) < 2e-4


_WRONG = {
    "needs the sampling rate": (0.0, 10.0, 0.0, 2),
    "choose 1 to 499 Hz": (RATE, 500.0, 0.0, 2),
    "a high pass at 0.5 Hz cannot be had at 1000 Hz; choose 1 to 499 Hz": (RATE, 0.5, 0.0, 2),
    "a low pass at 2 Hz cannot be had at 1000 Hz; choose 5 to 499 Hz": (RATE, 0.0, 2.0, 2),
    "hardly anything passes above 100 Hz and below 50 Hz": (RATE, 100.0, 50.0, 2),
    "at least 1 Hz higher": (RATE, 100.0, 100.5, 2),
    "order 9": (RATE, 10.0, 0.0, 9),
    "order 0": (RATE, 10.0, 0.0, 0),
    "numbers of Hz": (RATE, math.nan, 0.0, 2),
    "are numbers of Hz, 0 or more": (-1.0, 0.0, 0.0, 2),
}


@pytest.mark.parametrize("words", _WRONG)
def test_limits_that_cannot_be_had_are_refused_with_those_that_can(words: str) -> None:
    with pytest.raises(BitloopError, match=words):
        Band(*_WRONG[words])


def test_no_limit_is_no_filter() -> None:
    for band in (ALL, Band(RATE)):
        assert (bool(band), band.stages(), band.words()) == (False, (), "")
    assert Band(RATE, 10.0).words() == "above 10 Hz (rate 1000 Hz, Butterworth, order 2)"
    assert Band(RATE, low_pass=10.0).words() == "below 10 Hz (rate 1000 Hz, Butterworth, order 2)"


def test_a_filter_slower_than_half_a_signal_is_warned_of() -> None:
    x = np.random.default_rng(1).normal(size=(60, 256)).astype(np.float32)
    recordings = (Recording("a", "regular", x),)
    for limit, slow in ((2.0, True), (40.0, False)):
        dataset = Dataset("outlier", 1, 256, recordings, before=Band(RATE, limit).stages())
        assert ("slow-filter" in [finding.code for finding in check(dataset).findings]) == slow
    (stage,) = Band(RATE, 2.0).stages()
    step = np.ones((1, 1, 4000), dtype=np.float32)
    step[:, :, 0] = 0.0
    after = np.abs(stage.reference(step)[0, 0])
    last = int(np.flatnonzero(after > 0.01)[-1])
    assert 0.7 < last / stage.settling() < 1.5
