"""bitloop search, prove and demo."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bitloop_hil.prove
from bitloop.cli.prove import choose_signals
from bitloop.fan import Fan, record, write_csv
from bitloop.project import Found, Project, Settings
from bitloop.signals.dataset import Dataset, Recording
from bitloop_hil.proof import Proof
from tests.cli import libraries as ready
from tests.cli.run import run


def test_a_search_puts_its_finalists_on_the_shelf(tmp_path: Path) -> None:
    project = _fan(tmp_path)
    command = ("search", project, "--evaluations", 40, "--seed", 3, "--jobs", 1, "--json")
    first = run(*command)
    assert first.status == 0, first.err
    assert first.json["evaluations"] == 40
    found = first.json["candidates"]
    assert [row["number"] for row in found] == list(range(1, len(found) + 1))
    assert found[0]["score"] >= found[-1]["score"]
    assert 0 < found[0]["flash"] <= 64 * 1024
    listed = run("libraries", project, "--json").json["libraries"]
    assert [row["id"] for row in listed] == [row["id"] for row in found]
    assert run(*command).json["candidates"] == found


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process at once")
def test_a_killed_search_goes_on_and_finds_the_same(tmp_path: Path) -> None:
    project = _fan(tmp_path)
    options = ("search", project, "--evaluations", 30, "--seed", 5, "--jobs", 1, "--json")
    code = "from bitloop.cli import main; main()"
    child = subprocess.Popen([sys.executable, "-c", code, *map(str, options)], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and child.poll() is None:
        written = [path for path in (project / "search").glob("*.jsonl") if path.read_bytes().count(b"\n") > 6]
        if written:
            break
        time.sleep(0.05)
    child.kill()
    child.wait()
    again = run(*options)
    assert again.status == 0, again.err
    assert again.json["resumed"] > 0
    afresh = run(*options, "--fresh")
    assert (afresh.json["resumed"], afresh.json["evaluations"]) == (0, again.json["evaluations"])
    assert afresh.json["candidates"] == again.json["candidates"]


def test_a_search_that_cannot_succeed_says_why(tmp_path: Path) -> None:
    run("new", tmp_path / "fan", "--kind", "anomaly", "--axes", 3)
    outcome = run("search", tmp_path / "fan", "--evaluations", 1)
    assert outcome.status == 1
    assert outcome.err.startswith("bitloop: the signals are not ready: there are no regular signals; add ")


def test_a_proof_says_what_was_compared(tmp_path: Path) -> None:
    project = _machine(tmp_path)
    outcome = run("prove", project, "--board", "b-l475e-iot01a", "--bench", "virtual", "--signals", 20, "--json")
    assert outcome.status == 0, outcome.err
    proof = outcome.json
    assert (proof["verdict"], proof["board"], proof["differing"]) == ("PASS", "b-l475e-iot01a", 0)
    assert proof["signals"] == 20
    assert proof["floats_compared"] == 20
    assert proof["cycles"]["detect"]["median"] > 0
    assert proof["cycles"]["unit"] == "cycles"


def test_the_board_defaults_to_one_with_the_core_of_the_target(tmp_path: Path) -> None:
    outcome = run("prove", _machine(tmp_path), "--signals", 2, "--persona", "v5")
    assert outcome.status == 0, outcome.err
    assert outcome.out.startswith("PASS: generic-cortex-m4f (cortex-m4f) on the virtual bench, zig -O2, persona v5\n")


def test_a_failed_proof_is_a_failed_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = _machine(tmp_path)
    genuine = bitloop_hil.prove.prove

    def doctored(*arguments: object, **options: object) -> Proof:
        return replace(genuine(*arguments, **options), differing=1)  # type: ignore[arg-type]

    monkeypatch.setattr(bitloop_hil.prove, "prove", doctored)
    outcome = run("prove", project, "--signals", 2, "--json")
    assert (outcome.status, outcome.json["verdict"]) == (1, "FAIL")
    assert outcome.err.startswith("bitloop: FAIL: 1 of ")


def test_an_unknown_board_and_a_bench_without_it_are_named(tmp_path: Path) -> None:
    project = _machine(tmp_path)
    for options, words in (
        (("--board", "abacus"), "no board is called 'abacus'"),
        (("--bench", "moon"), "the bench 'moon' has no board"),
    ):
        outcome = run("prove", project, *options)
        assert (outcome.status, words in outcome.err, outcome.out) == (1, True, "")
    library = next((project / "libraries").glob("001.json"))
    assert "needs the signals of a project" in run("prove", library).err


def test_a_proof_learns_what_the_library_asks_for_and_judges_the_rest() -> None:
    x = np.arange(400, dtype=np.float32).reshape(200, 2)
    recordings = (Recording("a", "regular", x[:150]), Recording("b", "abnormal", x[150:]))
    dataset = Dataset("anomaly", 2, 1, recordings)
    learn, judged = choose_signals(dataset, 100, 90)
    assert learn is not None
    assert (len(learn), len(judged)) == (90, 50)
    rows = {tuple(row) for row in learn.tolist()} & {tuple(row) for row in judged.tolist()}
    assert rows == set()
    learn, judged = choose_signals(replace(dataset, kind="outlier"), 100, 0)
    assert (learn, len(judged)) == (None, 100)


def test_the_demo_does_the_whole_job(tmp_path: Path) -> None:
    kept = tmp_path / "demo"
    outcome = run("demo", "--evaluations", 60, "--keep", kept, "--json")
    assert outcome.status == 0, outcome.err
    told = outcome.json
    assert told["kind"] == "anomaly"
    assert told["balanced_accuracy"] > 0.9
    assert (told["proof"]["verdict"], told["proof"]["differing"]) == ("PASS", 0)
    assert told["proof"]["floats_compared"] >= 200
    assert 0 < told["sizes"]["knowledge"] < told["sizes"]["flash"] < 64 * 1024
    assert run("check", kept / "fan").status == 0
    with zipfile.ZipFile(kept / "fan.zip") as archive:
        assert "libneai.a" in archive.namelist()
    refused = run("demo", "--keep", kept)
    assert (refused.status, "--force" in refused.err) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["outlier", "classes", "extrapolation"])
def test_the_demo_knows_every_kind(kind: str) -> None:
    outcome = run("demo", "--kind", kind, "--evaluations", 60)
    assert outcome.status == 0, outcome.err
    assert "PASS on b-l475e-iot01a" in outcome.out


def _fan(folder: Path) -> Path:
    project = folder / "fan"
    run("new", project, "--kind", "anomaly", "--axes", 3)
    for condition, label in (("healthy", "regular"), ("clogged", "abnormal")):
        write_csv(folder / f"{condition}.csv", record(Fan(), condition, 60, 1))
        run("add", project, folder / f"{condition}.csv", "--as", label)
    return project


def _machine(folder: Path) -> Path:
    settings = Settings("machine", "outlier", ready.AXES, "cortex-m4f", 32, 64)
    project = Project.create(folder / "machine", settings)
    write_csv(folder / "usual.csv", ready.noise(40))
    project.add(folder / "usual.csv", "regular")
    library = ready.outlier_library()
    found = Found(0, library.id, "gaussian", 0.5, 0.9, 100, 2000, 300, project.fingerprint())
    project.libraries.put([(library, found)])
    return project.folder
