"""What speaks on a port is found out without losing a line of text, and without asking where text comes."""

from __future__ import annotations

import select
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bitloop.recording.keeper import Kept
from bitloop_hil.locks import holder
from bitloop_hil.recording.recognise import recognise
from bitloop_hil.recording.recorder import Limits
from bitloop_hil.recording.session import record
from bitloop_hil.recording.source import Source
from tests.recording.datalogger import Datalogger
from tests.recording.printer import Printer


@pytest.fixture
def datalogger(tmp_path: Path) -> Iterator[Datalogger]:
    made = Datalogger(tmp_path)
    yield made
    made.unplug()


def kept(printer: Printer) -> Kept:
    return Kept.at(printer.port.with_name("log.csv"))


class Talking:
    """A logger that prints as soon as somebody opens its port: the first line again and again until one is heard."""

    def __init__(self, printer: Printer, text: bytes) -> None:
        self._printer, self._text, self._heard = printer, text, threading.Event()
        self._thread = threading.Thread(target=self._talk)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._heard.set()
        self._thread.join()

    def _talk(self) -> None:
        while not self._heard.wait(0.02):
            self._printer.say(self._text)


def test_text_is_heard_without_a_word(printer: Printer) -> None:
    with Talking(printer, b"1.5 2.5\r\n"):
        source, stream, line = recognise(Source(str(printer.port), 0), "auto", kept(printer))
        assert (stream.mode, source.baud) == ("text", 115_200)
        assert line.read(1.0).endswith(b"1.5 2.5\r\n"), "what was heard is read again"
    line.close()
    assert select.select([printer.ours], [], [], 0)[0] == [], "a logger that talks is not asked anything"


def test_a_datalogger_is_asked_at_its_own_speed(datalogger: Datalogger) -> None:
    source, stream, line = recognise(Source(str(datalogger.port), 0, 460_800), "auto", kept(datalogger))
    line.close()
    assert (stream.mode, source.baud) == ("binary", 460_800)


@pytest.mark.parametrize("form", ["auto", "text"])
def test_what_says_nothing_is_taken_for_a_logger(printer: Printer, form: str) -> None:
    source, stream, line = recognise(Source(str(printer.port), 0), form, kept(printer))  # type: ignore[arg-type]
    line.close()
    assert (stream.mode, source.baud) == ("text", 115_200)
    asked = select.select([printer.ours], [], [], 0)[0] != []
    assert asked == (form == "auto")


def test_noise_is_no_text(datalogger: Datalogger) -> None:
    with Talking(datalogger, b"\x00\xf0\x83\n"):
        _, stream, line = recognise(Source(str(datalogger.port), 9600), "auto", kept(datalogger))
    line.close()
    assert stream.mode == "binary"


def test_a_recording_holds_the_lock_of_its_board(
    printer: Printer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    held = []
    source = Source(str(printer.port), 115_200, lock="066BFF")
    with Talking(printer, b"1 2\n"):
        outcome = record(source, kept(printer), Limits(signals=30), told=lambda at: held.append(holder("066BFF")))
    assert (outcome.end, outcome.record["lines"]) == ("complete", 30)
    assert held
    assert all(each is not None and "recording to" in each.describe() for each in held)
    assert holder("066BFF") is None
