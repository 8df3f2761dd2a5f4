"""What only looks suspicious in signals: found where it was put, and not found in what merely resembles it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop.fan import RATE, Fan, record
from bitloop.signals.band import Band
from bitloop.signals.check import check
from bitloop.signals.checks.finding import Finding
from bitloop.signals.dataset import Dataset, Recording

Planar = NDArray[np.float32]


def test_a_value_that_stays_is_found_and_rounding_is_not_mistaken_for_it() -> None:
    planar = _planar()
    planar[7, 100:120, 1] = planar[7, 99, 1]
    found = _only(_outlier(planar))
    assert (found.code, found.lines) == ("repeated", (8,))
    assert "axis 2 stands at one value for up to 21 samples" in found.what
    coarse = np.round(_planar() * 8) / np.float32(8)
    assert "repeated" not in {f.code for f in check(_outlier(coarse)).findings}


def test_a_sensor_that_never_changes_is_found_among_states() -> None:
    states = np.random.default_rng(1).normal(0, 1, (200, 4)).astype(np.float32)
    states[:, 2] = 21.5
    recording = Recording("a.csv", "regular", states)
    findings = check(Dataset("anomaly", 4, 1, (recording,), multi_sensor=True)).findings
    assert [(f.code, f.total) for f in findings if f.code != "no-abnormal"] == [("constant-axis", 200)]


@pytest.mark.parametrize("ratio", [2.0, 2.4, 4.0])
def test_a_sensor_read_faster_than_it_measures_is_found(ratio: float) -> None:
    slow = _planar()[:, (np.arange(256) / ratio).astype(int)]
    found = _only(_outlier(slow))
    assert (found.code, found.total) == ("held", 60)
    assert f"axes 1, 2, 3 have a new value only every {ratio:.2g} samples" in found.what


def test_a_slow_ramp_in_coarse_steps_is_no_slow_sensor() -> None:
    ramp = np.floor(np.arange(256) / 4)[None, :, None] + np.arange(60)[:, None, None] % 7
    assert "held" not in {f.code for f in check(_outlier(ramp.repeat(3, axis=2))).findings}


def test_a_signal_unlike_the_others_is_found() -> None:
    for wrong, why in ((lambda x: x * 12, "strength"), (lambda x: x * 0.05, "strength"), (lambda x: x + 90, "level")):
        planar = _planar()
        planar[31] = wrong(planar[31])
        found = _only(_outlier(planar))
        assert (found.code, found.lines) == ("outliers", (32,))
        assert why in found.what


def test_one_damaged_number_makes_an_outlier() -> None:
    planar = _planar()
    planar[12, 77, 2] *= 1000
    found = _only(_outlier(planar))
    assert (found.code, found.lines) == ("outliers", (13,))


def test_a_second_way_of_running_is_no_outlier() -> None:
    planar = _planar()
    planar[40:] *= 12
    assert check(_outlier(planar)).findings == ()


def test_noise_is_found_unless_it_is_much_quieter_than_the_machine() -> None:
    noise = np.random.default_rng(1).normal(0, 1, (60, 256, 3)).astype(np.float32)
    found = _only(_outlier(noise))
    assert (found.code, found.total) == ("random", 60)
    running = Recording("running.csv", "on", _planar().reshape(60, -1))
    for level, codes in ((1.0, {"random"}), (0.001, set())):
        off = Recording("off.csv", "off", (noise * np.float32(level)).reshape(60, -1))
        assert {f.code for f in check(Dataset("classes", 3, 256, (running, off))).findings} == codes


def test_a_tone_in_noise_is_no_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 1, (60, 256, 3))
    noise[:, :, 1] += 0.3 * np.sin(np.arange(256) * 0.7)
    assert check(_outlier(noise)).findings == ()


def test_a_drifting_level_is_found() -> None:
    planar = _planar()
    planar[:, :, 0] += np.linspace(0, 0.5, 60, dtype=np.float32)[:, None]
    found = _only(_outlier(planar))
    assert (found.code, found.total) == ("drift", 60)
    assert "axis 1 drifts by +" in found.what


def test_a_jump_is_no_drift() -> None:
    planar = _planar()
    planar[30:, :, 0] += 0.5
    assert "drift" not in {f.code for f in check(_outlier(planar)).findings}


def test_a_level_that_follows_the_target_is_no_drift() -> None:
    level = np.linspace(0, 0.5, 60, dtype=np.float32)
    planar = _planar()
    planar[:, :, 0] += level[:, None]
    for targets, codes in ((level * 100, set()), (np.tile([1, 2], 30), {"drift"})):
        recording = Recording("a.csv", "", planar.reshape(60, -1), targets.astype(np.float32))
        assert {f.code for f in check(Dataset("extrapolation", 3, 256, (recording,))).findings} == codes


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_hum_in_every_recording_is_found(mains: float) -> None:
    dataset = _with_tone([4.0, 5.0], mains)
    findings = check(dataset, rate_hz=RATE).findings
    assert [(f.code, f.recording) for f in findings] == [("hum", "0.csv"), ("hum", "1.csv")]
    assert f"axis 3 has the hum of the mains at {mains:g} Hz" in findings[0].what
    assert all(f.total > 40 for f in findings)
    assert check(dataset).findings == ()


def test_hum_is_found_where_there_is_nothing_else_as_the_machine_is_off() -> None:
    running = _with_tone([4.0, 5.0], 50.0)
    time, generator = np.arange(256) / RATE, np.random.default_rng(1)
    phase = generator.uniform(0, 6, (60, 1))
    loud = running.recordings[0].x.reshape(60, 256, 3)[:, :, 2].std()
    still = generator.normal(0, 0.01 * loud, (60, 256, 3))
    still[:, :, 2] += 0.4 * loud * np.sin(2 * np.pi * 50 * time + phase)
    off = Recording("off.csv", "off", still.reshape(60, -1).astype(np.float32))
    findings = check(replace(running, recordings=(*running.recordings, off)), rate_hz=RATE).findings
    assert [f.recording for f in findings if f.code == "hum"] == ["0.csv", "1.csv", "off.csv"]


def test_what_a_filter_takes_away_is_no_matter() -> None:
    hums = _with_tone([4.0, 5.0], 50.0)
    planar = _planar()
    planar[:, :, 0] += np.linspace(0, 0.5, 60, dtype=np.float32)[:, None]
    for dataset, code in ((hums, "hum"), (_outlier(planar), "drift")):
        for low, there in ((100.0, False), (10.0, code == "hum")):
            filtered = replace(dataset, before=Band(RATE, high_pass=low).stages())
            codes = {f.code for f in check(filtered, rate_hz=RATE).findings}
            assert (code in codes) == there


def test_what_belongs_to_the_machine_is_no_hum() -> None:
    assert check(_with_tone([4.0, 0.0], 50.0), rate_hz=RATE).findings == ()
    assert check(_with_tone([4.0, 20.0], 50.0), rate_hz=RATE).findings == ()
    assert check(_with_tone([4.0, 4.0], 53.5), rate_hz=RATE).findings == ()


def test_the_current_of_a_motor_is_no_hum() -> None:
    time = np.arange(256) / RATE
    phase = np.random.default_rng(1).uniform(0, 6, (60, 1, 3))
    current = np.sin(2 * np.pi * 50 * time[None, :, None] + phase) + _planar() * 0.1
    assert check(_outlier(current), rate_hz=RATE).findings == ()


def test_a_rectified_current_is_said_to_be_clipped_or_idle() -> None:
    time = np.arange(256) / RATE
    phase = np.random.default_rng(1).uniform(0, 6, (60, 1, 3))
    current = np.maximum(np.sin(2 * np.pi * 50 * time[None, :, None] + phase), 0)
    whats = [f.what for f in check(_outlier(current)).findings if f.code == "clipped"]
    assert any(what == "axis 1 rests at 0 in 60 signals, as if clipped or idle" for what in whats)


def test_blows_that_are_clipped_for_one_sample_each_are_named_with_their_lines() -> None:
    planar = _planar()
    planar[5:45, 100, 1] = 16
    found = [f for f in check(_outlier(planar)).findings if f.code == "clipped"]
    assert [(f.what, f.ranges) for f in found] == [("axis 2 rests at 16 in 40 signals, as if clipped", "6-45")]


def _planar() -> Planar:
    return record(Fan(), "healthy", 60, 3).reshape(60, 256, 3).copy()


def _outlier(planar: NDArray[np.floating]) -> Dataset:
    x = planar.astype(np.float32).reshape(len(planar), -1)
    return Dataset("outlier", 3, 256, (Recording("a.csv", "regular", x),))


def _with_tone(strengths: list[float], frequency: float) -> Dataset:
    """Two classes whose third axis has a tone of these strengths, in tenths of the loudness of the machine."""
    recordings = []
    for number, (condition, strength) in enumerate(zip(("healthy", "clogged"), strengths, strict=True)):
        planar = record(Fan(), condition, 60, 3).reshape(60, 256, 3).copy()
        phase = np.random.default_rng(number).uniform(0, 6, (60, 1))
        tone = np.sin(2 * np.pi * frequency / RATE * np.arange(256) + phase)
        planar[:, :, 2] += 0.1 * strength * planar[:, :, 2].std() * tone
        recordings.append(Recording(f"{number}.csv", condition, planar.reshape(60, -1)))
    return Dataset("classes", 3, 256, tuple(recordings))


def _only(dataset: Dataset) -> Finding:
    (finding,) = check(dataset).findings
    return finding
