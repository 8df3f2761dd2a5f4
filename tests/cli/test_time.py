"""bitloop time: libraries and programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop_hil.timing import build_for_timing
from tests.cli.run import run
from tests.library import examples


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "fan.bitloop"
    examples.library("anomaly-spectrum").save(path)
    return path


def test_a_library_file_is_timed_with_the_shares_of_its_kernels(library: Path) -> None:
    done = run("time", library, "--core", "cortex-m4f", "--mhz", "100", "--signals", "12", "--json")
    assert done.status == 0
    record = done.json
    middle = record["calls"]["detect"]["median"]
    assert middle["us"] == pytest.approx(middle["cycles"] / 100, abs=1e-3)
    assert record["calls"]["learn"]["calls"] == examples.LEARNING
    assert sum(record["kernels"].values()) == pytest.approx(1.0, abs=0.01)


def test_wait_states_cost_something(library: Path) -> None:
    records = [run("time", library, "--signals", "12", "--wait-states", waits, "--json").json for waits in ("0", "5")]
    fast, slow = (record["calls"]["detect"]["median"]["cycles"] for record in records)
    assert fast < slow < 2 * fast


def test_an_estimate_is_called_one(library: Path) -> None:
    assert "estimate, within about 30%" in run("time", library, "--core", "cortex-m7", "--signals", "12").out


def test_a_function_of_a_program_is_timed(tmp_path: Path) -> None:
    program = tmp_path / "program.elf"
    program.write_bytes(build_for_timing(examples.library("outlier-both"), "cortex-m0plus").read_bytes())
    done = run("time", program, "--function", "bl_time_init", "--core", "cortex-m0plus", "--mhz", "32", "--json")
    assert done.json["calls"]["bl_time_init"]["min"]["cycles"] > 10
    assert "name one with --function" in run("time", program).err


def test_mistakes_are_explained(library: Path) -> None:
    assert "no cycle model" in run("time", library, "--core", "cortex-a9").err
    assert "no linked program" in run("time", library, "--function", "main").err
