"""The project folder: plain files, hostile names refused, nothing overwritten, nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bitloop import files
from bitloop.errors import BitloopError, InputError, ProjectError
from bitloop.project import Found, Project, Settings, Shelf, boards, check_name, place
from bitloop.signals.band import Band
from tests.cli.libraries import outlier_library

_SETTINGS = Settings("fan", "anomaly", 2, "cortex-m4f", 32, 64)
_CSV = "".join(f"{i},{i + 1},{i + 2},{i * i}\n" for i in range(30))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "fan", _SETTINGS)


def test_settings_survive_the_disk(project: Project) -> None:
    assert Project.load(project.folder).settings == _SETTINGS
    text = (project.folder / "bitloop.toml").read_text()
    assert 'kind = "anomaly"' in text
    assert "max_ram = 32" in text


def test_a_rate_and_what_is_allowed_survive_the_disk(tmp_path: Path) -> None:
    settings = replace(_SETTINGS, band=Band(1666.5), allow=("length", "too-few"))
    made = Project.create(tmp_path / "fan", settings)
    assert Project.load(made.folder).settings == settings
    assert 'allow = ["length", "too-few"]' in (made.folder / "bitloop.toml").read_text()


def test_what_cannot_be_allowed_is_refused() -> None:
    with pytest.raises(ProjectError, match="'contradiction' cannot be allowed; what can be is too-few and length"):
        replace(_SETTINGS, allow=("contradiction",))


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path, project: Project) -> None:
    with pytest.raises(ProjectError, match="not empty"):
        Project.create(project.folder, _SETTINGS)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ProjectError, match="is a file"):
        Project.create(tmp_path / "file", _SETTINGS)
    assert (tmp_path / "file").read_text() == "mine"


def test_force_starts_afresh_and_leaves_foreign_files_alone(project: Project, csv: Path) -> None:
    project.add(csv, "regular")
    (project.signals / "mine.csv").write_text("mine")
    (project.folder / "notes.md").write_text("mine")
    again = Project.create(project.folder, replace(_SETTINGS, axes=4), force=True)
    assert again.entries() == []
    assert not (project.signals / "a.csv").exists()
    assert (project.signals / "mine.csv").read_text() == (project.folder / "notes.md").read_text() == "mine"


def test_a_recording_is_copied_byte_for_byte(project: Project, csv: Path) -> None:
    entry = project.add(csv, "regular")
    assert (entry.file, entry.label, entry.lines, entry.values) == ("a.csv", "regular", 30, 4)
    assert (project.signals / "a.csv").read_bytes() == csv.read_bytes()
    dataset = Project.load(project.folder).dataset()
    assert (dataset.kind, dataset.axes, dataset.length, dataset.signals) == ("anomaly", 2, 2, 30)
    assert dataset.recordings[0].x[2].tolist() == [2.0, 3.0, 4.0, 4.0]


def test_a_recording_remembers_its_couple(project: Project, csv: Path) -> None:
    project.add(csv, "regular")
    plain = project.fingerprint()
    project.add(csv, "regular", force=True, couple="pump 2")
    again = Project.load(project.folder)
    assert again.fingerprint() != plain
    assert again.entries()[0].couple == again.dataset().recordings[0].couple == "pump 2"
    assert again.dataset().couples == ("pump 2",)
    with pytest.raises(ProjectError, match="couple"):
        project.add(csv, "regular", name="b", couple="a/b")


def test_only_anomaly_projects_have_couples(tmp_path: Path, csv: Path) -> None:
    other = Project.create(tmp_path / "other", replace(_SETTINGS, kind="classes"))
    with pytest.raises(ProjectError, match="only anomaly"):
        other.add(csv, "a", couple="b")


def test_the_same_name_again_is_refused_without_force(project: Project, csv: Path) -> None:
    project.add(csv, "regular")
    before = project.fingerprint()
    csv.write_text(_CSV[: len(_CSV) // 2].rsplit("\n", 1)[0])
    with pytest.raises(ProjectError, match="--force"):
        project.add(csv, "regular")
    assert project.fingerprint() == before
    project.add(csv, "abnormal", name="other")
    project.add(csv, "abnormal", force=True)
    assert [(e.file, e.label) for e in project.entries()] == [("a.csv", "abnormal"), ("other.csv", "abnormal")]


def test_a_file_that_merely_stands_there_is_not_overwritten(project: Project, csv: Path) -> None:
    project.signals.mkdir()
    (project.signals / "a.csv").write_text("the user's own")
    with pytest.raises(BitloopError, match="exists already"):
        project.add(csv, "regular")
    assert (project.signals / "a.csv").read_text() == "the user's own"
    assert project.entries() == []


def test_a_changed_copy_is_noticed(project: Project, csv: Path) -> None:
    project.add(csv, "regular")
    copy = project.signals / "a.csv"
    copy.write_text(_CSV.replace("7", "8"))
    with pytest.raises(ProjectError, match="was changed after it was added"):
        project.dataset()
    project.add(copy, "regular", force=True)
    assert project.dataset().signals == 30


@pytest.mark.parametrize(
    ("kind", "label", "words"),
    [
        ("anomaly", "", "say with --as"),
        ("anomaly", "broken", "no label for anomaly"),
        ("outlier", "Regular", "no label for outlier"),
        ("classes", "", "--as what the recording is: NAME"),
        ("classes", "a/b", "/ may not be part"),
        ("classes", "LOW", "differ only in case"),
        ("extrapolation", "regular", "leave --as away"),
    ],
)
def test_labels_suit_the_kind(tmp_path: Path, csv: Path, kind: str, label: str, words: str) -> None:
    project = Project.create(tmp_path / kind, replace(_SETTINGS, name=kind, kind=kind, axes=1))
    if kind == "classes":
        project.add(csv, "low", name="low")
    with pytest.raises(ProjectError, match=words):
        project.add(csv, label)


def test_recordings_have_one_length(project: Project, csv: Path) -> None:
    project.add(csv, "regular")
    other = csv.with_name("b.csv")
    other.write_text("1,2\n3,4\n")
    with pytest.raises(ProjectError, match=r"2 values per line and the project's a\.csv has 4"):
        project.add(other, "abnormal")


def test_the_target_is_split_off(tmp_path: Path, csv: Path) -> None:
    project = Project.create(tmp_path / "x", replace(_SETTINGS, kind="extrapolation", axes=3))
    project.add(csv)
    dataset = project.dataset()
    assert dataset.length == 1
    assert dataset.recordings[0].targets is not None
    assert dataset.recordings[0].targets[:3].tolist() == [0.0, 1.0, 2.0]


def test_multi_sensor_is_one_sample_per_line(tmp_path: Path, csv: Path) -> None:
    project = Project.create(tmp_path / "x", replace(_SETTINGS, axes=4, multi_sensor=True))
    project.add(csv, "regular")
    assert (project.dataset().length, project.dataset().multi_sensor) == (1, True)
    with pytest.raises(ProjectError, match="only anomaly"):
        replace(_SETTINGS, kind="classes", multi_sensor=True)


_HOSTILE = (
    *("", " a", "a ", ".", "..", "../a", "a/b", "a\\b", "C:", "a\nb", "a\0", "a\x7f", "\u202eabc", "-rf", ".hidden"),
    *("a.", "con", "NUL.txt", "com1", 'a"b', "a?b", "100%", "x" * 101, "\ud800"),
)


@pytest.mark.parametrize("name", _HOSTILE)
def test_hostile_names_are_refused(name: str) -> None:
    with pytest.raises(ProjectError, match="cannot be the name"):
        check_name(name, "class")


@pytest.mark.parametrize("name", ["low", "High speed", "Stufe-2", "größer", "v1.2", "a_b", "(off)", "速い"])
def test_usual_names_are_fine(name: str) -> None:
    assert check_name(name, "class") == name


def test_an_index_cannot_point_out_of_the_folder(project: Project, csv: Path) -> None:
    project.add(csv, "regular")
    index = project.signals / "index.toml"
    index.write_text(index.read_text().replace('"a.csv"', '"../../a.csv"', 1))
    with pytest.raises(ProjectError, match="cannot be the name"):
        project.dataset()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "anomaly"', 'kind = "magic"', "no kind 'magic'"),
        ("axes = 2", 'axes = "2"', "'axes' has to be a whole number"),
        ("axes = 2", "axes = true", "'axes' has to be a whole number"),
        ("axes = 2", "", "'axes' has to be a whole number"),
        ("axes = 2", "axes = ", "not valid TOML.*line 4"),
        ('target = "cortex-m4f"', 'target = "abacus"', "no board or core is called 'abacus'"),
        ('target = "cortex-m4f"', 'target = "host"', "no board or core is called 'host'"),
        ('target = "cortex-m4f"', 'target = "../boards/targets"', "no board or core"),
        ("max_ram = 32", "max_ram = 0", "whole numbers of KiB"),
        ('name = "fan"', 'name = "../fan"', "cannot be the name of a project"),
    ],
)
def test_damaged_settings_are_named(project: Project, old: str, new: str, words: str) -> None:
    path = project.folder / "bitloop.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ProjectError, match=words) as caught:
        Project.load(project.folder)
    assert str(path) in str(caught.value)


def test_every_board_is_a_place() -> None:
    for name in boards():
        assert place(name).board == name
        assert not place(name).core.is_host
    assert place("cortex-m0").board == ""


def test_libraries_keep_their_numbers_and_rank_by_score(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "libraries")
    one, two, three = (outlier_library(seed) for seed in (1, 2, 3))
    assert [f.number for f in shelf.put([(one, _found(one.id, 0.5)), (two, _found(two.id, 0.9))])] == [1, 2]
    assert [f.number for f in shelf.put([(two, _found(two.id, 0.8)), (three, _found(three.id, 0.99, "old"))])] == [
        2,
        3,
    ]
    assert [f.number for f in shelf.ranked("now")] == [2, 1, 3]
    assert [f.number for f in shelf.ranked("old")] == [3, 2, 1]
    assert shelf.best("now").score == 0.8
    assert shelf.load(shelf.get(3)).id == three.id


def test_a_library_that_is_not_there_is_named(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "libraries")
    with pytest.raises(ProjectError, match="no libraries yet"):
        shelf.best("now")
    one, two = outlier_library(1), outlier_library(2)
    (found,) = shelf.put([(one, _found(one.id, 0.5))])
    with pytest.raises(ProjectError, match="no library 7; there are: 1"):
        shelf.get(7)
    two.save(shelf.path(1))
    with pytest.raises(ProjectError, match="not the library the index names"):
        shelf.load(found)


def test_a_failing_write_leaves_the_project_as_it_was(
    project: Project, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.add(csv, "regular")
    before = {p: p.read_bytes() for p in project.folder.rglob("*") if p.is_file()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        project.add(csv, "regular", name="b")
    assert {p: p.read_bytes() for p in project.folder.rglob("*") if p.is_file()} == before


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process at once")
def test_a_killed_add_leaves_whole_files_only(project: Project, tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    np.savetxt(big, np.random.default_rng(1).normal(size=(3000, 64)), delimiter=",", fmt="%.6g")
    loop = (
        "import itertools, sys; from pathlib import Path; from bitloop.project import Project\n"
        "project = Project.load(Path(sys.argv[1])); print('ready', flush=True)\n"
        "for i in itertools.count(): project.add(Path(sys.argv[2]), 'regular', name=f'r{i}')\n"
    )
    command = [sys.executable, "-c", loop, str(project.folder), str(big)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    deadline = time.monotonic() + 20
    while len(list(project.signals.glob("r*.csv"))) < 3 and time.monotonic() < deadline:
        os.sched_yield()
    child.kill()
    child.wait()
    child.stdout.close()
    entries = Project.load(project.folder).entries()
    assert len(entries) >= 2
    assert project.dataset().signals == 3000 * len(entries)
    project.add(big, "regular", name="after")


def test_a_fault_in_a_file_leaves_nothing_behind(project: Project, csv: Path) -> None:
    csv.write_text("1,2\n3,x\n")
    with pytest.raises(InputError, match="line 2, column 2"):
        project.add(csv, "regular")
    assert not project.signals.exists()


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(_CSV)
    return path


def _found(library_id: str, score: float, signals: str = "now") -> Found:
    return Found(0, library_id, "gaussian", score, score, 100, 2000, 300, signals)
