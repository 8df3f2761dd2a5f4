"""Lines as they arrive: however they are cut into pieces, the same ones are right, and none disappears."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bitloop.recording import lines as module
from bitloop.recording.lines import PATIENCE, Line, Lines, Shape

ENDS = st.sampled_from([b"\n", b"\r\n", b"\r", b" \r\n", b"\n\n", b",\n", b";\r", b"\t\r\n"])
NUMBERS = st.floats(-1e6, 1e6, width=32).map(lambda value: f"{value:.3f}".encode())


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """What a logger prints, noise and all: mostly lines of one width, with any separator and any end."""
    width = draw(st.integers(1, 5))
    separator = draw(st.sampled_from([b" ", b",", b";", b"\t", b"  ", b", "]))
    right = st.lists(NUMBERS, min_size=width, max_size=width).map(separator.join)
    odd = st.one_of(st.lists(NUMBERS, max_size=7).map(separator.join), st.binary(max_size=12))
    parts = st.tuples(st.one_of(right, right, right, odd), ENDS).map(b"".join)
    return b"".join(draw(st.lists(parts, max_size=12))) + draw(st.binary(max_size=8))


def judged(pieces: Sequence[bytes], shape: Shape | None = None, whole: bool = False) -> tuple[list[Line], Lines]:
    lines = Lines(shape or Shape(), whole=whole)
    found = [line for piece in pieces for line in lines.feed(piece)]
    return found + lines.finish(), lines


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@given(texts(), st.lists(st.integers(0, 10_000), max_size=30), st.sampled_from([Shape(), Shape(2), Shape(3, 1)]))
@example(b"1 2\r\n3 4\r\n", [4, 5], Shape())
def test_pieces_do_not_matter(data: bytes, places: list[int], shape: Shape) -> None:
    at_once, _ = judged([data], shape)
    assert judged(cut(data, places), shape)[0] == at_once
    assert judged([bytes([byte]) for byte in data], shape)[0] == at_once


@given(texts(), st.booleans())
def test_every_line_comes_out_right_or_wrong(data: bytes, whole: bool) -> None:
    found, lines = judged([data], whole=whole)
    *ended, rest = re.split(rb"[\r\n]", data)
    expected = [line for line in ended if line.strip()]
    dropped = [] if whole else expected[:1]
    assert sorted(line.raw for line in found) == sorted(expected[len(dropped) :])
    assert lines.fragments == len(dropped) + bool(rest.strip())
    assert sorted(line.number for line in found) == list(range(1, len(found) + 1))
    assert len({len(line.values) for line in found if not line.reason}) <= 1


@pytest.mark.parametrize(
    "text",
    ["1.50 -2 3e2", "1.50,-2,3e2", "1.50;-2;3e2;", "1.50\t-2\t3e2\t", " 1.50,  -2, 3e2 ,", "1.50 -2 3e2  "],
)
def test_values_stay_as_they_were_written(text: str) -> None:
    found, _ = judged([f"{text}\r\n{text}\n".encode()], whole=True)
    assert [line.values for line in found] == [("1.50", "-2", "3e2")] * 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"1 2 x", "'x' is not a number"),
        (b"1 2 nan", "no usable value"),
        (b"1,,3", "a value is missing"),
        (b"1;2,5;3", "decimal comma"),
        (b"1 2 1e39", "beyond the range of a 32-bit float"),
        (b"1 2", "2 values where 3 are due"),
        (b"1 2 3 4", "4 values where 3 are due"),
        (b"1 2 \xff", "no plain text"),
        (b"1 2 \x00", "no plain text"),
    ],
)
def test_a_wrong_line_says_why(text: bytes, reason: str) -> None:
    (line,), _ = judged([text + b"\n"], Shape(3, 1), whole=True)
    assert reason in line.reason
    assert (line.raw, line.values) == (text, ())


def test_the_first_line_is_dropped_even_where_it_looks_right() -> None:
    found, lines = judged([b"2.34 5\n", b"12.34 5\n12.35 6\n"])
    assert [line.values for line in found] == [("12.34", "5"), ("12.35", "6")]
    assert lines.fragments == 1


def test_lines_wait_until_two_agree() -> None:
    lines = Lines(Shape(), whole=True)
    assert lines.feed(b"7\n1 2\n3\x20") == []
    found = lines.feed(b"4\n5 6\n")
    assert [(line.number, line.values, line.reason) for line in found] == [
        (1, (), "1 value where 2 are due"),
        (2, ("1", "2"), ""),
        (3, ("3", "4"), ""),
        (4, ("5", "6"), ""),
    ]


def test_a_single_line_is_enough_in_the_end() -> None:
    lines = Lines(Shape(), whole=True)
    assert lines.feed(b"1 2\n") == []
    assert [line.values for line in lines.finish()] == [("1", "2")]


def test_axes_decide_where_lines_could_agree_on_nonsense() -> None:
    found, _ = judged([b"7\n8\n1 2 3 4 5 6\n1 2 3 4 5 6\n"], Shape(3), whole=True)
    assert [bool(line.reason) for line in found] == [True, True, False, False]
    assert found[0].reason == "1 value, which is no multiple of 3 axes"


def test_a_line_that_never_ends_is_kept_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 16)
    data = b"0\n" + b"1 " * 20 + b"\n1 2\n3 4\n"
    found, _ = judged([data])
    assert [len(line.raw) for line in found] == [16, 16, 8, 3, 3]
    assert {line.reason for line in found[:3]} == {"longer than any signal"}
    assert [line.values for line in found[3:]] == [("1", "2"), ("3", "4")]


def test_it_gives_up_when_nothing_is_ever_right() -> None:
    lines = Lines(Shape(3, 256))
    found = lines.feed(b"1 2 3\n" * (PATIENCE + 20))
    assert len(found) == PATIENCE
    assert "3 values where 768 are due" in lines.hopeless
    noise = Lines(Shape())
    noise.feed(b"".join(b"1 " * (1 + i) + b"\n" for i in range(PATIENCE + 1)))
    assert "no two have the same number of values" in noise.hopeless
    assert len(noise.finish()) == PATIENCE
    talking = Lines(Shape())
    talking.feed(b"1 2\n" * 4 + b"hello\n" * PATIENCE)
    assert not talking.hopeless


def test_what_was_cut_off_is_kept_and_the_next_line_may_be_cut_too() -> None:
    lines = Lines(Shape(2, 1), whole=True)
    assert [line.values for line in lines.feed(b"1 2\n3 ")] == [("1", "2")]
    (broken,) = lines.broken()
    assert (broken.raw, broken.reason) == (b"3", "the port went away in the middle of it")
    assert [line.values for line in lines.feed(b"5 6\n7 8\n")] == [("7", "8")]
