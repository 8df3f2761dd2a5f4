"""bitloop demo --full: from the sensor of a virtual board to a proof on it, by one command."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from bitloop.cli.demo import show
from bitloop.cli.full import SAMPLES
from bitloop.cli.tape import STEP, wrong
from tests.cli.run import run

LOGS = [f"{state}-{machine}" for machine in (1, 9) for state in ("low-speed", "high-speed", "clogged")]


def test_the_full_demo_begins_at_the_sensor_and_ends_with_a_proof(tmp_path: Path) -> None:
    kept = tmp_path / "demo"
    outcome = run("demo", "--full", "--evaluations", 40, "--keep", kept, "--json")
    assert outcome.status == 0, outcome.err
    told = outcome.json
    assert told["recorded"] == {"samples": 6 * SAMPLES, "wrong": 0, "lost": 0}
    assert (told["datalogger"]["sensor"], told["datalogger"]["flash"]["verified"] > 5000) == ("LSM6DSL", True)
    assert (told["check"]["ok"], told["sampling"]["recommended"]["length"] >= 16) == (True, True)
    assert told["balanced_accuracy"] > 0.8
    assert (told["proof"]["verdict"], told["proof"]["differing"]) == ("PASS", 0)
    assert told["proof"]["floats_compared"] > 200
    drawn = _drawn(told)
    assert f"{6 * SAMPLES:,} samples, 0 wrong, 0 lost" in drawn
    assert f"{told['datalogger']['flash']['verified']:,} and later {told['proof']['flash']['verified']:,}" in drawn
    assert [log["file"] for log in told["logs"]] == [f"{name}.csv" for name in LOGS]
    for log in told["logs"]:
        assert log["rate"]["hertz"] == pytest.approx(416 * 1.013, rel=5e-4)
        note = json.loads((kept / "logs" / f"{log['file']}.json").read_text())
        assert (note["class"], note["runs"][0]["mode"]) == (log["class"], "binary")
        x = np.loadtxt(kept / "logs" / log["file"], delimiter=",")
        assert (x.shape, abs(x[:, 2].mean() - 1) < 0.05) == ((SAMPLES, 3), True)
    assert {path.name for path in kept.iterdir()} == {
        *("logger", "logs", "sampling", "signals", "unseen", "blower", "blower.zip")
    }
    assert (kept / "logger" / "Makefile").is_file()
    assert (kept / "sampling" / "sampling.png").is_file()
    assert run("check", kept / "blower").status == 0
    with zipfile.ZipFile(kept / "blower.zip") as archive:
        assert "libneai.a" in archive.namelist()


def test_only_anomaly_has_a_full_demo() -> None:
    refused = run("demo", "--full", "--kind", "classes")
    assert (refused.status, "--kind" in refused.err, refused.err.count("\n")) == (1, True, 1)


def test_a_recording_is_held_against_the_words_of_the_sensor() -> None:
    words = np.random.default_rng(1).integers(-32768, 32768, (500, 3)).astype(np.int32)
    values = (words[40:440] * STEP).astype(np.float32)
    assert wrong(values, words) == 0
    off = values.copy()
    off[7, 1] += np.float32(STEP / 2)
    off[300, 2] -= np.float32(STEP)
    assert wrong(off, words) == 2
    assert wrong(np.delete(values, 399 - 20, axis=0), words) == 20
    assert wrong(values[:, ::-1], words) == 400
    assert wrong(values * 2, words) == 400
    assert wrong(values, words[:300]) == 400


def _drawn(told: dict[str, Any]) -> str:
    console = Console(file=io.StringIO(), width=120)
    show(console, told)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
