"""Every fault of a board ends in the verdict that names it, in time, and the board proves itself again afterwards."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bitloop.errors import LinkError, ProbeError
from bitloop_hil.board import Board
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.faults import KINDS, FaultyTransport, LineFaults, WrappedBoard, inject
from bitloop_hil.faults.campaign import echoes
from bitloop_hil.images import Image, build_image
from bitloop_hil.link.capture import Capture, records
from bitloop_hil.link.client import Link
from bitloop_hil.link.patience import Patience
from bitloop_hil.proof import BROKEN, Proof
from bitloop_hil.prove import Recipe, Signals, prove
from tests.hil.fakes import FakeBoard
from tests.hil.needs import need_qemu
from tests.library.examples import library, signals

GENERIC, PROBED, QEMU = "generic-cortex-m4f", "nucleo-l432kc", "mps2-an386"
BRIEF = Patience(request=0.3, call=0.6, attempts=3, hello=0.2, boot=3.0, longest=1.0)
NAME = "anomaly-both"
GIVEN = Signals(signals(6, 4), signals(5, 3))
ROOM = 20.0  # seconds beyond a deadline, for flashing and for a machine that is busy

CORE = [
    ("reset", "was not greeted since it started; it restarted in between"),
    ("hang", "no reply to .* within"),
    ("hardfault", r"took exception 3 at pc 0x[0-9a-f]{8} \(\w+, \w+\.[ch] line \d+\)"),
]
MENDING = {"flash": "flash-healthy", "probe": "probe-found"}


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """A board without a probe: its image is loaded, which is quick."""
    with open_board(GENERIC, "virtual") as opened:
        yield opened


@pytest.fixture(scope="module")
def probed() -> Iterator[Board]:
    """A board with a probe, a flash and a line that are modelled."""
    with open_board(PROBED, "virtual") as opened:
        yield opened


class Ordered(WrappedBoard):
    """A board that is given an order when its link is opened: the reset before it would have called it off."""

    def __init__(self, board: Board, order: Callable[[], None]) -> None:
        super().__init__(board, patience=BRIEF)
        self._order = order

    def link(self) -> Link:
        link = super().link()
        self._order()
        return link


def proof(board: Board, other: Image | None = None) -> Proof:
    """A proof on a board; with another image in place of the one it asks for."""
    found, recipe = library(NAME), Recipe()
    images = recipe.images(found, board_file(board.name))
    source = images if other is None else lambda trace: replace(images(trace), path=other.path)
    return prove(found, board, source, GIVEN, recipe=recipe)


def assert_healthy(board: Board) -> None:
    """The same board proves the library, as if nothing had been."""
    result = proof(WrappedBoard(board, patience=BRIEF))
    assert (result.verdict, result.reason()) == ("PASS", None)


def assert_broken(result: Proof, failure: str, words: str) -> None:
    assert (result.verdict, result.failure) == (BROKEN, failure), result.reason()
    assert re.search(words, str(result.reason())), result.reason()


@pytest.mark.parametrize(("kind", "words"), CORE)
@pytest.mark.parametrize(
    "after", [611, pytest.param(60, marks=pytest.mark.slow), pytest.param(2003, marks=pytest.mark.slow)]
)
def test_a_core_that_fails_in_mid_request(board: Board, kind: str, after: int, words: str) -> None:
    start = time.monotonic()
    result = proof(Ordered(board, lambda: inject(board, kind, after_bytes=after)))
    assert_broken(result, KINDS[kind].ends_in, words)
    assert time.monotonic() - start < sum(BRIEF.waits(BRIEF.call)) + ROOM
    assert_healthy(board)


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        ("flash-ignore", {}, r"0x080[0-9a-f]{5}"),
        ("flash-drop", {"every": 1000}, r"0x080[0-9a-f]{5}"),
        pytest.param("flash-stuck-busy", {}, "flash", marks=pytest.mark.slow),  # pyOCD waits ten seconds
        ("probe-lost", {"after": 0}, "probe"),
        ("probe-lost", {"after": 300}, "probe"),
    ],
)
def test_a_flash_or_probe_that_fails_while_programming(
    probed: Board, kind: str, arguments: dict[str, int], words: str
) -> None:
    flash_another(probed)
    inject(probed, kind, **arguments)
    start = time.monotonic()
    try:
        assert_broken(proof(WrappedBoard(probed, patience=BRIEF)), KINDS[kind].ends_in, words)
    finally:
        inject(probed, MENDING[kind.split("-")[0]])
    assert time.monotonic() - start < 2 * ROOM
    assert_healthy(probed)


def flash_another(board: Board) -> None:
    """Something else in the flash, so that the image has to be programmed."""
    board.flash(build_image(library("classes-both"), board_file(board.name)).path)


@pytest.mark.parametrize(("kind", "words"), CORE)
def test_a_core_with_a_modelled_line_that_fails_in_mid_request(probed: Board, kind: str, words: str) -> None:
    assert_broken(proof(Ordered(probed, lambda: inject(probed, kind, after_bytes=500))), "LINK", words)
    assert_healthy(probed)


def test_an_image_that_is_not_the_one_meant(board: Board) -> None:
    other = build_image(library(NAME), board_file(board.name), compiler="zig", persona="v5")
    assert_broken(proof(board, other), "BOOT", "runs build [0-9a-f]{16} of the library, not [0-9a-f]{16}")
    another = build_image(library("classes-both"), board_file(board.name))
    assert_broken(proof(board, another), "BOOT", "runs library [0-9a-f]{24}, not [0-9a-f]{24}")


@pytest.mark.parametrize("to_board", [True, False], ids=["to the board", "from the board"])
@pytest.mark.parametrize("after", [0, 77, 1500])
def test_a_link_that_closes_in_mid_frame(board: Board, to_board: bool, after: int) -> None:
    faults = LineFaults(closed_after=after)
    orders = {"to_board": faults} if to_board else {"from_board": faults}
    wrapped = WrappedBoard(board, lambda line: FaultyTransport(line, 1, **orders), BRIEF)
    assert_broken(proof(wrapped), "LINK", "closed in mid-frame")
    assert_healthy(board)


@pytest.mark.parametrize(("name", "bench"), [(GENERIC, "virtual"), (PROBED, "virtual"), (QEMU, "qemu")])
def test_a_noisy_line_changes_no_bit_of_a_proof(name: str, bench: str) -> None:
    if bench == "qemu":
        need_qemu()
    noisy = LineFaults(dropped=0.0005, doubled=0.0005, flipped=0.0005, merged=0.01, delayed=0.01)
    patient = replace(BRIEF, request=0.05, call=0.2, attempts=12, longest=0.5)
    with open_board(name, bench) as board:
        result = proof(
            WrappedBoard(board, lambda line: FaultyTransport(line, 5, to_board=noisy, from_board=noisy), patient)
        )
    assert (result.verdict, result.reason()) == ("PASS", None)
    assert result.link["retries"] > 0
    assert result.differing == 0


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("uart-drop", {"every": 401, "direction": "to-host"}),
        ("uart-double", {"every": 1999, "direction": "to-board"}),
        ("uart-flip", {"every": 401, "direction": "to-host"}),
    ],
)
def test_the_boards_own_line_may_be_noisy(probed: Board, kind: str, arguments: dict[str, int | str]) -> None:
    try:
        result = proof(Ordered(probed, lambda: inject(probed, kind, **arguments)))
    finally:
        inject(probed, "uart-ok")
    assert (result.verdict, result.reason()) == ("PASS", None)
    assert result.link["retries"] > 0


@pytest.mark.parametrize("direction", ["to-board", "to-host"])
def test_a_cut_line(probed: Board, direction: str) -> None:
    probed.flash(build_image(library(NAME), board_file(probed.name)).path)
    probed.reset()
    with WrappedBoard(probed, patience=BRIEF).link() as link:
        link.greet()
        inject(probed, "uart-cut", direction=direction)
        with pytest.raises(LinkError, match="no reply to ECHO"):
            link.echo(b"anybody?")
        inject(probed, "uart-ok")
        assert link.echo(b"again") == b"again"


def test_hundreds_of_requests_to_real_firmware_under_faults(board: Board) -> None:
    noisy = LineFaults(dropped=0.0003, doubled=0.0003, flipped=0.0003, merged=0.005)
    board.flash(build_image(library(NAME), board_file(board.name)).path)
    board.reset()
    link = board.link().through(lambda line: FaultyTransport(line, 6, to_board=noisy, from_board=noisy))
    link.patience = Patience(request=0.03, attempts=12, hello=0.2, boot=10.0, longest=0.5)
    with link:
        link.greet()
        account = echoes(link, 500, seed=6, longest=100)
        counts = link.counts()
    assert account.settled, account
    assert account.lost == 0
    assert account.stats.retries > 20
    assert counts["crc_errors"] + counts["malformed"] > 10, "the firmware counts what it refused"


def test_a_capture_of_a_proof_on_a_board_is_complete(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "proof.blcap"
    result = proof(WrappedBoard(board, lambda line: Capture(line, path), BRIEF))
    assert result.verdict == "PASS"
    assert sum(len(record.data) for record in records(path)) >= result.link["bytes_sent"] + 1


def test_orders_are_checked_and_refused_where_nobody_takes_them(board: Board) -> None:
    with pytest.raises(ValueError, match="no fault is called 'flood'"):
        inject(board, "flood")
    with pytest.raises(ValueError, match="takes after_bytes, not none"):
        inject(board, "hang")
    with pytest.raises(ValueError, match="takes no arguments, not every"):
        inject(board, "flash-ignore", every=3)
    with pytest.raises(ValueError, match="whole number from 1"):
        inject(board, "flash-drop", every=0)
    with pytest.raises(ValueError, match="one of to-board, to-host"):
        inject(board, "uart-cut", direction="sideways")
    with pytest.raises(ProbeError, match="cannot be given faults; use a virtual board"):
        inject(FakeBoard(library(NAME)), "hang", after_bytes=0)


def test_the_page_about_faults_has_every_kind_in_its_words() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
    for kind in KINDS.values():
        arguments = ", ".join(f"`{name}`" for name in kind.arguments)
        row = " | ".join(part for part in (f"`{kind.name}`", arguments, kind.text, kind.ends_in))
        assert f"| {row} |".replace("|  |", "| |") in page


@pytest.mark.parametrize("there", ["board", "probed"])
def test_a_stream_under_faults_has_nothing_wrong_and_counts_every_loss(
    there: str, request: pytest.FixtureRequest
) -> None:
    board: Board = request.getfixturevalue(there)
    noisy = LineFaults(dropped=0.0003, doubled=0.0003, flipped=0.0003)
    board.flash(build_image(library(NAME), board_file(board.name)).path)
    board.reset()
    link = board.link().through(lambda line: FaultyTransport(line, 7, to_board=noisy, from_board=noisy))
    link.patience = Patience(request=0.5, attempts=12, hello=0.2, boot=10.0, longest=0.5)
    with link:
        link.greet()
        out, back = link.stream(600, 100), link.pour(300, 60)
    for flow in (out, back):
        assert flow.wrong == 0
        assert flow.arrived + flow.dropped + flow.lost == flow.asked
        assert flow.lost > 5
        assert flow.arrived > flow.asked / 2
