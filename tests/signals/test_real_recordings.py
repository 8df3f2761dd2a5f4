"""Every warning about real recordings is true: each was looked at, and what is not listed here is a false alarm."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop.signals.check import check
from bitloop.signals.dataset import Dataset
from bitloop.signals.reader import read_recording

FOLDERS = {
    "fsdd_digits": (1, 8000.0),
    "itsc_motor_current": (3, 1000.0),
    "liara_exercises": (6, 60.0),
    "magic_wand": (6, 119.0),
    "st_airblower": (3, 200.0),
    "st_fan_current": (1, 1000.0),
    "st_har": (3, 26.0),
    "st_hsd_fan": (3, 104.48),
    "st_nailgun": (3, 960.0),
    "uci_fan_speed": (3, 50.0),
    "uci_hydraulic": (6, 1.0),
}
"""Axes and rate of the training files of each; one class per file."""
TRUE = {
    "fsdd_digits": {f"{digit} repeated" for digit in ("zero", "one", "two", "three", "four")},
    "liara_exercises": {"ExoMarche outliers", "shortRunning clipped", "shortSwitch clipped"},
    "magic_wand": {
        *(f"{charm} clipped" for charm in ("ArrestoMomentumCharm", "AvadaKedavra", "LocomotorCharm", "Revelio")),
        "LocomotorCharm outliers",
        "Revelio outliers",
    },
    "st_har": {"running repeated"},
    "st_nailgun": {"nail clipped", "nail imbalance"},
    "uci_fan_speed": {"config1 clipped"},
    "uci_hydraulic": {*(f"pumpleak{n} clipped" for n in range(3)), "pumpleak0 drift"},
}
"""Clips padded with zeros, sensors at the end of their range, gestures nobody made, a person who stood still among
those who ran, an efficiency that is 0 for a part of each cycle, a level that sank."""
RULES = {"few", "too-few", "length"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_what_is_true_is_said_of_classes(data: Path, folder: str) -> None:
    axes, rate = FOLDERS[folder]
    paths = sorted((data / folder).glob("train_*.csv"))
    recordings = tuple(read_recording(path, path.stem.removeprefix("train_"), axes=axes) for path in paths)
    length = recordings[0].x.shape[1] // axes
    assert _said(Dataset("classes", axes, length, recordings), rate) == TRUE.get(folder, set())


@pytest.mark.parametrize(
    ("file", "axes", "rate", "true"),
    [
        ("itsc_motor_current/extrap_severity_train.csv", 3, 1000.0, set()),
        ("uci_fan_speed/extrap_train.csv", 3, 50.0, {" clipped"}),
        ("uci_hydraulic/extrap_accumulator_train.csv", 6, 1.0, {" clipped", " drift"}),
    ],
)
def test_only_what_is_true_is_said_of_targets(data: Path, file: str, axes: int, rate: float, true: set[str]) -> None:
    recording = read_recording(data / file, "", axes=axes, target_first=True)
    assert _said(Dataset("extrapolation", axes, recording.x.shape[1] // axes, (recording,)), rate) == true


def test_only_what_is_true_is_said_of_states(data: Path) -> None:
    recording = read_recording(data / "skab" / "ms_train_normal.csv", "regular", axes=8, multi_sensor=True)
    said = _said(Dataset("anomaly", 8, 1, (recording,), multi_sensor=True), 1.0)
    assert said == {" no-abnormal", "regular drift"}


def _said(dataset: Dataset, rate: float) -> set[str]:
    findings = check(dataset, rate_hz=rate, allowed=("too-few", "length")).findings
    assert not [f for f in findings if f.blocking]
    return {f"{f.label} {f.code}" for f in findings if f.code not in RULES}
