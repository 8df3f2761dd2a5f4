"""The host's client on a line that loses, repeats, delays and damages: nothing is learned twice or invented."""

from __future__ import annotations

import os
import socket

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import BootError, LinkError
from bitloop_hil.link import packets as p
from bitloop_hil.link.client import Link
from bitloop_hil.link.frame import Frame, encode
from bitloop_hil.link.patience import Patience
from bitloop_hil.link.transport import Deadline, StreamTransport
from tests.hil.fake_line import BUILD, LIBRARY, FakeLine

QUICK = Patience(request=0.002, call=0.002, attempts=4, hello=0.002, boot=0.05)
SIGNAL = np.arange(16, dtype=np.float32)


def link_to(line: FakeLine, greet: bool = True) -> Link:
    link = Link(line, patience=QUICK)
    if greet:
        link.greet()
    return link


def test_the_greeting_says_what_the_board_runs() -> None:
    greeting = link_to(FakeLine(), greet=False).greet(LIBRARY, BUILD)
    assert (greeting.library_id, greeting.build, greeting.persona, greeting.kind) == (LIBRARY, BUILD, "v3", "anomaly")
    assert (greeting.axes, greeting.samples, greeting.outputs, greeting.max_payload) == (2, 8, 1, 36)
    assert (greeting.core, greeting.board, greeting.firmware) == ("cortex-m4f", "fake", "inference")
    assert (greeting.traces, greeting.learns, greeting.pretrained) == (True, True, True)


def test_a_signal_travels_in_chunks_and_is_learned_whole() -> None:
    line = FakeLine()
    link = link_to(line)
    assert link.learn(SIGNAL).status == 1
    assert line.learned == [SIGNAL.tobytes()]
    assert [len(f.payload) for f in line.heard if f.type == p.DATA.type] == [36, 36]
    assert link.stats.clean


def test_an_answer_has_its_status_label_outputs_and_ticks() -> None:
    reply = link_to(FakeLine()).detect(SIGNAL)
    assert (reply.status, reply.label, reply.ticks, list(reply.outputs)) == (0, 97, 1234, [0.5])
    assert reply.outputs.dtype == np.float32


def test_knowledge_is_read_in_chunks() -> None:
    line = FakeLine()
    link = link_to(line)
    line.buffer = bytes(range(100))
    assert link.knowledge() == bytes(range(100))


def test_restore_writes_and_calls() -> None:
    line = FakeLine()
    link_to(line).restore(b"0123456789" * 5)
    assert line.buffer == b"0123456789" * 5
    assert line.heard[-1].type == p.RESTORE.type


@pytest.mark.parametrize("lost", range(4))
def test_a_lost_reply_is_asked_for_again_and_learns_once(lost: int) -> None:
    line = FakeLine(deliver=lambda number, data: [] if number == lost else [data])
    link = link_to(line)
    assert link.learn(SIGNAL).status == 1
    assert line.learned == [SIGNAL.tobytes()]
    assert link.stats.retries == 1


@pytest.mark.parametrize("lost", range(4))
def test_a_lost_request_is_sent_again(lost: int) -> None:
    line = FakeLine(lose=frozenset({lost}))
    link = link_to(line)
    assert link.learn(SIGNAL).status == 1
    assert len(line.learned) == 1


def test_repeated_replies_are_dropped_and_counted() -> None:
    line = FakeLine(deliver=lambda number, data: [data, data])
    link = link_to(line)
    assert [link.learn(SIGNAL).status for _ in range(3)] == [1, 2, 3]
    assert link.stats.duplicates > 0
    assert link.stats.retries == 0


def test_a_late_reply_is_not_taken_for_the_next_one() -> None:
    held: list[bytes] = []

    def late(number: int, data: bytes) -> list[bytes]:
        if number == 3:  # the reply to LEARN
            held.append(data)
            return []
        return [*held[-1:], data] if number == 5 else [data]

    line = FakeLine(deliver=late)
    link = link_to(line)
    assert link.learn(SIGNAL).status == 1
    assert link.detect(SIGNAL).label == 97
    assert len(line.learned) == 1
    assert link.stats.duplicates == 1


def test_a_damaged_reply_is_asked_for_again() -> None:
    def damage(number: int, data: bytes) -> list[bytes]:
        return [data[:9] + bytes([data[9] ^ 0x40]) + data[10:]] if number == 3 else [data]

    line = FakeLine(deliver=damage)
    link = link_to(line)
    assert link.learn(SIGNAL).status == 1
    assert len(line.learned) == 1
    assert (link.stats.crc_errors + link.stats.resyncs, link.stats.retries) == (1, 1)


@given(st.randoms(use_true_random=False))
def test_whatever_the_line_does_each_signal_is_learned_exactly_once(random: object) -> None:
    choose = random.choice  # type: ignore[attr-defined]

    def wild(number: int, data: bytes) -> list[bytes]:
        fates = ([data], [data], [data, data], [b"\x05junk", data], [], [data[:4], b"\0"])
        return choose(fates) if number % 3 else [data]

    line = FakeLine(deliver=wild)
    link = link_to(line)
    signals = [SIGNAL + np.float32(i) for i in range(5)]
    assert [link.learn(signal).status for signal in signals] == [1, 2, 3, 4, 5]
    assert line.learned == [signal.tobytes() for signal in signals]


