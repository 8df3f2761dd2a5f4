"""Recording from a port: pulled cables, other loggers, ends of all sorts. The port is a pseudo-terminal."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import LockError, ProbeError
from bitloop.recording.keeper import Kept, rejected_path
from bitloop.recording.lines import PATIENCE, Shape
from bitloop.recording.note import COMPLETE, FULL, HOPELESS, STOPPED, TIME, UNPLUGGED, note_path
from bitloop_hil import discovery
from bitloop_hil.link.transport import SerialTransport, StreamTransport, Transport
from bitloop_hil.locks import BoardLock
from bitloop_hil.recording.recorder import Limits, Recorder
from bitloop_hil.recording.session import record
from bitloop_hil.recording.source import Source
from bitloop_hil.recording.text import TextStream
from tests.recording.printer import Printer, Watched
from tests.recording.test_file import at_most


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks and virtual boards of this test alone, and no USB device."""
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(discovery, "ports", lambda: [])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def signal(number: int, end: str = " \r\n") -> str:
    """A line as dataloggers print them."""
    return " ".join(f"{number + sample / 8:.3f}" for sample in range(6)) + end


def kept(path: Path) -> list[float]:
    """The first value of every signal in a file, all of which are whole."""
    lines = path.read_text().splitlines()
    assert all(line.count(",") == 5 for line in lines)
    return [float(line.partition(",")[0]) for line in lines]


def test_so_many_signals_are_recorded_and_no_more(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path, signals=5, shape=Shape(3))
    printer.say("125 7.250 \r\n" + "".join(map(signal, range(9))))
    outcome = watched.end()
    assert (outcome.end, outcome.reason) == (COMPLETE, "")
    assert kept(path) == [0, 1, 2, 3, 4]
    note = json.loads(note_path(path).read_text())
    assert (note["columns"], note["axes"], note["samples"]) == (6, 3, 2)
    (run,) = note["runs"]
    assert run == outcome.record
    assert (run["lines"], run["rejected"], run["fragments"], run["end"]) == (5, 0, 1, "complete")
    assert not rejected_path(path).exists()


def test_what_is_no_signal_is_kept_apart(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path, signals=3)
    printer.say(signal(0) + signal(1) + "boot: v1.2\n" + signal(2)[:20] + "\n" + signal(3) + signal(4))
    assert watched.end().record["rejected"] == 2
    assert kept(path) == [1, 3, 4]
    rejected = [line.split("\t") for line in rejected_path(path).read_text().splitlines()]
    assert [(number, text) for number, _, text in rejected] == [("2", "boot: v1.2"), ("3", signal(2)[:20])]


def test_a_pulled_cable_loses_nothing_that_came(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path, signals=6)
    printer.say("cut\n" + signal(1) + signal(2) + signal(3) + signal(4)[:10])
    watched.until(lambda at: at.lines == 3 and at.speed > 0)
    assert kept(path) == [1, 2, 3], "lines are on disk as soon as they came"
    printer.unplug()
    watched.until(lambda at: "is not there; plug it in" in at.away)
    printer.plug_in()
    watched.until(lambda at: at.resumed == 1)
    printer.say(signal(7)[5:] + signal(8) + signal(9) + signal(10))
    outcome = watched.end()
    assert (outcome.end, outcome.record["resumed"]) == (COMPLETE, 1)
    assert kept(path) == [1, 2, 3, 8, 9, 10]
    assert rejected_path(path).read_text() == f"4\tthe port went away in the middle of it\t{signal(4)[:10]}\n"


def test_a_port_that_stays_away_ends_it(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path, signals=6, patience=0.3)
    printer.say("cut\n" + signal(1) + signal(2))
    watched.until(lambda at: at.lines == 2)
    printer.unplug()
    outcome = watched.end()
    assert outcome.end == UNPLUGGED
    assert outcome.reason == (
        f"{printer.port} went away and was not back within 0.3 s ({printer.port} is not there; plug it in);"
        f" what came until then is in {path}"
    )
    assert kept(path) == [1, 2]
    assert json.loads(note_path(path).read_text())["runs"][0]["end"] == "unplugged"


class Loose(Source):
    """A port that comes back at once, and is gone again before it has said anything."""

    def open(self) -> Transport:
        reader, writer = os.pipe()
        os.close(writer)
        return StreamTransport(reader, reader)


def test_a_loose_contact_is_given_up(path: Path) -> None:
    outcome = Recorder(Loose("/dev/ttyACM0", 9600), TextStream(Shape()), Kept.at(path), Limits(patience=0.6)).run()
    assert outcome.end == UNPLUGGED
    assert 1 <= outcome.record["resumed"] <= 4


def test_it_can_be_stopped_while_the_port_is_away(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path)
    printer.say("cut\n" + signal(1) + signal(2))
    watched.until(lambda at: at.lines == 2)
    printer.unplug()
    watched.until(lambda at: at.away != "")
    assert watched.end(stop=True).end == STOPPED
    assert kept(path) == [1, 2]


