"""The serial line: bits as a receiver samples them, bytes in time, and faults on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.clock import SECOND, Clock
from bitloop_hil.benches.virtual.devices import Wire
from bitloop_hil.benches.virtual.devices.line_faults import KINDS, Direction, LineFaults
from bitloop_hil.benches.virtual.devices.serial_frame import PLAIN, Format, Sampler

BIT = 1600


def heard(data: bytes, sender: int, receiver: int, frame: Format = PLAIN, gap: int = 0) -> list[tuple[int, bool]]:
    """What a receiver hears of frames sent one after the other with `gap` picoseconds between them."""
    sampler, at = Sampler(receiver, frame), 10 * sender
    for value in data:
        sampler.hear(at, value, sender, PLAIN)
        at += PLAIN.duration(sender) + gap
    return [(one.value, one.framing_error) for one in sampler.take(at + 100 * max(sender, receiver))]


def levels(data: bytes, sender: int) -> list[int]:
    """The line, one level per picosecond."""
    bits = [1] * 10
    for value in data:
        bits += [0, *(value >> i & 1 for i in range(8)), 1]
    return [bit for bit in [*bits, *[1] * 100] for _ in range(sender)]


def by_definition(data: bytes, sender: int, receiver: int) -> Iterator[tuple[int, bool]]:
    """A receiver of 16 samples a bit, written down as manuals describe it: look at every instant."""
    line, now = levels(data, sender), 1

    def bit(start: int, index: int) -> int:
        at = [start + index * receiver + receiver * sixteenths // 32 for sixteenths in (15, 17, 19)]
        return int(sum(line[min(one, len(line) - 1)] for one in at) >= 2)

    while now < len(line) - 12 * receiver:
        if line[now - 1] and not line[now]:
            if bit(now, 0):
                now += receiver
                continue
            yield sum(bit(now, 1 + i) << i for i in range(8)), not bit(now, 9)
            now += 9 * receiver + receiver * 10 // 16
            continue
        now += 1


@given(data=st.binary(min_size=1, max_size=12), receiver=st.integers(40, 400))
@settings(max_examples=150, deadline=None)
def test_a_receiver_at_any_speed_hears_what_the_definition_says(data: bytes, receiver: int) -> None:
    assert heard(data, 128, receiver) == list(by_definition(data, 128, receiver))


@given(data=st.binary(min_size=1, max_size=60), permille=st.integers(-35, 35))
def test_a_receiver_within_its_tolerance_hears_every_byte(data: bytes, permille: int) -> None:
    assert heard(data, BIT, BIT + BIT * permille // 1000) == [(value, False) for value in data]


@pytest.mark.parametrize("permille", [-90, 90])
def test_a_receiver_outside_its_tolerance_does_not(permille: int) -> None:
    data = bytes(range(256))
    assert heard(data, BIT, BIT + BIT * permille // 1000) != [(value, False) for value in data]


@given(data=st.binary(min_size=1, max_size=40))
def test_parity_is_checked(data: bytes) -> None:
    even = Format(9, "even")
    sampler = Sampler(BIT, even)
    for i, value in enumerate(data):
        sampler.hear(i * even.duration(BIT), value, BIT, even)
    assert [(one.value, one.parity_error) for one in sampler.take(SECOND)] == [(value, False) for value in data]
    sampler = Sampler(BIT, Format(9, "odd"))
    for i, value in enumerate(data):
        sampler.hear(i * even.duration(BIT), value, BIT, even)
    assert all(one.parity_error for one in sampler.take(SECOND))


@pytest.mark.parametrize(
    ("frame", "bits"), [(PLAIN, 10), (Format(9, "odd"), 11), (Format(8, "", 4), 11), (Format(7), 9)]
)
def test_how_long_frames_are(frame: Format, bits: int) -> None:
    assert frame.duration(100) == 100 * bits


class Line:
    """A wire with a clock moved by hand, and nobody at the board's end."""

    def __init__(self, baud: int = 1_000_000) -> None:
        self.cycles = 0
        self.clock = Clock(lambda: self.cycles, 1_000_000)  # a cycle is a microsecond
        self.wire = Wire(self.clock, baud)


def test_bytes_from_the_host_follow_one_another() -> None:
    line = Line()
    line.wire.feed(b"ab")
    line.cycles = 5
    line.wire.feed(b"c")
    for microseconds, arrived in ((9, 0), (10, 1), (19, 1), (20, 2), (29, 2), (30, 3), (99, 3)):
        line.cycles = microseconds
        assert line.wire.arrived() == arrived
    assert line.wire.take(3) == b"abc"
    assert line.wire.idle
    line.cycles = 200
    line.wire.feed(b"d")
    assert line.wire.arrival(0) == 210 * 1_000_000


def test_a_slower_host_takes_longer() -> None:
    line = Line()
    line.wire.baud = 100_000
    line.wire.feed(b"a")
    line.cycles = 99
    assert line.wire.arrived() == 0
    line.cycles = 100
    assert line.wire.arrived() == 1


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ProbeError, match="0 baud"):
        Line().wire.baud = 0


def test_a_reset_loses_what_is_under_way_to_the_board_only() -> None:
    line = Line()
    line.wire.feed(b"abc")
    line.wire.send(0, b"xyz", line.wire.bit, PLAIN)
    line.wire.reset()
    assert line.wire.waiting == 0
    assert line.wire.drain() == b"xyz"


@pytest.mark.parametrize(
    ("kind", "expected"), [("uart-drop", b"abdegh"), ("uart-double", b"abccdeffgh"), ("uart-flip", b"abkdengh")]
)
@pytest.mark.parametrize("pieces", [1, 2, 8])
def test_every_third_byte_is_hit_however_they_come(kind: str, expected: bytes, pieces: int) -> None:
    faults = LineFaults()
    faults.inject(kind, every=3, bit=3, direction="to-host")
    data, size = b"abcdefgh", 8 // pieces
    out = b"".join(faults.apply(Direction.TO_HOST, data[i : i + size]) for i in range(0, 8, size))
    assert out == expected
    assert faults.apply(Direction.TO_BOARD, data) == data


def test_a_cut_line_is_silent_until_it_is_mended() -> None:
    line = Line()
    line.wire.inject("uart-cut", direction="to-board")
    line.wire.feed(b"abc")
    assert line.wire.waiting == 0
    line.wire.inject("uart-ok")
    line.wire.feed(b"abc")
    assert line.wire.waiting == 3


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("uart-melt", {}),
        ("uart-drop", {"every": 0}),
        ("uart-drop", {"every": "3"}),
        ("uart-flip", {"bit": 8}),
        ("uart-flip", {"direction": "sideways"}),
        ("uart-drop", {"each": 3}),
        ("uart-drop", {"every": True}),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(kind: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ProbeError):
        LineFaults().inject(kind, **arguments)
    assert "uart-melt" not in KINDS