def test_a_silent_board_is_named_with_what_was_waited_for() -> None:
    line = FakeLine()
    link = link_to(line)
    line.deliver = lambda number, data: []
    with pytest.raises(LinkError, match=r"no reply to DATA within 0\.03 s and 4 attempts"):
        link.learn(SIGNAL)
    assert link.stats.retries == 3


def test_a_board_that_never_greets_is_a_boot_error() -> None:
    line = FakeLine(deliver=lambda number, data: [])
    with pytest.raises(BootError, match=r"did not greet within 0\.05 s; check"):
        link_to(line)
    line = FakeLine(deliver=lambda number, data: [encode(Frame(p.LOG.type, 0, b"clock did not start"))])
    with pytest.raises(BootError, match="last words: clock did not start"):
        link_to(line)


def test_the_wrong_image_is_refused_naming_both() -> None:
    with pytest.raises(BootError, match=f"runs library {LIBRARY}, not {'f' * 24}"):
        link_to(FakeLine(), greet=False).greet("f" * 24)
    with pytest.raises(BootError, match=f"runs build {BUILD} of the library, not {'1' * 16}"):
        link_to(FakeLine(), greet=False).greet(LIBRARY, "1" * 16)


def test_an_unknown_kind_of_library_is_refused() -> None:
    with pytest.raises(BootError, match="kind 9"):
        link_to(FakeLine(kind=9))


def test_an_error_of_the_board_is_a_sentence() -> None:
    line = FakeLine()
    link = link_to(line)
    line.act = lambda frame: encode(  # type: ignore[method-assign]
        Frame(p.ERROR.type, frame.sequence, p.ERROR.build(code=4, detail=64))
    )
    with pytest.raises(LinkError, match="the board was asked for bytes outside its buffer"):
        link.learn(SIGNAL)


@pytest.mark.parametrize(("greeted", "error"), [(True, LinkError), (False, BootError)])
def test_a_fault_ends_the_wait_at_once(greeted: bool, error: type[Exception]) -> None:
    line = FakeLine()
    link = Link(line, patience=QUICK, describe=lambda address: f"function at {address}")
    if greeted:
        link.greet()
    fault = p.FAULT.build(exception=3, pc=0x100, lr=0x200, cfsr=0x8200, hfsr=1 << 30, address=0x70000000)
    line.deliver = lambda number, data: [encode(Frame(p.FAULT.type, 0, fault))]
    with pytest.raises(error, match=r"exception 3 at pc 0x00000100 \(function at 256\), lr 0x00000200"):
        link.detect(SIGNAL) if greeted else link.greet()


def test_a_signal_of_the_wrong_length_is_refused_before_it_is_sent() -> None:
    line = FakeLine()
    link = link_to(line)
    sent = len(line.heard)
    with pytest.raises(LinkError, match=r"takes 16 values per signal \(2 axes x 8 samples\), not 15"):
        link.detect(SIGNAL[:15])
    assert len(line.heard) == sent


def test_a_trace_is_put_together_and_a_gap_in_it_refused() -> None:
    assert list(link_to(FakeLine()).trace(SIGNAL, learn=False)[0]) == [0, 1, 2, 3]
    line = FakeLine(deliver=lambda number, data: [] if number == 4 else [data])
    with pytest.raises(LinkError, match="2 of 4 traced values"):
        link_to(line).trace(SIGNAL, learn=False)


def test_sequences_wrap() -> None:
    line = FakeLine()
    link = link_to(line)
    link._sequence = 0xFFFE
    assert [link.echo(bytes([n])) for n in range(4)] == [b"\0", b"\1", b"\2", b"\3"]
    assert [frame.sequence for frame in line.heard[-4:]] == [0xFFFF, 0, 1, 2]


def test_replies_of_the_wrong_length_are_refused() -> None:
    line = FakeLine()
    link = link_to(line)
    line.act = lambda frame: line.answer(frame, b"\1\2")  # type: ignore[method-assign]
    with pytest.raises(LinkError, match="DATA_REPLY packet of 2 bytes arrived; 4 were due"):
        link.learn(SIGNAL)


def test_closing_twice_is_safe() -> None:
    ours, theirs = socket.socketpair()
    with Link(StreamTransport(os.dup(ours.fileno()), os.dup(ours.fileno()))) as link:
        pass
    link.close()
    ours.close()
    theirs.close()


def test_a_stream_carries_bytes_and_notices_its_end() -> None:
    ours, theirs = socket.socketpair()
    transport = StreamTransport(os.dup(ours.fileno()), os.dup(ours.fileno()))
    ours.close()
    transport.write(b"x" * 5000)
    assert len(theirs.recv(5000, socket.MSG_WAITALL)) == 5000
    assert transport.read(0.0) == b""
    theirs.sendall(b"answer")
    assert transport.read(1.0) == b"answer"
    theirs.close()
    with pytest.raises(LinkError, match="closed"):
        transport.read(1.0)
    with pytest.raises(LinkError, match="closed"):
        transport.write(b"x")
    transport.close()


def test_deadlines_pass() -> None:
    assert Deadline.after(0.0).passed
    assert Deadline.after(100.0).left() > 99
