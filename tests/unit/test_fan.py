"""The simulated fan obeys the physics it claims, and a seed fixes every bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bitloop import fan
from bitloop.fan import AXES, CONDITIONS, RATE, SAMPLES, Fan, motion, record, rotation, write_csv
from bitloop.signals.reader import read_table


def test_a_recording_is_a_function_of_its_arguments() -> None:
    for condition in CONDITIONS:
        assert record(Fan(), condition, 5, 1).tobytes() == record(Fan(), condition, 5, 1).tobytes()
    assert (record(Fan(), "healthy", 5, 1) != record(Fan(), "healthy", 5, 2)).any()
    assert Fan.specimen(1) == Fan.specimen(1) != Fan.specimen(2)


def test_an_unknown_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="not broken"):
        record(Fan(), "broken", 1, 1)


def test_gravity_is_on_the_third_axis_and_values_are_steps_of_the_sensor() -> None:
    planar = _planar(record(Fan(), "healthy", 20, 1))
    assert np.abs(planar.mean(axis=(0, 1)) - (0, 0, 1)).max() < 0.01
    steps = planar.astype(np.float64) / 0.122e-3
    assert np.abs(steps - np.rint(steps)).max() < 2e-3


def test_unbalance_turns_with_the_rotor_as_its_formula_says() -> None:
    specimen = replace(Fan(), balance=0.0)
    x = _planar(record(specimen, "unbalanced", 40, 1))
    omega = 2 * np.pi * specimen.speed
    expected = specimen.clip_mass * specimen.clip_radius * omega**2 / specimen.moving_mass / 9.80665
    assert _amplitude(x[:, :, 0], specimen.speed) == pytest.approx(expected, rel=0.05)
    assert _amplitude(x[:, :, 1], specimen.speed) == pytest.approx(0.8 * expected, rel=0.05)


def test_unbalance_grows_with_the_square_of_the_speed() -> None:
    slow, quick = replace(Fan(), balance=0.0, speed=26.0), replace(Fan(), balance=0.0, speed=52.0)
    slow_x, quick_x = (_planar(record(s, "unbalanced", 40, 1))[:, :, 0] for s in (slow, quick))
    assert _amplitude(quick_x, 52.0) / _amplitude(slow_x, 26.0) == pytest.approx(4.0, rel=0.1)


def test_blades_pass_along_the_axis_of_the_fan() -> None:
    x = _planar(record(Fan(), "healthy", 40, 1))
    usual = Fan()
    passing = usual.blades * usual.speed
    assert _amplitude(x[:, :, 2], passing) == pytest.approx(usual.strut, rel=0.15)
    assert _amplitude(x[:, :, 2], passing) > 10 * _amplitude(x[:, :, 2], passing * 1.3)


def test_the_bearing_rings_at_its_resonance() -> None:
    quiet = replace(Fan(), strut=0.0, flow=0.0, balance=0.0)
    x = _planar(record(quiet, "healthy", 40, 1))[:, :, 1]
    spectrum = np.abs(np.fft.rfft(x - x.mean(axis=1, keepdims=True), axis=1)).mean(axis=0)
    peak = spectrum.argmax() * RATE / SAMPLES
    assert peak == pytest.approx(quiet.resonance, rel=0.06)


def test_a_clogged_fan_is_louder_below_the_corner_of_the_flow() -> None:
    def low(condition: str) -> float:
        x = _planar(record(Fan(), condition, 40, 1))[:, :, 2]
        spectrum = np.abs(np.fft.rfft(x - x.mean(axis=1, keepdims=True), axis=1)) ** 2
        return float(spectrum[:, 1:10].mean())

    assert low("clogged") > 2 * low("healthy")


def test_the_speed_may_be_chosen() -> None:
    x = _planar(rotation(Fan(), 30.0, 20, 1))[:, :, 2]
    assert _amplitude(x, 7 * 30.0) > 5 * _amplitude(x, 7 * 41.0)


def test_files_read_back_as_they_were_made(tmp_path: Path) -> None:
    x = record(Fan(), "clogged", 5, 1)
    write_csv(tmp_path / "a.csv", x)
    assert read_table(tmp_path / "a.csv").values.tobytes() == x.tobytes()
    write_csv(tmp_path / "b.csv", x, target=41.5)
    table = read_table(tmp_path / "b.csv")
    assert table.values.shape == (5, SAMPLES * AXES + 1)
    assert set(table.values[:, 0].tolist()) == {41.5}


def test_the_docstring_names_its_sources() -> None:
    assert fan.__doc__ is not None
    assert "ISO 21940-11" in fan.__doc__


def test_a_motion_goes_on_without_a_break_at_the_speed_asked_for() -> None:
    specimen = replace(Fan.specimen(3).at(30.0), flow=0.0, impact=0.0)
    felt = motion(specimen, "unbalanced", 8000, 800.0, 4)
    assert felt.shape == (8000, AXES)
    assert felt.tobytes() == motion(specimen, "unbalanced", 8000, 800.0, 4).tobytes()
    steepest = np.abs(np.diff(felt[100:-100, 0])).max()
    assert steepest < 2 * np.pi * 210 / 800 * np.ptp(felt[100:-100, 0])  # of the blades, without a jump
    spectrum = np.abs(np.fft.rfft((felt[:, 0] - felt[:, 0].mean()) * np.hanning(8000)))
    assert np.fft.rfftfreq(8000, 1 / 800.0)[spectrum.argmax()] == pytest.approx(30.0, rel=0.02)


def test_a_motion_holds_nothing_beyond_half_its_rate() -> None:
    ringing = replace(Fan(), strut=0.0, flow=0.0, balance=0.0)  # at 540 Hz, which folds back to 260 where it passes
    whole, part = (motion(ringing, "healthy", 8000, rate, 1)[:, 1] for rate in (1600.0, 800.0))
    around = [np.abs(np.fft.rfftfreq(8000, 1 / rate) - at) < 10 for rate, at in ((1600.0, 540.0), (800.0, 260.0))]
    power = [
        float((np.abs(np.fft.rfft(x - x.mean())) ** 2)[near].sum())
        for x, near in zip((whole, part), around, strict=True)
    ]
    assert power[1] < 0.05 * power[0]


def test_air_follows_the_law_of_affinity() -> None:
    slow, usual = Fan().at(20.5), Fan()
    assert (slow.strut, slow.flow, slow.speed) == (usual.strut / 4, usual.flow / 4, 20.5)


def _planar(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), SAMPLES, AXES)


def _amplitude(x: np.ndarray, hertz: float) -> float:
    """Of the tone near a frequency: the largest of a fine grid, for the speed wanders."""
    window = np.hanning(SAMPLES)
    centred = (x - x.mean(axis=1, keepdims=True)) * window
    time = np.arange(SAMPLES) / RATE
    grid = hertz * np.linspace(0.97, 1.03, 61)
    waves = np.exp(-2j * np.pi * grid[:, None] * time)
    return float((np.abs(centred @ waves.T).max(axis=1) * 2 / window.sum()).mean())
