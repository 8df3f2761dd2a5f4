"""The faulty line does what it was ordered to do, by its seed, and the link above it lets nothing wrong through."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LinkError
from bitloop_hil.faults import FaultyTransport, LineFaults
from bitloop_hil.faults.campaign import Account, Numbering, echoes, payloads, stream
from bitloop_hil.faults.line import Spoiler
from bitloop_hil.link import packets as p
from bitloop_hil.link.client import Link
from bitloop_hil.link.frame import Decoder, Frame, LinkStats, encode
from bitloop_hil.link.patience import Patience
from tests.hil import link_c
from tests.hil.fake_line import FakeLine

QUICK = Patience(request=0.004, call=0.004, attempts=12, hello=0.004, boot=2.0, longest=0.02)
EVERYTHING = LineFaults(dropped=0.002, doubled=0.002, flipped=0.002)
SIGNAL = np.arange(16, dtype=np.float32)


@dataclass
class Pipe:
    """A transport that gives back what is put into it and remembers what was written."""

    arriving: list[bytes] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    closed: bool = False

    def read(self, timeout: float) -> bytes:
        return self.arriving.pop(0) if self.arriving else b""

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True


def drain(transport: FaultyTransport) -> list[bytes]:
    """Every piece that arrives."""
    pieces: list[bytes] = []
    while piece := transport.read(0.005):
        pieces.append(piece)
    return pieces


@given(st.binary(max_size=300), st.lists(st.integers(1, 20), max_size=30), st.integers(0, 9))
def test_the_seed_alone_decides_whatever_the_pieces(data: bytes, cuts: list[int], seed: int) -> None:
    faults = LineFaults(dropped=0.1, doubled=0.1, flipped=0.1)
    whole, parts, at, found = Spoiler(faults, seed), Spoiler(faults, seed), 0, b""
    for cut in [*cuts, len(data)]:
        found += parts.bytes(data[at : at + cut])
        at += cut
    assert whole.bytes(data) == found
    assert whole.done == parts.done


def test_no_faults_change_nothing() -> None:
    pipe = Pipe([b"abc", b"de"])
    line = FaultyTransport(pipe, 1)
    line.write(b"12")
    line.write(b"3")
    assert (drain(line), pipe.written) == ([b"abc", b"de"], [b"12", b"3"])
    assert (line.to_board.passed, line.from_board.passed, line.from_board.spoiled) == (3, 5, 0)


@pytest.mark.parametrize(
    ("faults", "becomes"),
    [
        (LineFaults(dropped=1.0), lambda data: b""),
        (LineFaults(doubled=1.0), lambda data: bytes(b for byte in data for b in (byte, byte))),
    ],
)
def test_certain_faults_do_it_to_every_byte(faults: LineFaults, becomes: Callable[[bytes], bytes]) -> None:
    data = bytes(range(256))
    assert Spoiler(faults, 3).bytes(data) == becomes(data)


def test_a_flip_turns_exactly_one_bit() -> None:
    data = bytes(10_000)
    spoiled = Spoiler(LineFaults(flipped=1.0), 3).bytes(data)
    assert {byte.bit_count() for byte in spoiled} == {1}
    assert len(set(spoiled)) == 8


def test_faults_come_as_often_as_ordered_and_are_counted() -> None:
    spoiler, size = Spoiler(LineFaults(dropped=0.01, doubled=0.02, flipped=0.03), 4), 200_000
    arrived = spoiler.bytes(np.random.default_rng(0).bytes(size))
    done = spoiler.done
    assert len(arrived) == size - done.dropped + done.doubled
    for count, chance in ((done.dropped, 0.01), (done.doubled, 0.02), (done.flipped, 0.03)):
        assert abs(count - chance * size) < 5 * np.sqrt(chance * size)


def test_what_is_merged_arrives_with_the_next_piece_and_nothing_is_lost() -> None:
    sent = [bytes([i]) * 3 for i in range(200)]
    line = FaultyTransport(Pipe(list(sent)), 5, from_board=LineFaults(merged=0.5))
    pieces = drain(line)
    assert b"".join(pieces) == b"".join(sent[: sum(len(piece) for piece in pieces) // 3])
    assert len(pieces) == 200 - line.from_board.merged
    assert 60 < line.from_board.merged < 140


def test_what_is_delayed_arrives_late_in_order_and_complete() -> None:
    sent = [bytes([i]) for i in range(40)]
    line = FaultyTransport(Pipe(list(sent)), 6, from_board=LineFaults(delayed=0.2, delay=0.004))
    before, pieces = time.monotonic(), []
    while sum(map(len, pieces)) < 40:
        pieces.append(line.read(1.0))
    assert b"".join(pieces) == b"".join(sent)
    assert line.from_board.delayed > 0
    assert time.monotonic() - before >= 0.004


def test_a_delayed_request_sets_out_while_the_host_waits() -> None:
    pipe = Pipe()
    line = FaultyTransport(pipe, 7, to_board=LineFaults(delayed=1.0, delay=0.01))
    line.write(b"request")
    assert pipe.written == []
    assert line.read(0.05) == b""
    assert pipe.written == [b"request"]


@pytest.mark.parametrize("after", [0, 1, 4, 7])
def test_a_link_that_closes_in_mid_frame_lets_the_bytes_before_through(after: int) -> None:
    pipe = Pipe([b"abcd", b"efgh"])
    line = FaultyTransport(pipe, 8, from_board=LineFaults(closed_after=after))
    got = b""
    with pytest.raises(LinkError, match="closed in mid-frame"):
        for _ in range(5):
            got += line.read(0.01)
    assert got == b"abcdefgh"[:after]
    assert pipe.closed
    with pytest.raises(LinkError, match="open a new link"):
        line.write(b"x")


def test_a_request_can_be_cut_off_too() -> None:
    pipe = Pipe()
    line = FaultyTransport(pipe, 9, to_board=LineFaults(closed_after=3))
    line.write(b"abcdef")
    assert pipe.written == [b"abc"]
    with pytest.raises(LinkError, match="closed in mid-frame"):
        line.read(0.01)


@pytest.mark.parametrize(
    "wrong",
    [{"dropped": -0.1}, {"merged": 1.1}, {"delay": -1.0}, {"closed_after": -1}, {"dropped": 0.6, "flipped": 0.6}],
)
def test_orders_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="has a"):
        LineFaults(**wrong)  # type: ignore[arg-type]


def test_numbering_counts_gaps_across_the_wrap() -> None:
    numbering = Numbering(65534)
    for number in (65534, 65535, 2, 3):
        numbering.take(number)
    numbering.end(5)
    assert numbering.lost == 3


@pytest.mark.parametrize(
    "faults",
    [
        EVERYTHING,
        LineFaults(dropped=0.003),
        LineFaults(doubled=0.003),
        LineFaults(flipped=0.003),
        LineFaults(dropped=0.02, doubled=0.02, flipped=0.02),
    ],
    ids=["everything", "dropped", "doubled", "flipped", "storm"],
)
def test_a_stream_under_faults_delivers_nothing_wrong_and_counts_every_loss(faults: LineFaults) -> None:
    account = stream(faults, 100_000, seed=11)
    assert account.settled, account
    assert account.spoiled > 10_000
    assert account.lost > 1000
    assert account.delivered > 100
    assert account.stats.frames_received == account.delivered


def test_the_firmware_takes_nothing_wrong_from_a_spoiled_line() -> None:
    sent = [Frame(0x0A, i, payload) for i, payload in enumerate(payloads(8000, 200, seed=18))]
    line = Spoiler(EVERYTHING, 18).bytes(b"".join(map(encode, sent)))
    seen = [link_c.parse(chunk) for chunk in line.split(b"\0") if chunk]
    good = [frame for state, frame in seen if state == link_c.GOOD]
    host = LinkStats()
    assert good == Decoder(host).feed(line), "host and board take the same frames"
    assert set(good) <= set(sent)
    assert 100 < len(good) < len(sent)
    assert len([1 for state, _ in seen if state != link_c.GOOD]) == host.crc_errors + host.resyncs


def test_a_clean_stream_loses_nothing() -> None:
    account = stream(LineFaults(), 70_000, seed=12, longest=40)
    assert (account.delivered, account.lost, account.wrong) == (70_000, 0, 0)
    assert account.stats.clean


def greeted(faults: LineFaults, seed: int, line: FakeLine) -> tuple[Link, FaultyTransport]:
    faulty = FaultyTransport(line, seed, to_board=faults, from_board=faults)
    link = Link(faulty, patience=QUICK)
    link.greet()
    return link, faulty


def test_requests_under_faults_are_answered_right_or_fail_in_time() -> None:
    link, faulty = greeted(EVERYTHING, 13, FakeLine())
    account = echoes(link, 1500, seed=13)
    assert account.settled, account
    assert account.lost == 0, "twelve attempts are enough"
    assert 0.0 < account.slowest < sum(QUICK.waits(QUICK.request)) + 1.0
    assert account.stats.retries > 50
    assert min(faulty.to_board.spoiled, faulty.from_board.spoiled) > 50


def test_signals_under_faults_are_learned_once_each_and_whole() -> None:
    board = FakeLine()
    link, _ = greeted(LineFaults(dropped=0.003, doubled=0.003, flipped=0.003, merged=0.05), 14, board)
    signals = [SIGNAL + i for i in range(150)]
    assert [link.learn(signal).status for signal in signals] == list(range(1, 151))
    assert board.learned == [signal.tobytes() for signal in signals]
    assert link.stats.retries > 10


def test_late_replies_are_counted_and_never_taken_for_another() -> None:
    line = FakeLine()
    faulty = FaultyTransport(line, 15, from_board=LineFaults(delayed=0.3, delay=0.012))
    link = Link(faulty, patience=QUICK)
    link.greet()
    account = echoes(link, 150, seed=15)
    assert (account.settled, account.lost) == (True, 0)
    assert link.stats.duplicates > 10


def test_a_line_that_carries_nothing_fails_within_its_deadline() -> None:
    dead = Link(FakeLine(), patience=QUICK).through(
        lambda inner: FaultyTransport(inner, 16, from_board=LineFaults(dropped=1.0))
    )
    before = time.monotonic()
    with pytest.raises(LinkError, match="no reply to ECHO within"):
        dead.echo(b"anybody?")
    assert time.monotonic() - before < sum(QUICK.waits(QUICK.request)) + 1.0


def test_an_account_with_a_frame_unaccounted_for_is_not_settled() -> None:
    assert not Account(sent=3, delivered=1, lost=1).settled
    assert not Account(sent=1, delivered=1, wrong=1).settled


def test_a_wrong_payload_would_be_seen() -> None:
    class Liar(FakeLine):
        def act(self, frame: Frame) -> bytes:
            return self.answer(frame, frame.payload + b"!") if frame.type == p.ECHO.type else super().act(frame)

    link, _ = greeted(LineFaults(), 17, Liar())
    assert echoes(link, 20, seed=17).wrong == 20


def test_the_default_patience_gives_up_when_the_page_says() -> None:
    patience = Patience()
    assert sum(patience.waits(patience.request)) == 15.0
    assert sum(patience.waits(patience.call)) == 35.0
    assert patience.waits(30.0) == [30.0] * patience.attempts, "a longer first wait is kept"
