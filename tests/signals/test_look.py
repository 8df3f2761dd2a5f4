"""What pictures of signals show: known signals have known courses, spectra and spectrograms."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bitloop.errors import BitloopError
from bitloop.signals.look import Spectrogram, course, long_enough, spectrogram, spectrum

RATE = 1000.0


def _sine(
    frequency: float, amplitude: float, samples: int, phase: float = 0.3, offset: float = 0.0
) -> NDArray[np.float32]:
    t = np.arange(samples) / RATE
    return (offset + amplitude * np.sin(2 * np.pi * frequency * t + phase)).astype(np.float32)


@given(
    st.integers(4, 120),
    st.floats(0.01, 100.0),
    st.floats(0.0, 6.2),
    st.floats(-1000.0, 1000.0),
    st.integers(250, 257),
)
def test_a_sine_on_a_line_stands_there_with_its_amplitude(
    line: int, amplitude: float, phase: float, offset: float, length: int
) -> None:
    frequency = line * RATE / length
    x = _sine(frequency, amplitude, length, phase, offset)[None, :, None]
    found = spectrum(x, RATE)
    assert found.frequencies[np.argmax(found.amplitude[:, 0])] == pytest.approx(frequency)
    assert found.amplitude[line, 0] == pytest.approx(amplitude, rel=1e-3, abs=2e-4 * abs(offset) + 1e-4)
    assert found.highest[line, 0] == pytest.approx(found.amplitude[line, 0])
    far = np.abs(np.arange(len(found.frequencies)) - line) > 3
    assert found.amplitude[far, 0].max() < 0.01 * amplitude + 2e-4 * abs(offset)


def test_between_two_lines_hanns_window_loses_fifteen_per_cent_at_most() -> None:
    for part in (0.1, 0.3, 0.5):
        x = _sine((40 + part) * RATE / 256, 2.0, 256)[None, :, None]
        assert 0.84 * 2.0 < spectrum(x, RATE).amplitude.max() <= 2.0 * 1.001


def test_a_sine_at_half_the_rate_has_its_amplitude_too() -> None:
    x = np.where(np.arange(64) % 2, -3.0, 3.0).astype(np.float32)[None, :, None]
    assert spectrum(x).amplitude[-1, 0] == pytest.approx(3.0)
    assert spectrum(x).frequencies[-1] == 0.5


def test_a_log_has_the_line_of_its_sine_and_each_axis_its_own() -> None:
    log = np.stack([_sine(125.0, 2.0, 5000), _sine(250.0, 0.5, 5000, offset=9.81)], axis=1)
    found = spectrum(log, RATE)
    assert found.length == 512
    peaks = np.argmax(found.amplitude, axis=0)
    np.testing.assert_allclose(found.frequencies[peaks], [125.0, 250.0])
    np.testing.assert_allclose(found.amplitude[peaks, [0, 1]], [2.0, 0.5], rtol=1e-3)


def test_many_signals_are_a_mean_of_power_and_the_largest_is_kept() -> None:
    x = np.stack([_sine(125.0, a, 256)[:, None] for a in (1.0, 7.0)])
    found = spectrum(x, RATE)
    assert found.amplitude[32, 0] == pytest.approx(5.0, rel=1e-3)
    assert found.highest[32, 0] == pytest.approx(7.0, rel=1e-3)


def test_transforming_in_portions_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(1).normal(size=(50, 64, 3)).astype(np.float32)
    whole, pictured = spectrum(x), spectrogram(x)
    monkeypatch.setattr(sys.modules[spectrum.__module__], "_AT_ONCE", 1000)
    np.testing.assert_allclose(spectrum(x).amplitude, whole.amplitude, rtol=1e-12)
    np.testing.assert_allclose(spectrogram(x).amplitude, pictured.amplitude, rtol=1e-12)


def test_what_is_too_short_for_a_spectrum_is_refused() -> None:
    with pytest.raises(BitloopError, match="a log of 15 samples is too short"):
        spectrum(np.zeros((15, 2), dtype=np.float32))
    with pytest.raises(BitloopError, match="one sample has no spectrum"):
        spectrum(np.zeros((15, 1, 2), dtype=np.float32))


def test_the_course_of_signals_is_over_their_columns() -> None:
    x = np.random.default_rng(2).normal(5.0, 1.0, size=(30, 8, 2)).astype(np.float32)
    found = course(x)
    assert found.at.tolist() == list(range(8))
    assert (found.lines, found.log) == (30, False)
    shown = (found.mean, found.low, found.high, found.spread)
    for figure, true in zip(shown, (x.mean(0), x.min(0), x.max(0), x.std(0)), strict=True):
        np.testing.assert_allclose(figure, true, rtol=1e-5)


@given(st.integers(1, 5000))
def test_the_course_of_a_log_loses_no_extreme_and_no_sample(samples: int) -> None:
    x = np.random.default_rng(samples).normal(size=(samples, 2)).astype(np.float32)
    found = course(x)
    assert len(found.at) == min(samples, 1000)
    assert (found.low.min(axis=0) == x.min(axis=0)).all()
    assert (found.high.max(axis=0) == x.max(axis=0)).all()
    assert ((found.low <= found.mean + 1e-9) & (found.mean <= found.high + 1e-9)).all()
    if samples == len(found.at):
        np.testing.assert_array_equal(found.mean, x)
        assert not found.spread.any()


def test_the_spread_of_a_log_is_that_of_its_blocks() -> None:
    x = np.tile(np.array([[1.0], [3.0]], dtype=np.float32), (1000, 1))
    found = course(x)
    np.testing.assert_allclose(found.spread, 1.0)
    np.testing.assert_allclose(found.mean, 2.0)
    assert found.at[:3].tolist() == [0.5, 2.5, 4.5]


def test_a_tone_that_begins_is_seen_when_it_begins() -> None:
    log = _sine(125.0, 1.0, 8000)[:, None].copy()
    log[:4000] = 0
    found = spectrogram(log, RATE)
    line = int(np.argmin(np.abs(found.frequencies - 125.0)))
    middles = (found.edges[1:] + found.edges[:-1]) / 2
    level = found.amplitude[:, line, 0]
    assert level[middles < 3900].max() < 0.01
    assert level[middles > 4100].min() == pytest.approx(1.0, rel=1e-2)


def test_of_signals_each_is_a_column_and_of_very_many_some_are_one() -> None:
    x = np.stack([_sine(125.0, a, 64)[:, None] for a in (1.0, 2.0, 3.0)])
    found = spectrogram(x, RATE)
    np.testing.assert_allclose(found.amplitude[:, 8, 0], [1.0, 2.0, 3.0], rtol=1e-3)
    assert found.edges.tolist() == [0, 1, 2, 3]
    many = spectrogram(np.repeat(x[:1], 1501, axis=0), RATE)
    assert len(many.amplitude) == 501
    assert many.edges[[0, 1, -1]].tolist() == [0, 3, 1501]
    np.testing.assert_allclose(many.amplitude[:, 8, 0], 1.0, rtol=1e-3)


def test_no_spectrum_spans_a_seam() -> None:
    """A jump between two recordings is no vibration."""
    calm = np.concatenate([_sine(125, 1.0, 1000), 50 + _sine(125, 1.0, 1000, phase=2.0)])[:, None]
    with_jump, without = spectrum(calm, RATE), spectrum(calm, RATE, seams=[1000])
    assert with_jump.highest[2:9].max() > 2
    away = np.abs(without.frequencies - 125) > 3 * RATE / without.length
    away[:3] = False
    assert without.highest[away].max() < 0.01
    assert without.amplitude.max() == pytest.approx(1.0, rel=1e-3)


def test_a_spectrogram_has_nothing_where_a_seam_is_and_everything_elsewhere() -> None:
    log = _sine(125, 1.0, 4000)[:, None]
    broken = spectrogram(log, RATE, seams=[2000])
    empty = np.isnan(broken.amplitude[:, 1, 0])
    assert 1 <= empty.sum() <= 2
    assert all(low <= 2000 + 64 and high >= 2000 - 64 for low, high in zip(*_edges(broken, empty), strict=True))
    assert np.array_equal(broken.amplitude[~empty], spectrogram(log, RATE).amplitude[~empty])


def _edges(found: Spectrogram, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return found.edges[:-1][chosen], found.edges[1:][chosen]


def test_a_log_of_many_seams_is_cut_into_shorter_pieces_or_has_no_spectrum() -> None:
    log = np.random.default_rng(3).normal(size=(640, 1)).astype(np.float32)
    assert spectrum(log, RATE).length == 64
    assert spectrum(log, RATE, seams=range(40, 640, 40)).length == 16
    assert not long_enough(log, seams=range(20, 640, 20))
    with pytest.raises(BitloopError, match="640 samples with 31 seams is too short"):
        spectrum(log, RATE, seams=range(20, 640, 20))


def test_the_course_of_a_log_knows_its_seams() -> None:
    assert course(_sine(10, 1.0, 500)[:, None], seams=[123]).seams == (123,)
