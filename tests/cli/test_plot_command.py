"""bitloop plot: files and projects as pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bitloop.fan import write_csv
from tests.cli.run import run


def test_files_are_drawn_one_by_one_and_together(tmp_path: Path, data: Path) -> None:
    files = [data / "st_fan_current" / f"train_{name}.csv" for name in ("fan_off", "speed_2")]
    arguments = ("plot", *files, "--axes", 1, "--rate", 1000, "-o", tmp_path, "--format", "svg")
    outcome = run(*arguments, "--json")
    assert outcome.status == 0
    names = [Path(path).name for path in outcome.json["plots"]]
    assert names[0] == "train_fan_off-course.svg"
    assert names[-1] == "classes-spectrum.svg"
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert "frequency, Hz" in (tmp_path / "classes-spectrum.svg").read_text()
    (tmp_path / names[0]).unlink()
    again = run(*arguments)
    assert (again.status, "exists already" in again.err, (tmp_path / names[0]).exists()) == (1, True, False)


def test_a_project_is_drawn_by_label(tmp_path: Path) -> None:
    project = tmp_path / "fan"
    run("new", project, "--kind", "anomaly", "--axes", 1)
    empty = run("plot", project, "-o", tmp_path)
    assert (empty.status, "has no recordings" in empty.err) == (1, True)
    for name, label in (("healthy", "regular"), ("clogged", "abnormal")):
        write_csv(tmp_path / f"{name}.csv", np.random.default_rng(1).normal(size=(5, 32)).astype(np.float32))
        run("add", project, tmp_path / f"{name}.csv", "--as", label)
    outcome = run("plot", project, "-o", tmp_path / "plots")
    assert outcome.status == 0
    assert {path.stem for path in (tmp_path / "plots").iterdir()} == {
        *(f"{label}-{kind}" for label in ("regular", "abnormal") for kind in ("course", "spectrum", "spectrogram")),
        "classes-course",
        "classes-spectrum",
    }
    both = run("plot", project, tmp_path / "healthy.csv")
    assert (both.status, "draw a project alone" in both.err) == (1, True)
    for options in (("--axes", 1), ("--log",), ("--target-first",)):
        assert "a project knows what its lines are" in run("plot", project, *options, "-o", tmp_path / "none").err


def test_what_cannot_be_drawn_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2,3,4\n5,6,7,8\n")
    for arguments, sentence in {
        (): "nobody said how many axes",
        ("--axes", 3): "4 values are not a multiple of 3 axes",
        ("--axes", 2, "--rate", 0): "a rate of 0 Hz is none",
        ("--axes", 2, tmp_path / "a.csv"): "two of the files are called a",
    }.items():
        outcome = run("plot", tmp_path / "a.csv", *arguments, "-o", tmp_path / "plots")
        assert (outcome.status, sentence in outcome.err, outcome.err.count("\n")) == (1, True, 1)
    assert not (tmp_path / "plots").exists()


def test_what_a_file_knows_of_its_rate_and_axes_is_shown(tmp_path: Path) -> None:
    from scipy.io import wavfile

    noise = np.random.default_rng(1).normal(size=(2, 2000, 2)).astype(np.float32)
    for name, rate, x in (("a", 8000, noise[0]), ("b", 8000, noise[1]), ("c", 16000, noise[1])):
        wavfile.write(tmp_path / f"{name}.wav", rate, x)
    arguments = ("plot", tmp_path / "a.wav", tmp_path / "b.wav", "-o", tmp_path, "--format", "svg")
    assert run(*arguments).status == 0
    text = (tmp_path / "classes-spectrum.svg").read_text()
    assert all(word in text for word in ("frequency, Hz", "4000", "channel 1, Waveform", "channel 2, Waveform"))
    mixed = run("plot", tmp_path / "a.wav", tmp_path / "c.wav", "-o", tmp_path / "c")
    assert (mixed.status, "at one and the same rate" in mixed.err) == (1, True)


def test_a_project_is_shown_as_its_libraries_see_it(tmp_path: Path) -> None:
    project = tmp_path / "fan"
    run("new", project, "--kind", "outlier", "--axes", 1, "--rate", 1000)
    write_csv(tmp_path / "a.csv", 100 + np.random.default_rng(1).normal(size=(5, 64)).astype(np.float32))
    run("add", project, tmp_path / "a.csv", "--as", "regular")
    without = run("plot", project, "--filtered")
    assert (without.status, "has no filter" in without.err) == (1, True)
    run("filter", project, "--high-pass", 200)
    pictures = {}
    for name, options in {"raw": (), "seen": ("--filtered",)}.items():
        assert run("plot", project, *options, "-o", tmp_path / name, "--format", "svg").status == 0
        pictures[name] = (tmp_path / name / "regular-course.svg").read_text()
    assert ">100<" in pictures["raw"]
    assert ">100<" not in pictures["seen"] and ">0<" in pictures["seen"]
    files = run("plot", tmp_path / "a.csv", "--axes", 1, "--filtered")
    assert (files.status, "files have no filter" in files.err) == (1, True)
