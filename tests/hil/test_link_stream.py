"""Streaming: every frame of noise that is lost, spoilt or doubled on the way shows in the flow's account."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import LinkError
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.images import build_image
from bitloop_hil.link import packets as p
from bitloop_hil.link.client import Link
from bitloop_hil.link.frame import Frame, encode
from bitloop_hil.link.patience import Patience
from bitloop_hil.link.stream import Flow, Judge, noise
from tests.hil.fake_line import Deliver, FakeLine
from tests.library import examples

_DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
BRIEF = Patience(request=0.05, attempts=3)
FIRST = 1  # the greeting is line 0


class Streamer(FakeLine):
    """Streams and sinks as the firmware does, without a clock."""

    busy: frozenset[int] = frozenset()
    sunk: int = 0

    def act(self, frame: Frame) -> bytes:
        if frame.type == p.STREAM.type:
            return self._stream(frame)
        if frame.type == p.POUR.type:
            self.sunk += 1
            return b""
        if frame.type == p.SINK.type:
            sunk, self.sunk = self.sunk, 0
            return self.answer(frame, p.SINK_REPLY.build(frames=sunk, lost=0, wrong=0, ticks=1000))
        return super().act(frame)

    def _stream(self, frame: Frame) -> bytes:
        asked = p.STREAM.parse(frame.payload)
        for index in set(range(asked["frames"])) - self.busy:
            row = noise(np.array([index], dtype=np.uint32), asked["size"])[0].tobytes()
            self.send(encode(Frame(p.STREAMED.type, frame.sequence, p.STREAMED.build(row, index=index))))
        sent = asked["frames"] - len(self.busy)
        return self.answer(frame, p.STREAM_REPLY.build(frames=sent, dropped=len(self.busy), ticks=2**33))


def at(number: int, change: Callable[[bytes], list[bytes]]) -> Deliver:
    """Frame `number` of the stream is changed, all other lines arrive."""
    return lambda line, data: change(data) if line == FIRST + number else [data]


def streamed(line: FakeLine, frames: int = 600, size: int = 10) -> tuple[Flow, Link]:
    link = Link(line, patience=BRIEF)
    link.greet()
    return link.stream(frames, size), link


def test_noise_is_that_of_the_document() -> None:
    found = re.search(r"noise of frame 3 begins with the bytes `([0-9a-f ]+)`", _DOCUMENT.read_text(encoding="utf-8"))
    assert found is not None
    assert noise(np.array([3], dtype=np.uint32), 12)[0].tobytes() == bytes.fromhex(found[1])


def test_noise_of_neighbours_and_of_every_length_is_different() -> None:
    rows = noise(np.arange(1000, dtype=np.uint32), 8)
    assert len({row.tobytes() for row in rows}) == 1000
    assert noise(np.array([7], dtype=np.uint32), 5)[0].tobytes() == rows[7, :5].tobytes()


def test_a_stream_that_arrives_is_whole() -> None:
    flow, link = streamed(Streamer())
    assert (flow.asked, flow.arrived, flow.wrong, flow.dropped, flow.lost, flow.ticks) == (600, 600, 0, 0, 0, 2**33)
    assert flow.whole
    assert link.stats.clean


@pytest.mark.parametrize("number", [0, 300, 599])
def test_a_lost_frame_is_missing(number: int) -> None:
    flow, _ = streamed(Streamer(at(number, lambda data: [])))
    assert (flow.arrived, flow.wrong, flow.lost, flow.whole) == (599, 0, 1, False)


def test_a_frame_spoilt_on_the_line_is_missing_and_counted() -> None:
    flow, link = streamed(Streamer(at(5, lambda data: [data[:9] + bytes([data[9] ^ 64]) + data[10:]])))
    assert (flow.arrived, flow.lost) == (599, 1)
    assert link.stats.crc_errors + link.stats.resyncs == 1


def test_a_frame_with_other_noise_is_wrong() -> None:
    forged = encode(Frame(p.STREAMED.type, 8, p.STREAMED.build(bytes(10), index=5)))
    line = Streamer(at(5, lambda data: [forged]))
    link = Link(line, patience=BRIEF, sequence=6)  # HELLO is 7, STREAM 8
    link.greet()
    flow = link.stream(600, 10)
    assert (flow.arrived, flow.wrong, flow.lost) == (599, 1, 0)


def test_a_frame_that_comes_twice_counts_once() -> None:
    flow, _ = streamed(Streamer(at(5, lambda data: [data, data])))
    assert (flow.arrived, flow.lost) == (600, 0)


def test_frames_of_another_length_or_beyond_the_last_are_wrong() -> None:
    judge = Judge(4, 8)
    for index, size in ((0, 8), (1, 7), (4, 8), (3, 0)):
        row = noise(np.array([index], dtype=np.uint32), size)[0].tobytes()
        judge.append(Frame(p.STREAMED.type, 1, p.STREAMED.build(row, index=index)))
    judge.settle()
    assert (judge.arrived, judge.wrong) == (1, 3)


def test_what_the_board_dropped_is_its_own_account() -> None:
    line = Streamer()
    line.busy = frozenset({3, 4, 9})
    flow, _ = streamed(line)
    assert (flow.arrived, flow.dropped, flow.lost) == (597, 3, 0)


def test_a_lost_request_is_repeated_and_a_lost_reply_asked_for_again() -> None:
    flow, link = streamed(Streamer(lose=frozenset({1})))
    assert (flow.whole, link.stats.retries) == (True, 1)
    flow, link = streamed(Streamer(at(600, lambda data: [])))
    assert (flow.whole, link.stats.retries) == (True, 1)


def test_frames_too_long_for_the_board_are_refused_by_the_host() -> None:
    link = Link(Streamer(), patience=BRIEF)
    most = link.greet().max_payload - 4
    with pytest.raises(LinkError, match=f"at most {most} bytes of noise in a frame, not {most + 1}"):
        link.stream(1, most + 1)
    assert link.stream(2).size == most


def test_poured_frames_that_do_not_arrive_are_lost() -> None:
    line = Streamer(lose=frozenset({5, 7}))
    link = Link(line, patience=BRIEF)
    link.greet()
    flow = link.pour(50, 20)
    assert (flow.arrived, flow.lost, flow.whole) == (48, 2, False)


def test_efficiency_is_payload_over_what_the_wire_could_carry() -> None:
    flow = Flow(asked=100, size=92_160, arrived=50, wrong=0, dropped=0, lost=50, ticks=500, timed=50, seconds=1.0)
    assert flow.efficiency(baud=921_600, clock_hz=10) == 1.0


@pytest.mark.parametrize("board", ["generic-cortex-m0", "generic-cortex-m4f"])
def test_the_firmware_streams_and_sinks_the_same_noise(board: str) -> None:
    library = examples.library("anomaly-spectrum")
    image = build_image(library, board_file(board))
    with open_board(board, "virtual") as opened:
        opened.flash(image.path)
        opened.reset()
        with opened.link() as link:
            link.greet(library.id, image.build)
            flows = [link.stream(40), link.stream(30, 13), link.pour(40), link.pour(30, 13), link.stream(5, 0)]
            assert [flow.whole for flow in flows] == [True] * 5
            assert all(flow.ticks > 0 for flow in flows)
            assert set(link.counts().values()) == {0}
            assert link.stats.clean
