"""bitloop shape: files in, new files out, and what it says about them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bitloop.signals.reader import read_table
from bitloop.signals.shape import STEPS
from tests.cli.run import run


def _log(path: Path, samples: int) -> Path:
    np.savetxt(path, np.random.default_rng(samples).normal(size=(samples, 3)), delimiter=" ", fmt="%.3f")
    return path


def test_a_real_log_becomes_signals_to_train_and_to_test_with(tmp_path: Path, data: Path) -> None:
    log = data / "st_airblower" / "log_off.csv"
    before = log.read_bytes()
    outcome = run("shape", log, "--log", "split:share,80,20", "window:128,64", "-o", tmp_path, "--json")
    assert outcome.status == 0
    rows = outcome.json["results"]
    samples = read_table(log).values
    cut = round(0.8 * len(samples))
    for row, part in zip(rows, (samples[:cut], samples[cut:]), strict=True):
        signals = read_table(Path(row["file"])).values
        assert signals.shape == (row["lines"], row["values"]) == ((len(part) - 128) // 64 + 1, 384)
        assert signals[1].tolist() == part[64:192].reshape(-1).tolist()
    assert [Path(row["file"]).name for row in rows] == [
        f"log_off.split-share,80,20.part-{n}.window-128,64.csv" for n in (1, 2)
    ]
    assert log.read_bytes() == before


def test_what_exists_is_replaced_only_by_force_and_the_original_never(tmp_path: Path) -> None:
    log = _log(tmp_path / "a.txt", 20)
    arguments = ("shape", log, "--axes", 3, "window:8", "-o", tmp_path)
    assert run(*arguments).out == f"{tmp_path}/a.window-8.csv: 2 signals of 24 values (3 axes);" + (
        " 4 samples behind the last windows left over\n"
    )
    again = run(*arguments)
    assert (again.status, "exists already" in again.err) == (1, True)
    assert run(*arguments, "--force").status == 0
    taken = tmp_path / "a.extract-1.csv"
    taken.write_bytes(log.read_bytes())
    own = run("shape", log, taken, "extract:1", "-o", tmp_path, "--force")
    assert (own.status, "is not replaced" in own.err) == (1, True)
    assert taken.read_bytes() == log.read_bytes()


def test_a_log_put_together_says_where_its_stretches_begin(tmp_path: Path) -> None:
    logs = [_log(tmp_path / f"{name}.csv", 20) for name in "ab"]
    outcome = run("shape", *logs, "--log", "concatenate", "-o", tmp_path)
    assert outcome.out.endswith("40 samples of 3 values (3 axes); a new stretch begins at line 21\n")


def test_files_and_steps_are_told_apart(tmp_path: Path) -> None:
    log = _log(tmp_path / "a.csv", 20)
    for arguments, sentence in {
        ("shuffle:1",): "nobody said which file",
        (log,): "nobody said what to do",
        (log, "windw:8"): "there is no step 'windw'",
        (log, "extract:1", log): "write all files first",
        (log, "extract:1", "nothing.csv"): "there is no step 'nothing.csv'",
        (tmp_path / "none.csv", "extract:1"): "there is no such file",
    }.items():
        outcome = run("shape", *arguments, "-o", tmp_path / "out")
        assert (outcome.status, sentence in outcome.err, outcome.err.count("\n")) == (1, True, 1)
    assert not (tmp_path / "out").exists()


def test_help_names_every_step() -> None:
    words = " ".join(run("shape", "--help").out.split())
    assert all(step.example in words for step in STEPS.values())


def test_one_is_counted_as_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\n3,4\n")
    outcome = run("shape", tmp_path / "a.csv", "--log", "extract:1", "remove-axis:2", "-o", tmp_path)
    assert outcome.out.endswith("1 sample of 1 value (1 axis)\n")
