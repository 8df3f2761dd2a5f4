"""bitloop sampling: from logs to a matrix, a picture, and the command that cuts signals as recommended."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from bitloop.cli import sampling
from bitloop.sampling import Settings, find
from bitloop.signals.reader import read_table
from tests.cli.run import run
from tests.sampling.machines import alike, tones

SMALL = ("--lengths", "16,32,64", "--divisions", "1,2-4")


def _logs(folder: Path, samples: int = 2000) -> list[Path]:
    paths = []
    for log in tones({"slow": 8.0, "fast": 13.0}, 100.0, samples):
        paths.append(folder / f"{log.name}.csv")
        np.savetxt(paths[-1], log.x, delimiter=",", fmt="%.5f")
    return paths


def test_the_matrix_is_shown_written_and_drawn(tmp_path: Path) -> None:
    logs, folder = _logs(tmp_path), tmp_path / "found"
    outcome = run("sampling", *logs, "--rate", 100, *SMALL, "-o", folder)
    assert outcome.status == 0
    assert "balanced accuracy of signals by rate (rows) and samples per axis (columns); * recommended" in outcome.out
    assert "take " in outcome.out
    assert "B of RAM per buffer" in outcome.out
    head, *rows = (folder / "sampling.csv").read_text().splitlines()
    assert head == "rate_hz,16,32,64"
    assert [float(row.split(",")[0]) for row in rows] == pytest.approx([100, 50, 100 / 3, 25])
    assert (folder / "sampling.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (folder / "sampling.svg").read_text()
    again = run("sampling", *logs, "--rate", 100, *SMALL, "-o", folder)
    assert (again.status, "exists already" in again.err) == (1, True)
    assert run("sampling", *logs, "--rate", 100, *SMALL, "-o", folder, "--force").status == 0


def test_json_has_every_cell_and_a_command_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = _logs(tmp_path)
    outcome = run("sampling", *logs, "--rate", 100, *SMALL, "--json")
    told = outcome.json
    assert (told["labels"], told["chance"], told["measure"]) == (["slow", "fast"], 0.5, "balanced accuracy")
    assert len(told["cells"]) + len(told["too_short"]) == 12
    assert all(len(cell["blocks"]) == told["folds"] for cell in told["cells"])
    cell = told["recommended"]
    low, high = told["promised"]["interval"]
    assert low <= told["promised"]["score"] <= high
    assert cell["rate_hz"] == 100 / cell["division"]
    assert cell["seconds"] == pytest.approx(cell["length"] * cell["division"] / 100)
    assert cell["buffer_bytes"] == 4 * cell["length"]
    monkeypatch.chdir(tmp_path)
    cut = run(*shlex.split(told["command"])[1:], "--json")
    assert cut.status == 0, cut.err
    for row in cut.json["results"]:
        assert read_table(Path(row["file"])).values.shape[1] == cell["length"]


def test_regular_and_abnormal_logs_of_several_files(tmp_path: Path) -> None:
    slow, fast = _logs(tmp_path)
    more = tmp_path / "more.csv"
    more.write_bytes(slow.read_bytes())
    arguments = ("--regular", slow, "--regular", more, "--abnormal", fast, "--rate", 100, *SMALL, "--json")
    told = run("sampling", *arguments).json
    assert (told["labels"], told["measure"]) == (["regular", "abnormal"], "area under ROC")
    assert told["recommended"]["score"] > 0.9


def test_classes_are_named_and_may_have_several_logs(tmp_path: Path) -> None:
    slow, fast = _logs(tmp_path)
    told = run("sampling", "--class", f"rest={slow}", "--class", f"work={fast}", "--rate", 100, *SMALL, "--json").json
    assert told["labels"] == ["rest", "work"]


def test_files_that_know_their_rate_need_not_be_told(tmp_path: Path) -> None:
    for log, rate in zip(tones({"low": 1000.0, "high": 2500.0}, 8000.0, 4000), (8000, 8000), strict=True):
        wavfile.write(tmp_path / f"{log.name}.wav", rate, np.int16(4000 * log.x[:, 0]))
    told = run("sampling", *sorted(tmp_path.glob("*.wav")), *SMALL, "--json").json
    assert (told["rate_hz"], told["labels"]) == (8000, ["high", "low"])
    wavfile.write(tmp_path / "low.wav", 4000, np.zeros(4000, np.int16))
    outcome = run("sampling", *sorted(tmp_path.glob("*.wav")), *SMALL)
    assert (outcome.status, "different rates (4000, 8000 Hz)" in outcome.err) == (1, True)


def test_nothing_is_recommended_where_nothing_differs(tmp_path: Path) -> None:
    logs = []
    for log in alike("ab", 1000):
        logs.append(tmp_path / f"{log.name}.csv")
        np.savetxt(logs[-1], log.x, delimiter=",", fmt="%.5f")
    outcome = run("sampling", *logs, "--rate", 10, *SMALL, "--json")
    assert (outcome.status, outcome.json["recommended"], outcome.json["command"]) == (0, None, None)
    shown = run("sampling", *logs, "--rate", 10, *SMALL)
    assert "no sampling tells the classes apart" in shown.out
    assert "bitloop shape" not in shown.out


def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path) -> None:
    slow, fast = _logs(tmp_path)
    wide = tmp_path / "wide.csv"
    np.savetxt(wide, np.zeros((100, 384)), delimiter=",", fmt="%g")
    broken = tmp_path / "broken.csv"
    broken.write_text("1\n2\nx\n3\n4\n")
    for arguments, sentence in {
        (): "nobody said which logs",
        (slow, "--rate", 100): "only one class",
        (slow, fast): "give --rate HZ",
        (slow, fast, "--rate", 0): "no sampling rate",
        (slow, fast, "--rate", "nan"): "no sampling rate",
        (slow, slow, "--rate", 100): "named twice",
        (slow, "--regular", fast, "--rate", 100): "exclude classes",
        ("--regular", slow, "--rate", 100): "give a --regular and an --abnormal",
        (slow, "--class", fast, "--rate", 100): "write --class NAME=LOG",
        (slow, "--class", f"a/b={fast}", "--rate", 100): "cannot be the name of a class",
        (slow, fast, "--rate", 100, "--lengths", "17"): "choose powers of two from 16 to 4096",
        (slow, fast, "--rate", 100, "--divisions", "1,33"): "choose whole numbers from 1 to 32",
        (slow, fast, "--rate", 100, "--divisions", "x"): "is no range of divisions",
        (slow, broken, "--rate", 100): "broken.csv, line 3, column 1",
        (slow, tmp_path / "none.csv", "--rate", 100): "there is no such file",
        (slow, wide, "--rate", 100): "give logs of the same sensor",
    }.items():
        outcome = run("sampling", *arguments)
        assert (outcome.status, sentence in outcome.err, outcome.err.count("\n")) == (1, True, 1), (
            arguments,
            outcome,
        )


def test_progress_names_the_best_so_far() -> None:
    words = []
    logs = alike("ab", 500)
    find(logs, Settings(10.0, (16,), (1, 2)), lambda done, total, cells: words.append(sampling._best(cells)))
    assert sampling._best([]) == "sampling"
    assert all(word.startswith("best 0.") for word in words)
    assert len(words) == 2


@pytest.mark.parametrize(
    ("logs", "rate", "least"),
    [
        ("st_nailgun/log_*.csv", 960, 0.95),
        ("st_airblower/log_*.csv", 200, 0.95),
        ("itsc_motor_current/log_rep1/*.csv", 1000, 0.95),
    ],
)
def test_real_logs_find_a_sampling_they_are_told_apart_by(data: Path, logs: str, rate: int, least: float) -> None:
    outcome = run("sampling", *sorted(data.glob(logs)), "--rate", rate, "--divisions", "1,2,4,8", "--json")
    assert outcome.status == 0
    assert outcome.json["promised"]["score"] > least
    assert outcome.json["too_short"]


def test_an_air_blower_needs_half_the_rate_it_was_recorded_at(data: Path) -> None:
    """Its faster speed has a line at 25 Hz: a rate of 50 Hz still shows it, one of 40 Hz does not."""
    told = run(
        "sampling", *sorted(data.glob("st_airblower/log_*.csv")), "--rate", 200, "--divisions", "1-8", "--json"
    ).json
    scores = {(cell["division"], cell["length"]): cell["score"] for cell in told["cells"]}
    assert min(scores[d, 128] for d in (1, 2, 3, 4)) > 0.98 > max(scores[d, 128] for d in (5, 6, 7, 8))
    assert told["recommended"]["division"] <= 4
