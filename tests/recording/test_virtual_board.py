"""Recording from a virtual board whose datalogger reads a sensor: the file holds what the sensor has put out."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop.recording.keeper import Kept
from bitloop.recording.note import COMPLETE
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.plan import Wish, plan
from bitloop_hil.power import Powered
from bitloop_hil.recording.recorder import Limits
from bitloop_hil.recording.session import record
from bitloop_hil.recording.source import Source, find
from tests.hil import loggers

LOGGER = Wish("B-L475E-IOT01A", "LSM6DSL", 833.0, samples=64, range=4)
STEP = Fraction("0.000122")


def recorded(wish: Wish, path: Path, signals: int) -> tuple[dict[str, Any], NDArray[np.int64], NDArray[np.int64]]:
    """The run's note, the file's values in the sensor's steps (signals, samples, 3), and what the sensor put out."""
    made, motion = plan(wish), np.random.default_rng(5).normal(0, 1.6, (20_000, 3))
    with loggers.logging(made, motion) as board:
        board.reset()
        outcome = record(Source(board.port, 0, 921_600), Kept.at(path), Limits(signals=signals, seconds=120))
        produced = board.produced("LSM6DSL", "acceleration").words
    assert (outcome.end, outcome.reason) == (COMPLETE, "")
    steps = [[Fraction(text) / STEP for text in line.split(",")] for line in path.read_text().splitlines()]
    assert all(step.denominator == 1 for row in steps for step in row)
    return outcome.record, np.array(steps, dtype=np.int64).reshape(signals, -1, 3), produced


@pytest.mark.parametrize("binary", [False, True])
def test_signals_are_what_the_sensor_put_out(tmp_path: Path, binary: bool) -> None:
    note, signals, produced = recorded(replace(LOGGER, binary=binary), tmp_path / "log.csv", 4)
    assert (note["mode"], note["rejected"]) == ("binary" if binary else "text", 0)
    found = [loggers.places(produced, signal) for signal in signals]
    assert all(len(places) == 1 for places in found)
    assert all(before[0] + 64 <= after[0] for before, after in pairwise(found))


def test_a_board_that_pyocd_has_flashed_and_left_is_recorded_from_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    image = make.build(plan(replace(LOGGER, binary=True, continuous=True, samples=0)))
    pyocd = [sys.executable, "-m", "pyocd", "load", "-u", "virtual:b-l475e-iot01a", str(image.path)]
    with Powered("b-l475e-iot01a"):
        subprocess.run(pyocd, check=True, capture_output=True)
        outcome = record(find("b-l475e-iot01a"), Kept.at(tmp_path / "log.csv"), Limits(signals=50, seconds=60))
    assert (outcome.end, outcome.record["lines"]) == (COMPLETE, 50), "a debugger that leaves takes no clock with it"


def test_a_shield_is_powered_with_its_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    image = make.build(plan(Wish("NUCLEO-C031C6", "LSM6DSO16IS", 104.0, binary=True, continuous=True, axes="z")))
    pyocd = [sys.executable, "-m", "pyocd", "load", "-u", "virtual:nucleo-c031c6", str(image.path)]
    with Powered("nucleo-c031c6", shield="X-NUCLEO-IKS4A1"):
        subprocess.run(pyocd, check=True, capture_output=True)
        outcome = record(find("NUCLEO-C031C6"), Kept.at(tmp_path / "log.csv"), Limits(signals=50, seconds=60))
    assert (outcome.end, outcome.reason) == (COMPLETE, "")
    assert np.loadtxt(tmp_path / "log.csv") == pytest.approx(1.0, abs=1e-3), "it lies on a desk"


def test_a_log_has_no_gap_and_states_the_true_rate(tmp_path: Path) -> None:
    wish = replace(LOGGER, binary=True, continuous=True, samples=0)
    note, samples, produced = recorded(wish, tmp_path / "log.csv", 1000)
    assert len(loggers.places(produced, samples[:, 0])) == 1
    assert (note["lost"], note["overruns"], note["seams"]) == (0, 0, [])
    assert (note["board"], note["sensor"]["sensor"], note["sensor"]["rate"]) == ("b-l475e-iot01a", "LSM6DSL", 833.0)
    rate, true = note["sample_rate"], 833.0 * (1 + loggers.DEVIATION)
    assert rate["low"] < true < rate["high"]
    assert rate["hertz"] == pytest.approx(true, rel=1e-3)