def test_a_full_disk_ends_it_with_all_that_fitted(printer: Printer, path: Path) -> None:
    with at_most(2000):
        watched = Watched(printer, path)
        printer.say("cut\n" + "".join(map(signal, range(90))))
        outcome = watched.end()
    assert outcome.end == FULL
    assert "takes no more (File too large)" in outcome.reason
    fitted = len(kept(path))
    assert kept(path) == list(range(fitted))
    assert 2000 - 45 < path.stat().st_size <= 2000
    assert json.loads(note_path(path).read_text())["runs"] == [outcome.record]
    assert (outcome.record["lines"], outcome.record["end"]) == (fitted, "full")


def test_time_ends_it(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path, seconds=0.5)
    printer.say("cut\n" + signal(1) + signal(2) + signal(3)[:8])
    outcome = watched.end()
    assert (outcome.end, outcome.reason, outcome.record["fragments"]) == (COMPLETE, "", 2)
    assert kept(path) == [1, 2]


def test_a_time_in_which_too_little_came_says_so(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path, seconds=0.3, signals=3)
    printer.say("cut\n" + signal(1) + signal(2))
    outcome = watched.end()
    assert (outcome.end, outcome.reason) == (TIME, "only 2 of 3 signals came within 0.3 s")
    silent = Watched(printer, path.with_name("silent.csv"), seconds=0.2).end()
    assert silent.end == TIME
    assert f"no signal came from {printer.port} within 0.2 s; check the cable" in silent.reason
    assert not path.with_name("silent.csv").exists()


def test_nonsense_ends_it_and_is_kept(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path)
    printer.say(b"\xf0\x0f\x83\n" * (PATIENCE + 5))
    outcome = watched.end()
    assert outcome.end == HOPELESS
    assert (
        "50 lines came and none was a signal (no plain text; the speed may be wrong: \\xf0\\x0f\\x83)"
        in outcome.reason
    )
    assert len(rejected_path(path).read_text().splitlines()) == PATIENCE
    assert not path.exists()


def test_a_line_of_one_sample_has_a_sampling_rate(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path, signals=12, shape=Shape(3, 1))
    printer.say("cut\n")
    times = []
    for at in range(12):
        printer.say(f"{at}\t1\t2\n")
        times.append(time.monotonic())
        if at < 11:
            watched.until(lambda progress, at=at: progress.lines > at)
    record = watched.end().record
    rate = record["sample_rate"]
    assert rate["low"] <= rate["hertz"] <= rate["high"]
    assert rate["hertz"] == pytest.approx(1 / np.median(np.diff(times)), rel=0.2)
    assert "arrival" in rate["by"]
    assert record["line_rate"] == rate


def test_a_log_has_seams_where_samples_are_missing(printer: Printer, path: Path) -> None:
    watched = Watched(printer, path, signals=7, shape=Shape(3, 1))
    printer.say("cut\n1 0 0\n2 0 0\n# samples are missing here\n4 0 0\n5 0\n6 0 0\n")
    watched.until(lambda at: at.lines == 4)
    printer.unplug()
    printer.plug_in()
    watched.until(lambda at: at.resumed == 1)
    printer.say("0\n8 0 0\n9 0 0\n10 0 0\n")
    record = watched.end().record
    assert record["seams"] == [{"line": line, "lost": None} for line in (3, 4, 5)]
    assert [line.split(",")[0] for line in path.read_text().splitlines()] == ["1", "2", "4", "6", "8", "9", "10"]
    assert "a remark of the logger\t# samples are missing here" in rejected_path(path).read_text()


def test_the_first_line_counts_where_the_port_was_open_before(printer: Printer, path: Path) -> None:
    stream = TextStream(Shape(), whole=True)
    watched = Watched(printer, path, stream, signals=2)
    printer.say(signal(1) + signal(2))
    assert watched.end().record["fragments"] == 0
    assert kept(path) == [1, 2]


def test_a_port_in_use_or_missing_leaves_no_file(printer: Printer, path: Path) -> None:
    source = Source(str(printer.port), 115_200)
    with pytest.raises(LockError, match="in use by another program"):
        other = SerialTransport(str(printer.port))
        try:
            Recorder(source, TextStream(Shape()), Kept.at(path), Limits()).run()
        finally:
            other.close()
    with pytest.raises(ProbeError, match="is not there; plug it in"):
        Recorder(Source("/dev/none", 9600), TextStream(Shape()), Kept.at(path), Limits()).run()
    with BoardLock("ABC", "a long soak"), pytest.raises(LockError, match="a long soak"):
        record(Source(str(printer.port), 9600, lock="ABC"), Kept.at(path), Limits())
    assert list(path.parent.glob("log*")) == [printer.port]
