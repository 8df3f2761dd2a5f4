"""Recording over the link: bitloop's datalogger, played by a test on a pseudo-terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import BootError, RecordError
from bitloop.recording.keeper import Kept, rejected_path
from bitloop.recording.lines import Shape
from bitloop.recording.note import COMPLETE, STOPPED, UNPLUGGED, note_path
from bitloop_hil.recording.binary import BinaryStream
from bitloop_hil.recording.recorder import Limits, Recorder
from bitloop_hil.recording.source import Source
from tests.recording.datalogger import Datalogger, Described
from tests.recording.printer import PATIENCE, Watched

Plug = Callable[..., Datalogger]


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    """Makes dataloggers."""
    made: list[Datalogger] = []

    def make(**described: object) -> Datalogger:
        made.append(Datalogger(tmp_path, Described(**described)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.unplug()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def watch(board: Datalogger, path: Path, **options: object) -> Watched:
    watched = Watched(board, path, BinaryStream(), **options)
    assert board.recording.wait(PATIENCE)
    return watched


def begun(board: Datalogger, path: Path, **options: object) -> Watched:
    """A recording that has two samples."""
    watched = watch(board, path, **options)
    board.send(raw(0, 2))
    watched.until(lambda at: at.lines == 2)
    return watched


def raw(index: int, size: int) -> np.ndarray:
    """Samples whose values are their numbers."""
    return np.stack([np.arange(index, index + size), -np.arange(index, index + size)], axis=1).astype(np.int16)


def rows(path: Path) -> list[list[float]]:
    return [[float(text) for text in line.split(",")] for line in path.read_text().splitlines()]


def test_signals_are_put_together_in_units(plug: Plug, path: Path) -> None:
    board = plug(samples=4)
    watched = watch(board, path, signals=2)
    for run in range(3):
        board.run = run
        board.send(raw(4 * run, 3))
        board.send(raw(4 * run + 3, 1))
    outcome = watched.end()
    assert (outcome.end, outcome.reason) == (COMPLETE, "")
    assert board.stopped.wait(PATIENCE), "a board that nobody listens to is told to stop"
    assert rows(path) == [[0, 0, 0.001, -0.001, 0.002, -0.002, 0.003, -0.003], expected(4)]
    note = json.loads(note_path(path).read_text())
    assert (note["columns"], note["axes"], note["samples"]) == (8, 2, 4)
    (run_note,) = note["runs"]
    assert (run_note["board"], run_note["mode"], run_note["lost"]) == ("b-l475e-iot01a", "binary", 0)
    assert (
        run_note["sensor"] | {"sensor": "LSM6DSL", "letters": "xy", "rate": 100.0, "range": 4} == run_note["sensor"]
    )


def expected(index: int) -> list[float]:
    """The line of the signal that begins with a sample."""
    return (raw(index, 4) / 1000).reshape(-1).tolist()


def timed(block: int, size: int, rate: float, rng: np.random.Generator) -> tuple[float, float]:
    """When the first and the last sample of a block were seen, at a rate: late by up to one sample."""
    first, last = block * size / rate, ((block + 1) * size - 1) / rate
    return first + rng.uniform(0, 1 / rate), last + rng.uniform(0, 1 / rate)


def test_the_rate_is_that_of_the_board_within_its_bounds(plug: Plug, path: Path) -> None:
    board, rng, true = plug(samples=0, rate=1660.0), np.random.default_rng(3), 1660.0 * 1.013
    watched = watch(board, path)
    for block in range(60):
        board.send(raw(0, 40), timed(block, 40, true, rng))
    watched.until(lambda at: at.lines == 2400)
    record = watched.end(stop=True).record
    rate = record["sample_rate"]
    assert rate["low"] < true < rate["high"]
    assert rate["hertz"] == pytest.approx(true, rel=5e-4)
    assert rate["high"] - rate["low"] < 2e-3 * true
    assert rate["jitter"] == pytest.approx(1 / true / np.sqrt(12), rel=0.3)
    assert "the board's clock" in rate["by"]
    assert (record["line_rate"], record["lost"], record["overruns"], record["seams"]) == (None, 0, 0, [])


def test_pauses_between_signals_are_no_part_of_the_rate(plug: Plug, path: Path) -> None:
    board, rng, true = plug(samples=80, rate=1660.0), np.random.default_rng(4), 1660.0 * 0.991
    watched = watch(board, path, signals=20)
    for board.run in range(20):
        for block in range(2):
            first, last = timed(block, 40, true, rng)
            board.send(raw(0, 40), (0.3 * board.run + first, 0.3 * board.run + last))
    rate = watched.end().record["sample_rate"]
    assert rate["low"] < true < rate["high"]
    assert rate["hertz"] == pytest.approx(true, rel=0.01)


def test_what_is_lost_of_a_log_is_counted_and_its_seams_are_known(plug: Plug, path: Path) -> None:
    board = plug(samples=0)
    watched = watch(board, path)
    board.send(raw(0, 5))
    board.send(raw(5, 3), arrives=False)
    board.send(raw(8, 2))
    board.run, board.overruns = 1, 1
    board.send(raw(10, 2))
    watched.until(lambda at: at.lines == 9 and at.lost == 3)
    board.send(raw(12, 4), arrives=False)
    outcome = watched.end(stop=True)
    assert outcome.end == STOPPED
    assert (outcome.record["lost"], outcome.record["overruns"]) == (7, 1)
    assert outcome.record["seams"] == [{"line": 6, "lost": 3}, {"line": 8, "lost": None}]
    assert [row[0] for row in rows(path)] == [number / 1000 for number in (0, 1, 2, 3, 4, 8, 9, 10, 11)]


def test_a_signal_with_something_missing_is_kept_apart(plug: Plug, path: Path) -> None:
    board = plug(samples=4)
    watched = watch(board, path, signals=1)
    board.send(raw(0, 2))
    board.send(raw(2, 1), arrives=False)
    board.send(raw(3, 1))
    board.run = 1
    board.send(raw(4, 4))
    outcome = watched.end()
    assert (outcome.record["lost"], outcome.record["rejected"]) == (1, 1)
    assert rows(path) == [expected(4)]
    text = rejected_path(path).read_text()
    assert text == "1\t1 samples after these did not arrive\t0.0,0.0,0.001,-0.001\n"


def test_a_board_that_comes_back_is_asked_again(plug: Plug, path: Path) -> None:
    board = plug(samples=0)
    watched = begun(board, path, signals=5)
    board.unplug()
    board.plug_in()
    assert board.recording.wait(PATIENCE)
    board.send(raw(7, 3))
    outcome = watched.end()
    assert (outcome.end, outcome.record["resumed"]) == (COMPLETE, 1)
    assert outcome.record["seams"] == [{"line": 3, "lost": None}]
    assert [row[0] for row in rows(path)] == [0, 0.001, 0.007, 0.008, 0.009]


def test_a_sensor_that_goes_away_is_waited_for(plug: Plug, path: Path) -> None:
    board = plug(samples=0)
    watched = begun(board, path)
    board.recording.clear()
    board.refuse(7)
    watched.until(lambda at: at.away == "the board gets no answer from its sensor")
    assert board.recording.wait(PATIENCE)
    board.send(raw(5, 1))
    watched.until(lambda at: at.lines == 3 and at.resumed == 1)
    watched.end(stop=True)


def test_another_datalogger_is_not_gone_on_with(plug: Plug, path: Path) -> None:
    board = plug(samples=0)
    watched = begun(board, path, patience=1.0)
    board.unplug()
    board.described = Described(samples=0, sensor="LIS2DW12")
    board.plug_in()
    outcome = watched.end()
    assert outcome.end == UNPLUGGED
    assert "another datalogger came back, LIS2DW12 xy 100 Hz +-4 g instead of LSM6DSL" in outcome.reason


@pytest.mark.parametrize(
    ("described", "shape", "kind", "sentence"),
    [
        ({"kind": 0}, Shape(), BootError, "the board runs datalogger, no datalogger; flash one"),
        ({}, Shape(3), RecordError, "the logger sends 2 axes, not 3; leave out --axes"),
        ({}, Shape(2, 256), RecordError, "the logger sends 4 samples, not 256; leave out --samples"),
    ],
)
def test_what_is_not_meant_leaves_no_file(
    plug: Plug, path: Path, described: dict[str, object], shape: Shape, kind: type[Exception], sentence: str
) -> None:
    board = plug(**described)
    with pytest.raises(kind, match=sentence):
        Recorder(Source(str(board.port), 921_600), BinaryStream(), Kept.at(path, shape=shape), Limits()).run()
    assert [each.name for each in path.parent.glob("log.csv*")] == []
