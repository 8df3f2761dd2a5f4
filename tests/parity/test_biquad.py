"""Biquad: same bits on every executor, what scipy's filter gives, no step from an offset, stable filters only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from bitloop.errors import LibraryError
from bitloop.kernels.biquad import Biquad
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals

BANDS = [(0.0, 0.1), (0.0, 0.45), (0.05, 0.5), (0.3, 0.5), (0.05, 0.1), (0.02, 0.4)]


@given(signals(), st.sampled_from(BANDS), st.integers(1, 4))
def test_same_bits_on_every_executor(x: np.ndarray, band: tuple[float, float], order: int) -> None:
    x[1, 0, 1] = np.nan
    assert_stage_parity(Biquad.band(*band, order), x)


@pytest.mark.parametrize(("low", "high"), BANDS)
def test_is_what_scipy_gives(low: float, high: float) -> None:
    x = np.random.default_rng(4).normal(3.0, 1.0, size=(3, 2, 300)).astype(np.float32)
    stage = Biquad.band(low, high, 3)
    c = stage.sections.astype(np.float64)
    sos = np.concatenate([c[:, :3], np.ones((len(c), 1)), c[:, 3:]], axis=1)
    zi = signal.sosfilt_zi(sos)[:, None, None, :] * x[None, :, :, :1]
    expected, _ = signal.sosfilt(sos, x.astype(np.float64), axis=2, zi=zi)
    np.testing.assert_allclose(stage.reference(x), expected, atol=2e-4)


def test_passes_its_band_and_stops_the_rest() -> None:
    t = np.arange(2000)
    for rate, passes in ((0.02, False), (0.15, True), (0.4, False)):
        x = np.sin(2 * np.pi * rate * t).astype(np.float32)[None, None]
        left = np.sqrt(np.mean(Biquad.band(0.1, 0.2, 3).reference(x)[0, 0, 500:] ** 2) * 2)
        assert left > 0.95 if passes else left < 0.05


def test_an_offset_makes_no_step() -> None:
    x = np.full((1, 1, 100), 1000.0, dtype=np.float32)
    assert np.all(np.abs(Biquad.band(0.05, 0.1).reference(x)) < 1e-2)
    np.testing.assert_allclose(Biquad.band(0.0, 0.1).reference(x), x, rtol=1e-5)


def test_reads_back_from_its_record() -> None:
    stage = Biquad.band(0.05, 0.2, 4)
    np.testing.assert_array_equal(from_record(to_record(stage), (Biquad,)).sections, stage.sections)


@pytest.mark.parametrize(("a1", "a2"), [(0.0, 1.0), (-2.0, 1.0), (1.9, 0.8), (0.0, -1.5)])
def test_refuses_poles_that_do_not_settle(a1: float, a2: float) -> None:
    with pytest.raises(LibraryError, match="pole on or outside the unit circle"):
        Biquad(np.array([[1, 0, 0, a1, a2]], dtype=np.float32))


def test_refuses_tables_and_bands_that_are_none() -> None:
    for shape in ((1, 6), (17, 5)):
        with pytest.raises(LibraryError, match="1 to 16 sections of 5 numbers"):
            Biquad(np.zeros(shape, dtype=np.float32))
    with pytest.raises(LibraryError, match="numbers from -1e\\+06 to 1e\\+06 only"):
        Biquad(np.full((1, 5), np.nan, dtype=np.float32))
    for low, high in ((0.2, 0.2), (0.3, 0.1), (0.0, 0.5)):
        with pytest.raises(LibraryError, match="is none, or everything"):
            Biquad.band(low, high)
    with pytest.raises(LibraryError, match="upper edge of a band"):
        Biquad.band(0.1, 0.6)
