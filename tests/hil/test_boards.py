"""Every board with a chip, by the whole way: pyOCD flashes it, it is read back, greets, and proves its bits."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bitloop import resources
from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, board_file, names, open_board
from bitloop_hil.faults import WrappedBoard
from bitloop_hil.link.patience import Patience
from bitloop_hil.proof import BROKEN, FAIL, PASS, Proof
from bitloop_hil.prove import ImageSource, Recipe, Signals, prove
from tests.hil.needs import need_compiler
from tests.library.examples import library, signals

SIBLINGS = ("nucleo-f401re", "nucleo-f411re", "nucleo-f446re", "nucleo-l476rg", "stm32f4discovery")
SIBLINGS += ("nucleo-u575zi-q", "steval-stwinbx1")
"""Boards that differ from another in their clock and pins only, which other tests see."""
TWINS = [name for name in names() if board_file(name).chip and "virtual" in board_file(name).benches]
CHIPS = [name for name in TWINS if name not in SIBLINGS]
GIVEN = Signals(signals(20, 4), signals(15, 3))
L432 = "nucleo-l432kc"
BRIEF = Patience(hello=0.2, boot=2.0)


def proof_on(name: str, images: ImageSource, given: Signals = GIVEN, of: str = "anomaly-both") -> Proof:
    with open_board(name, "virtual") as board:
        return prove(library(of), board, images, given)


def built(file: BoardFile, of: str = "anomaly-both") -> ImageSource:
    return Recipe().images(library(of), file)


def test_twelve_boards_and_their_siblings_have_a_chip() -> None:
    assert len(CHIPS) == 12
    assert all(board_file(name).chip for name in SIBLINGS)


@pytest.mark.parametrize("name", CHIPS)
def test_a_board_is_flashed_by_pyocd_read_back_and_proved(name: str) -> None:
    proof = proof_on(name, built(board_file(name)))
    assert proof.verdict == PASS, proof.reason()
    assert proof.flash is not None and proof.flash.verified == proof.flash.bytes > 8000 and not proof.flash.skipped
    assert "pyOCD" in proof.flash.by
    assert proof.unit == "cycles" and proof.learn is not None and proof.detect is not None
    assert proof.differing == 0 and proof.floats_compared > 20
    assert proof.link["retries"] == 0


@pytest.mark.parametrize(("name", "compiler"), [("nucleo-f767zi", "zig"), ("nucleo-f429zi", "gcc")])
def test_contraction_is_named(name: str, compiler: str) -> None:
    need_compiler(compiler)
    recipe = Recipe(compiler=compiler)
    recipe = replace(recipe, flags=replace(recipe.flags, extra=("-ffp-contract=fast",)))
    of = "classes-spectrum"
    proof = proof_on(name, recipe.images(library(of), board_file(name)), Signals(signals(20, 4)), of)
    assert (proof.verdict, proof.failure) == (FAIL, "PARITY")
    assert proof.first_difference is not None and proof.first_difference.kernel == "rfft"


def test_a_stack_that_is_too_small_is_named() -> None:
    file = board_file(L432)
    assert file.image is not None
    small = replace(file, image=replace(file.image, stack=256))
    proof = proof_on(L432, built(small))
    assert proof.verdict == BROKEN and proof.failure in ("BOOT", "LINK")
    assert "stack overflow" in str(proof.reason())


@pytest.mark.parametrize("multiplier", (9, 20))
def test_a_wrong_clock_is_named(multiplier: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The PLL of the L4 multiplies by 10; the driver computes its divider from that."""
    firmware = shutil.copytree(resources.firmware(), tmp_path / "firmware")
    clock = firmware / "drivers" / "stm32_clock_l4.c"
    text = clock.read_text()
    assert text.count("(10u << 8)") == 1
    clock.write_text(text.replace("(10u << 8)", f"({multiplier}u << 8)"))
    monkeypatch.setattr(resources, "firmware", lambda: firmware)
    with open_board(L432, "virtual") as board:
        proof = prove(library("anomaly-both"), WrappedBoard(board, patience=BRIEF), built(board_file(L432)), GIVEN)
    assert (proof.verdict, proof.failure) == (BROKEN, "BOOT")
    baud = round(8_000_000 * multiplier / 87)  # 87 cycles of 80 MHz are a bit at 921 600 baud
    assert f"USART2 runs at {baud} baud and the line at 921600" in str(proof.reason())


def test_a_clock_the_firmware_does_not_set_up_is_not_built() -> None:
    file = board_file(L432)
    with pytest.raises(BuildError, match="the board file says what is set up here"):
        built(replace(file, clock_hz=72_000_000))(False)


@pytest.mark.parametrize("name", (L432, "nucleo-f429zi"))
def test_a_flash_that_drops_words_is_named(name: str) -> None:
    of = "anomaly-both"
    with open_board(name, "virtual") as board:
        board.inject("flash-drop", every=1000)  # type: ignore[attr-defined]
        proof = prove(library(of), board, built(board_file(name)), GIVEN)
    assert (proof.verdict, proof.failure) == (BROKEN, "VERIFY")
    assert "0x0800" in str(proof.reason())
