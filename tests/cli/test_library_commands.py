"""bitloop libraries, emulate and build, on projects with ready-made libraries."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bitloop.emulator import Emulator
from bitloop.fan import write_csv
from bitloop.library.file import Library
from bitloop.project import Found, Project, Settings
from tests.cli import libraries as ready
from tests.cli.run import run


def test_libraries_are_listed_best_first(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.outlier_library(1), ready.outlier_library(2))
    listed = run("libraries", project.folder, "--json")
    assert listed.status == 0
    assert [row["number"] for row in listed.json["libraries"]] == [2, 1]
    assert listed.json["libraries"][0]["current"] is True
    text = run("libraries", project.folder).out
    assert "gaussian" in text
    assert "2,000 B" in text
    project.add(_file(tmp_path, "more.csv", ready.noise(30)), "regular")
    later = run("libraries", project.folder, "--json").json["libraries"]
    assert [row["current"] for row in later] == [False, False]
    assert "cannot be compared" in run("libraries", project.folder).out


def test_a_project_without_libraries_says_how_to_get_some(tmp_path: Path) -> None:
    project = _project(tmp_path)
    assert run("libraries", project.folder).status == 0
    outcome = run("emulate", project.folder, tmp_path / "any.csv")
    assert (outcome.status, "bitloop search" in outcome.err) == (1, True)


def test_what_is_left_of_a_signal_is_not_judged_and_said(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.outlier_library(1))
    path = _file(tmp_path, "log.csv", ready.noise(3))
    path.write_bytes(b"1,2\n" + path.read_bytes())
    outcome = run("emulate", project.folder, path, "--json")
    assert (outcome.status, len(outcome.json["results"])) == (0, 3)
    assert f"{path}, line 1: it holds only a part of a signal and is left out" in outcome.err


@pytest.mark.parametrize("native", [(), ("--native",)], ids=["reference", "native"])
def test_anomalies_are_judged_after_learning(tmp_path: Path, native: tuple[str, ...]) -> None:
    project = _project(tmp_path, ready.anomaly_library())
    usual, loud = _file(tmp_path, "usual.csv", ready.noise(40)), _file(tmp_path, "loud.csv", ready.noise(20, 9.0, 2))
    outcome = run("emulate", project.folder, "--learn", usual, loud, usual, "--json", *native)
    record = outcome.json
    assert outcome.status == 0
    learned = record["learned"]
    assert (learned["signals"], learned["status"]) == (40, "NEAI_MINIMAL_RECOMMENDED_LEARNING_DONE")
    assert record["summary"]["signals"] == 60
    verdicts = [row["verdict"] for row in record["results"][:20]]
    assert verdicts.count("abnormal") > 15
    emulator = Emulator(ready.anomaly_library())
    emulator.init()
    emulator.learn(ready.noise(40))
    answers = emulator.detect(ready.noise(20, 9.0, 2))
    assert answers.similarity is not None and answers.ratio is not None
    assert [row["similarity"] for row in record["results"][:20]] == answers.similarity.tolist()
    assert [np.float32(row["score"]) for row in record["results"][:20]] == answers.ratio.tolist()


def test_too_little_learning_is_an_error(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.anomaly_library())
    usual = _file(tmp_path, "usual.csv", ready.noise(40))
    outcome = run(
        "emulate", project.folder, "--learn", usual, "--learn-lines", "1-9", usual, "--lines", "3", "--json"
    )
    assert outcome.status == 1
    assert outcome.json["learned"]["status"] == "NEAI_NOT_ENOUGH_CALL_TO_LEARNING"
    assert outcome.json["results"] == [{"file": str(usual), "line": 3, "status": "NEAI_NOT_ENOUGH_CALL_TO_LEARNING"}]
    assert "and has 9; give more with --learn" in outcome.err
    modern = run("emulate", project.folder, usual, "--lines", "3", "--persona", "v5", "--json")
    assert modern.json["results"][0]["status"] == "NEAI_LEARNING_IN_PROGRESS"


def test_signals_out_of_range_are_counted_as_errors(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.outlier_library())
    x = ready.noise(5)
    x[2] = 1e30
    outcome = run("emulate", project.folder, _file(tmp_path, "a.csv", x), "--json")
    assert (outcome.status, outcome.json["summary"]["errors"]) == (1, 1)
    assert outcome.json["results"][2]["status"] == "NEAI_UNKNOWN_ERROR"


def test_classes_come_with_all_probabilities(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.classes_library(), kind="classes")
    both = np.concatenate([ready.noise(10, 0.1), ready.noise(10, 9.0)])
    outcome = run("emulate", project.folder, _file(tmp_path, "a.csv", both), "--json")
    assert outcome.status == 0
    assert outcome.json["summary"]["verdicts"] == {"loud": 10, "quiet": 10}
    for row in outcome.json["results"]:
        assert set(row["probabilities"]) == {"quiet", "loud"}
        assert sum(row["probabilities"].values()) == pytest.approx(1.0, abs=1e-5)
    assert "quiet  (quiet 1.000  loud 0.000)" in run("emulate", project.folder, tmp_path / "a.csv").out


def test_extrapolation_takes_files_with_and_without_the_target(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.extrapolation_library(), kind="extrapolation")
    x = ready.noise(30)
    truth = 2 * np.sqrt((x[:, ::2] ** 2).mean(axis=1))
    known = np.column_stack([truth, x]).astype(np.float32)
    without = run("emulate", project.folder, _file(tmp_path, "a.csv", x), "--json").json
    assert "target" not in without["results"][0]
    outcome = run("emulate", project.folder, _file(tmp_path, "b.csv", known), "--json")
    assert outcome.json["summary"]["r2"] == pytest.approx(1.0, abs=1e-6)
    assert outcome.json["results"][0]["value"] == pytest.approx(float(truth[0]), rel=1e-4)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.outlier_library())
    path = _file(tmp_path, "a.csv", ready.noise(10))
    path.write_text("\n" + path.read_text())
    lines = {
        spec: run("emulate", project.folder, path, "--lines", spec, "--json") for spec in ("3", "2-4", "10-", "-3")
    }
    found = {spec: [row["line"] for row in outcome.json["results"]] for spec, outcome in lines.items()}
    assert found == {"3": [3], "2-4": [2, 3, 4], "10-": [10, 11], "-3": [2, 3]}
    for spec, words in (("4-2", "no range"), ("x", "no range"), ("0", "no range"), ("50-", "none of its signals")):
        outcome = run("emulate", project.folder, path, "--lines", spec)
        assert (outcome.status, words in outcome.err) == (1, True)


def test_a_file_of_another_length_is_named(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.outlier_library())
    path = _file(tmp_path, "a.csv", ready.noise(3)[:, :6])
    outcome = run("emulate", project.folder, path)
    assert outcome.status == 1
    assert outcome.err == f"bitloop: {path}, line 1: the library takes 8 values (2 axes x 4 samples), not 6\n"


def test_a_library_file_is_enough(tmp_path: Path) -> None:
    ready.outlier_library().save(tmp_path / "library.json")
    path = _file(tmp_path, "a.csv", ready.noise(3))
    assert run("emulate", tmp_path / "library.json", path).status == 0
    refused = run("emulate", tmp_path / "library.json", path, "--library", 1)
    assert (refused.status, "no numbers" in refused.err) == (1, True)


def test_a_damaged_library_is_refused(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.outlier_library())
    stored = project.libraries.path(1)
    stored.write_text(stored.read_text().replace("20.0", "21.0"))
    outcome = run("emulate", project.folder, _file(tmp_path, "a.csv", ready.noise(3)))
    assert (outcome.status, "changed by hand" in outcome.err) == (1, True)


def test_a_zip_is_built_and_not_overwritten(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.outlier_library())
    output = tmp_path / "fan.zip"
    outcome = run("build", project.folder, "--persona", "v5", "--suffix", "fan", "-o", output, "--json")
    assert outcome.status == 0
    assert outcome.json["target"] == "cortex-m4f"
    assert outcome.json["sizes"]["flash"] > outcome.json["sizes"]["knowledge"] > 0
    with zipfile.ZipFile(output) as archive:
        names = set(archive.namelist())
        assert Library.from_json(archive.read("library.json").decode()).id == outcome.json["library"]["id"]
        assert json.loads(archive.read("metadata.json"))["compilation_flags"]["float_abi"] == "hard"
    assert {"libneai_fan.a", "NanoEdgeAI_fan.h", "hello_world.c", "metadata.json"} <= names
    before = output.read_bytes()
    again = run("build", project.folder, "-o", output)
    assert (again.status, "--force" in again.err, output.read_bytes()) == (1, True, before)
    assert run("build", project.folder, "-o", output, "--force", "--target", "nucleo-f411re").status == 0


def test_impossible_builds_are_refused(tmp_path: Path) -> None:
    project = _project(tmp_path, ready.outlier_library())
    output = tmp_path / "fan.zip"
    for options, words in (
        (("--target", "cortex-m0", "--float-abi", "hard"), "no FPU"),
        (("--target", "abacus"), "no board or core"),
        (("--suffix", "a b"), "cannot end a C name"),
        (("--library", 9), "no library 9"),
    ):
        outcome = run("build", project.folder, "-o", output, *options)
        assert (outcome.status, words in outcome.err, output.exists()) == (1, True, False)


def _project(tmp_path: Path, *libraries: Library, kind: str = "") -> Project:
    kind = kind or (libraries[0].kind if libraries else "outlier")
    settings = Settings("machine", kind, ready.AXES, "cortex-m4f", 32, 64)
    project = Project.create(tmp_path / "machine", settings)
    signals = project.fingerprint()
    project.libraries.put(
        [
            (one, Found(0, one.id, "gaussian", 0.5 + i / 10, 0.9, 100, 2000, 300, signals))
            for i, one in enumerate(libraries)
        ]
    )
    return project


def _file(folder: Path, name: str, x: np.ndarray) -> Path:
    path = folder / name
    write_csv(path, x)
    return path
