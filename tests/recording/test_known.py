"""What others know of a recording by its note: the rate of a log, its axes, and where it has seams."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bitloop.recording.keeper import Keeper, Kept
from bitloop.recording.known import with_note
from bitloop.recording.lines import SOME, Line, Shape
from bitloop.recording.note import Origin, Run, note_path
from bitloop.signals.reader import read_log, read_table
from bitloop.signals.shape import chain, open_sheet
from bitloop.signals.table import Table

SENSOR = {"sensor": "LSM6DSL", "letters": "xy", "unit": "g", "rate": 1660.0}


def recorded(path: Path, runs: int = 1, shape: Shape | None = None, **known: Any) -> Path:
    """Runs of ten samples each, the sixth of which follows on four that got lost."""
    for _ in range(runs):
        kept = Kept.at(path, shape=shape or Shape(2, 1), append=True)
        keeper = Keeper(kept, Run(Origin("/dev/ttyACM0", 921_600, sensor=SENSOR), "", kept.lines + 1))
        keeper.keep([Line(n, b"", (str(n), "0"), missing=4 * (n == 5)) for n in range(10)])
        keeper.finish(end="complete", **known)
    return path


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)
_PLACES = [
    ("axes",),
    ("columns",),
    ("runs",),
    ("runs", 0),
    *(("runs", 0, key) for key in ("first_line", "seams", "sample_rate", "sensor")),
    *(("runs", 0, "sensor", key) for key in ("letters", "unit", "rate")),
    ("runs", 0, "sample_rate", "hertz"),
    ("runs", 0, "seams", 0, "line"),
]


@settings(max_examples=300)
@given(st.sampled_from(_PLACES), _ANY)
@example(("runs", 0, "sample_rate", "hertz"), 10**400)
def test_whatever_a_note_says_the_log_is_read(tmp_path: Path, place: tuple[Any, ...], value: Any) -> None:
    path = tmp_path / "log.csv"
    if not path.exists():
        recorded(path, sample_rate={"hertz": 1681.5})
        (tmp_path / "sound.json").write_bytes(note_path(path).read_bytes())
    note = json.loads((tmp_path / "sound.json").read_bytes())
    at = note
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    note_path(path).write_text(json.dumps(note))
    table = with_note(path, Table(np.zeros((10, 2), np.float32), np.arange(1, 11)))
    assert {len(table.axes), len(table.units)} <= {0, 2}
    assert table.rate_hz is None or 0 < table.rate_hz <= 1e9


def test_a_log_has_the_rate_that_was_measured(tmp_path: Path) -> None:
    log = read_log(recorded(tmp_path / "log.csv", sample_rate={"hertz": 1681.5}))
    assert (log.rate_hz, log.axes, log.units) == (1681.5, ("x", "y"), ("g", "g"))
    assert read_log(tmp_path / "log.csv", rate_hz=800.0).rate_hz == 800.0, "who says a rate is believed"
    assert read_log(recorded(tmp_path / "nominal.csv")).rate_hz == 1660.0


def test_runs_that_do_not_agree_have_no_rate(tmp_path: Path) -> None:
    path = recorded(tmp_path / "log.csv", sample_rate={"hertz": 1681.5})
    recorded(path, sample_rate={"hertz": 833.0})
    assert read_log(path).rate_hz is None


def test_no_window_spans_a_seam(tmp_path: Path) -> None:
    path = recorded(tmp_path / "log.csv", runs=2)
    sheet = open_sheet(path)
    assert (sheet.log, sheet.seams) == (True, (5, 10, 15))
    (windows,) = chain(["window:4"])((sheet,))
    assert windows.values[:, 0].tolist() == [0, 5, 0, 5]


def test_seams_count_lines_as_the_file_does(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("\n7,7\n\n8,8\n")
    recorded(path)
    assert read_table(path).seams == (2, 7)


def test_signals_have_no_rate_of_lines(tmp_path: Path) -> None:
    path = recorded(tmp_path / "log.csv", shape=Shape(1, 2), sample_rate={"hertz": 9.0})
    table = read_table(path)
    assert (table.rate_hz, table.axes, table.seams) == (None, (), ())


@pytest.mark.parametrize(
    "change",
    [
        {"columns": 3},
        {"bitloop_recording": 9},
        {"runs": 7},
        {"runs": [{"sensor": 3, "sample_rate": [], "seams": 1, "first_line": "x"}]},
        {"runs": [{"sample_rate": {"hertz": "fast"}, "seams": [3, {"line": None}, {"line": 10**9}]}]},
        {"runs": [{"sample_rate": {"hertz": -1}, "sensor": {"rate": 0, "letters": "xyz", "unit": 5}}]},
    ],
)
def test_a_note_that_makes_no_sense_keeps_nobody_from_reading(tmp_path: Path, change: dict[str, Any]) -> None:
    path = recorded(tmp_path / "log.csv")
    note = json.loads(note_path(path).read_text())
    note_path(path).write_text(json.dumps(note | change))
    table = read_table(path)
    assert table.values.shape == (10, 2)
    assert (table.rate_hz, table.seams) == (None, ())
    note_path(path).write_bytes(b"\xff{")
    assert read_table(path).axes == ()


def test_what_is_missing_at_the_start_is_no_seam(tmp_path: Path) -> None:
    kept = Kept.at(tmp_path / "log.csv", shape=Shape(1, 1))
    keeper = Keeper(kept, Run(Origin("/dev/ttyACM0", 9600), "", 1))
    keeper.keep([replace(Line(1, b"", ("1",)), missing=SOME), Line(2, b"", ("2",))])
    assert keeper.finish(end="complete")[0]["seams"] == []
    assert np.array_equal(read_table(tmp_path / "log.csv").values[:, 0], [1, 2])
