"""QEMU's machines as boards: what they accept, what they refuse, and that their counts repeat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bitloop.errors import BootError, FlashError, LinkError, ProbeError
from bitloop_hil.benches.qemu import MACHINES, QemuBoard
from bitloop_hil.board import Board
from bitloop_hil.boards import board_file, names, open_board
from bitloop_hil.images import Image, build_image
from bitloop_hil.prove import Recipe, Signals, prove
from tests.hil.needs import need_qemu
from tests.library.examples import library, signals

MACHINE = "mps2-an386"


@pytest.fixture
def board() -> Iterator[Board]:
    need_qemu()
    with open_board(MACHINE, "qemu") as opened:
        yield opened


@pytest.fixture(scope="module")
def image() -> Image:
    return build_image(library("anomaly-both"), board_file(MACHINE))


def test_every_board_file_of_the_bench_has_its_machine_with_the_same_core() -> None:
    files = [board_file(name) for name in names() if "qemu" in board_file(name).benches]
    assert {file.name for file in files} == set(MACHINES)
    for file in files:
        assert (file.core, file.clock_hz) == (MACHINES[file.name].core, MACHINES[file.name].hertz)


def test_a_greeted_board_says_what_it_is(board: Board, image: Image) -> None:
    board.flash(image.path)
    board.reset()
    with board.link() as link:
        greeting = link.greet(image.library_id, image.build)
    assert (greeting.board, greeting.core, greeting.kind) == (MACHINE, board.core, "anomaly")
    assert (board.name, board.bench, board.unit) == (MACHINE, "qemu", "instructions")


def test_reset_forgets_what_was_learned(board: Board, image: Image) -> None:
    board.flash(image.path)
    saved = []
    for learned in (0, 12, 0):
        board.reset()
        link = board.link()
        link.greet()
        link.init()
        for signal in signals(learned, 3) if learned else ():
            link.learn(signal)
        saved.append(link.knowledge())
    assert saved[0] == saved[2] != saved[1]


def test_the_link_of_an_earlier_run_is_dead(board: Board, image: Image) -> None:
    board.flash(image.path)
    board.reset()
    old = board.link()
    old.greet()
    board.reset()
    with pytest.raises(LinkError, match="was ended"):
        old.init()
    assert board.link().greet(image.library_id)


def test_instruction_counts_repeat_from_run_to_run(board: Board) -> None:
    found, recipe = library("anomaly-both"), Recipe()
    given = Signals(signals(30, 4), signals(15, 3))
    images = recipe.images(found, board_file(MACHINE))
    first, second = (prove(found, board, images, given, recipe=recipe) for _ in range(2))
    assert first.verdict == "PASS"
    assert (first.learn, first.detect) == (second.learn, second.detect)
    assert first.to_json()["cycles"]["unit"] == "instructions"


def test_an_image_of_another_machine_does_not_boot(board: Board) -> None:
    board.flash(build_image(library("anomaly-both"), board_file("mps2-an505")).path)
    board.reset()
    with pytest.raises(BootError):
        board.link().greet()


def test_order_of_use_is_explained(board: Board, tmp_path: Path) -> None:
    with pytest.raises(ProbeError, match="flash one first"):
        board.reset()
    with pytest.raises(ProbeError, match="reset it first"):
        board.link()
    with pytest.raises(FlashError, match="build the image first"):
        board.flash(tmp_path / "none.elf")


def test_a_board_qemu_does_not_have_is_refused() -> None:
    need_qemu()
    with pytest.raises(ProbeError, match="choose one of"):
        QemuBoard(board_file("generic-cortex-m0"))


def test_closing_twice_is_safe(board: Board, image: Image) -> None:
    board.flash(image.path)
    board.reset()
    board.close()
    board.close()
