"""Captures: every byte of a link in a file that is complete or says that it is not, and the replay of one."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import LinkError
from bitloop_hil.faults import FaultyTransport, LineFaults, WrappedBoard
from bitloop_hil.link.capture import FROM_BOARD, MAGIC, TO_BOARD, Capture, Replay, records
from bitloop_hil.link.client import Link
from bitloop_hil.link.patience import Patience
from bitloop_hil.proof import BROKEN
from bitloop_hil.prove import Signals, prove
from tests.hil.fake_line import FakeLine
from tests.hil.fakes import FakeBoard
from tests.library.examples import library, signals

QUICK = Patience(request=0.01, call=0.01, attempts=12, hello=0.01, boot=2.0, longest=0.05)
CLEAN = LineFaults()
SIGNALS = np.arange(16, dtype=np.float32) + np.arange(12, dtype=np.float32)[:, None]


def session(link: Link) -> list[object]:
    """What a host asks; the answers."""
    link.greet()
    answers: list[object] = [link.learn(signal).status for signal in SIGNALS]
    answers += [list(link.detect(signal).outputs) for signal in SIGNALS]
    return [*answers, link.knowledge(), link.echo(b"over")]


def captured(path: Path, line: FakeLine, faults: LineFaults = CLEAN) -> list[object]:
    """A session over a faulty line, captured where the host sees it."""
    link = Link(Capture(FaultyTransport(line, 3, to_board=faults, from_board=faults), path), patience=QUICK)
    with link:
        return session(link)


@pytest.mark.parametrize("faults", [CLEAN, LineFaults(dropped=0.004, flipped=0.004)], ids=["clean", "faulty"])
def test_a_replayed_capture_gives_the_same_answers(tmp_path: Path, faults: LineFaults) -> None:
    path = tmp_path / "session.blcap"
    answers = captured(path, FakeLine(), faults)
    replay = Replay(path)
    assert session(Link(replay, patience=QUICK, sequence=replay.sequence)) == answers
    assert replay.finished


def test_a_capture_holds_every_byte_in_order_with_its_time(tmp_path: Path) -> None:
    line, path = FakeLine(), tmp_path / "session.blcap"
    captured(path, line)
    found = list(records(path))
    sent = b"".join(record.data for record in found if record.direction == TO_BOARD)
    assert sent.count(b"\0") == 2 * len(line.heard)
    assert any(record.direction == FROM_BOARD for record in found)
    times = [record.microseconds for record in found]
    assert times == sorted(times)
    assert not (tmp_path / "session.blcap.part").exists()


def test_a_host_that_asks_something_else_is_told_where(tmp_path: Path) -> None:
    path = tmp_path / "session.blcap"
    captured(path, FakeLine())
    replay = Replay(path)
    link = Link(replay, patience=QUICK, sequence=replay.sequence)
    link.greet()
    with pytest.raises(LinkError, match="something else than in the capture"):
        link.learn(SIGNALS[5])


def test_a_host_that_wants_more_than_was_captured_is_told(tmp_path: Path) -> None:
    path = tmp_path / "session.blcap"
    captured(path, FakeLine())
    replay = Replay(path)
    link = Link(replay, patience=QUICK, sequence=replay.sequence)
    session(link)
    with pytest.raises(LinkError, match=r"something else|is over"):
        link.echo(b"more")


def test_a_capture_without_its_end_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "session.blcap"
    captured(path, FakeLine())
    whole, data = list(records(path)), path.read_bytes()
    for cut in (len(data) - 1, len(data) // 2, len(MAGIC) + 3, len(MAGIC)):
        path.write_bytes(data[:cut])
        with pytest.raises(LinkError, match="without its end"):
            list(records(path))
        found = list(records(path, partial=True))
        assert found == whole[: len(found)]


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "session.blcap"
    with pytest.raises(LinkError, match="cannot be read"):
        list(records(path))
    path.write_bytes(b"something else")
    with pytest.raises(LinkError, match="is no capture"):
        list(records(path))
    path.write_bytes(MAGIC + bytes(30))
    with pytest.raises(LinkError, match="damaged at byte"):
        list(records(path))


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full, a disk that is full, is not here")


def full(tmp_path: Path) -> Path:
    """A capture file on a disk that is full."""
    path = tmp_path / "session.blcap"
    (tmp_path / "session.blcap.part").symlink_to("/dev/full")
    return path


@needs_full
def test_a_full_disk_ends_the_link_with_the_reason(tmp_path: Path) -> None:
    line = FakeLine()
    with pytest.raises(LinkError, match=rf"session\.blcap cannot be written \({os.strerror(errno.ENOSPC)}\)"):
        Capture(line, full(tmp_path))
    assert line.closed


def test_a_disk_that_fills_up_in_mid_session_ends_it_and_keeps_what_was_recorded(tmp_path: Path) -> None:
    path, line = tmp_path / "session.blcap", FakeLine()
    capture = Capture(line, path)
    link = Link(capture, patience=QUICK)
    link.greet()
    before = len(line.heard)
    os.dup2(os.open("/dev/full", os.O_WRONLY), capture._file.fileno())
    with pytest.raises(LinkError, match="make room and start again"):
        link.echo(b"a")
    assert len(line.heard) == before, "nothing is sent that was not recorded"
    with pytest.raises(LinkError, match="this link is over"):
        link.echo(b"b")
    link.close()
    link.close()
    assert not path.exists()
    assert list(records(path.with_name("session.blcap.part"), partial=True))


@needs_full
def test_a_proof_whose_capture_finds_no_room_is_broken(tmp_path: Path) -> None:
    found, path = library("anomaly-both"), full(tmp_path)

    class LinkedBoard(FakeBoard):
        def link(self) -> Link:
            return Link(FakeLine(), patience=QUICK)

    board = WrappedBoard(LinkedBoard(found), lambda inner: Capture(inner, path))
    proof = prove(found, board, LinkedBoard(found).image, Signals(signals(3, 4), signals(3, 3)))
    assert (proof.verdict, proof.failure) == (BROKEN, "LINK")
    assert "No space left" in str(proof.reason())
