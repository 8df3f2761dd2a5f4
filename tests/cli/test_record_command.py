"""bitloop record as a process: what it prints, how it is stopped, and with which status it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bitloop.cli.recording import line, summary, view
from bitloop.cli.trace import trace
from bitloop.signals.reader import read_table
from bitloop_hil.recording.progress import Progress
from bitloop_hil.recording.recorder import Limits
from tests.cli.run import run
from tests.recording.printer import Printer


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Printer]:
    made = Printer(tmp_path)
    yield made
    made.unplug()


@contextmanager
def recording(printer: Printer, *options: object) -> Iterator[subprocess.Popen[str]]:
    """The command at work: its port is open."""
    command = [sys.executable, "-c", "from bitloop.cli import main; main()", "record", str(printer.port)]
    process = subprocess.Popen(
        [*command, "--format", "text", *map(str, options)],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"BITLOOP_LOCKS": str(printer.port.parent), "XDG_RUNTIME_DIR": str(printer.port.parent)},
    )
    assert process.stderr is not None
    try:
        assert ", 0 s: 0 " in process.stderr.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def grown(path: Path, size: int) -> None:
    """Wait until a file has so many bytes: the system tells when it is written to."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init()
    libc.inotify_add_watch(watch, os.fsencode(path), 0x2)
    try:
        while path.stat().st_size < size:
            os.read(watch, 4096)
    finally:
        os.close(watch)


def test_so_many_signals_end_it_with_success(printer: Printer, tmp_path: Path) -> None:
    path = tmp_path / "fan.csv"
    with recording(printer, "-o", path, "--signals", 3, "--axes", 2, "--class", "healthy", "--json") as process:
        printer.say("cut\n1 2 3 4\n2 3 4 5 \n3 4\n4 5 6 7\n5 6 7 8\n")
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    record = json.loads(out)
    assert (record["file"], record["lines"], record["rejected"], record["end"]) == (str(path), 3, 1, "complete")
    assert read_table(path).values.tolist() == [[1, 2, 3, 4], [2, 3, 4, 5], [4, 5, 6, 7]]
    assert json.loads((tmp_path / "fan.csv.json").read_text())["class"] == "healthy"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("options", "status"), [((), 0), (("--signals", "9"), 130)])
def test_it_is_stopped_properly(
    printer: Printer, tmp_path: Path, number: signal.Signals, options: tuple[str, ...], status: int
) -> None:
    path = tmp_path / "fan.txt"
    with recording(printer, "-o", path, *options) as process:
        printer.say("cut\n1 2\n3 4\n5 ")
        grown(path, 8)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == status
    assert err.strip() == ("bitloop: interrupted after 2 of 9 signals" if status else "")
    assert f"{path}: 2 signals from {printer.port} at 115200 baud" in out
    assert path.read_text() == "1 2\n3 4\n"
    assert json.loads((tmp_path / "fan.txt.json").read_text())["runs"][0]["end"] == "stopped"


def test_what_came_survives_a_kill_and_can_be_continued(printer: Printer, tmp_path: Path) -> None:
    path = tmp_path / "fan.csv"
    with recording(printer, "-o", path) as process:
        printer.say("cut\n1 2\n3 4\n5 ")
        grown(path, 8)
        process.kill()
        process.communicate()
    assert path.read_text() == "1,2\n3,4\n"
    with recording(printer, "-o", path, "--append", "--signals", 1) as process:
        printer.say("6\n7 8\n")
        process.communicate(timeout=30)
    assert path.read_text() == "1,2\n3,4\n7,8\n"
    runs = json.loads((tmp_path / "fan.csv.json").read_text())["runs"]
    assert [(each["first_line"], each["end"]) for each in runs] == [(1, "running"), (3, "complete")]


def test_a_port_that_stays_away_is_an_error_in_a_sentence(printer: Printer, tmp_path: Path) -> None:
    path = tmp_path / "fan.csv"
    with recording(printer, "-o", path, "--patience", "0.2") as process:
        printer.say("cut\n1 2\n3 4\n")
        grown(path, 8)
        printer.unplug()
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "2 signals" in out
    assert f"bitloop: {printer.port} went away and was not back within 0.2 s" in err


def test_what_exists_is_refused_in_a_sentence(printer: Printer, tmp_path: Path) -> None:
    path = tmp_path / "fan.csv"
    path.write_text("mine\n")
    done = run("record", printer.port, "-o", path)
    assert (done.status, done.out) == (1, "")
    assert done.err == f"bitloop: {path} exists already; choose another name, or say --append to go on with it\n"


def told(**changed: object) -> Progress:
    x = np.stack([np.sin(np.arange(256) / 9), np.linspace(-1, 1, 256), np.zeros(256)], axis=1)
    usual = {"lines": 117, "rejected": 0, "lost": None, "seconds": 30.0, "rate": 3.9, "speed": 19_432.0}
    rest = {"silent": 0.1, "away": "", "resumed": 0, "newest": x}
    return Progress(**(usual | rest | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "limits", "text"),
    [
        ({}, Limits(), "30 s: 117 signals, 3.9 per second, 19.4 kB/s"),
        ({}, Limits(signals=4000), "30 s: 117 of 4,000 signals, 3.9 per second, 19.4 kB/s"),
        ({"rejected": 2, "lost": 40}, Limits(), "2 lines rejected, 40 samples lost"),
        ({"silent": 12.4}, Limits(), "nothing came for 12 s"),
        ({"away": "it is not there", "resumed": 1}, Limits(), "resumed once, waiting: it is not there"),
    ],
)
def test_a_line_says_how_it_goes(changed: dict[str, object], limits: Limits, text: str) -> None:
    assert text in line(told(**changed), limits)


@pytest.mark.parametrize(("rejected", "says"), [(1, "1 line rejected, see"), (2, "2 lines rejected, see"), (0, "")])
def test_a_summary_says_where_rejected_lines_are(rejected: int, says: str) -> None:
    console = Console(record=True, file=StringIO())
    run = {"file": "fan.csv", "lines": 5, "port": "COM3", "baud": 115_200, "sample_rate": None, "line_rate": None}
    summary(console, run | {"rejected": rejected, "lost": None, "overruns": None, "seams": [], "resumed": 0})
    shown = console.export_text()
    assert (f"\n{says} fan.csv.rejected\n" in shown) == bool(rejected)


def test_a_terminal_shows_the_newest_signal() -> None:
    console = Console(width=100, record=True, force_terminal=True, file=StringIO())
    console.print(view(told(rejected=3), "/dev/ttyACM0", Limits(signals=400)))
    shown = console.export_text()
    for word in ("/dev/ttyACM0", "117 of 400", "3 lines rejected", "-1", "⠤⠤⠤"):
        assert word in shown
    assert all(len(row) <= 100 for row in shown.splitlines())


@pytest.mark.parametrize(
    ("x", "rows"),
    [
        ([0, 0, 1, 1], ["⠀⠀⡏⠉", "⣀⣀⡇⠀"]),
        (range(8), ["⠀⠀⣠⠞", "⣠⠞⠁⠀"]),
        ([0, 0, 0, 0, 5, 0, 0, 0], ["⠀⠀⣿⠀", "⣀⣀⣿⣀"]),
        ([7], ["⣀⣀⣀⣀", "⠀⠀⠀⠀"]),
    ],
)
def test_a_trace_reaches_from_the_smallest_to_the_largest(x: Sequence[float], rows: list[str]) -> None:
    assert trace(np.array(x, dtype=np.float64), 4, 2) == rows
