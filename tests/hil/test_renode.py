"""Bench `renode`: what it writes for which board, how it runs the program, and Renode itself where it is there."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from bitloop import resources
from bitloop.errors import BootError, BuildError, FlashError, ProbeError
from bitloop_hil.benches.renode import RenodeBoard, platform
from bitloop_hil.boards import board_file, names, open_board
from bitloop_hil.images import Image, build_image
from bitloop_hil.proof import BROKEN
from bitloop_hil.prove import Recipe, Signals, prove
from tests.cli.run import run
from tests.library.examples import library, signals

BOARD = "generic-cortex-m4f"
KNOWN = [name for name in names() if not platform.unknown(board_file(name))]

# One entry: `name: Type @ sysbus address`; then attributes, indented by four.
_ENTRY = re.compile(r"^(\w+): ([A-Za-z]+\.\w+) @ sysbus(?: 0x([0-9A-F]{8}))?$")
_ATTRIBUTE = re.compile(r'^    (\w+)(?:: ("[^"]*"|\w+)| -> (\w+@\d+))$')


def entries(text: str) -> dict[str, dict[str, str]]:
    """A platform description, read strictly: entries with `type`, `at` and their attributes."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in text.splitlines():
        if not line or line.startswith("//"):
            continue
        if entry := _ENTRY.match(line):
            current = found.setdefault(entry[1], {})
            current.update({"type": entry[2] or "", "at": entry[3] or ""})
        else:
            attribute = _ATTRIBUTE.match(line)
            assert attribute, f"not a line of a platform description: {line!r}"
            current[attribute[1]] = attribute[2] or attribute[3] or ""
    return found


def written(name: str, folder: Path) -> tuple[str, str]:
    """Platform and script of a board."""
    script = platform.write(board_file(name), folder)
    return (folder / "board.repl").read_text(encoding="utf-8"), script.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_board_is_described_whole(name: str, tmp_path: Path) -> None:
    board, found = board_file(name), entries(written(name, tmp_path)[0])
    for part, region in (("flash", board.flash), ("ram", board.ram)):
        assert found[part]["type"] == "Memory.MappedMemory"
        assert (int(found[part]["at"], 16), int(found[part]["size"], 16)) == (region.origin, region.size)
    assert found["cpu"]["cpuType"].strip('"').removesuffix("+") == board.core.replace("plus", "")
    assert (found["nvic"]["at"], found["nvic"]["IRQ"]) == ("E000E000", "cpu@0")
    assert int(found["nvic"]["systickFrequency"]) == board.clock_hz
    assert found["uart0"] == {
        "type": "UART.CMSDK_APB_UART",
        "at": "40004000",
        "frequency": str(board.clock_hz),
    }
    assert ("dwt" in found) == (not board.core.startswith("cortex-m0"))


def test_the_script_names_files_memory_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "with blank"
    folder.mkdir()
    _, script = written(BOARD, folder)
    blank = str(folder).replace(" ", "\\ ")
    assert f"machine LoadPlatformDescription @{blank}/board.repl\n" in script
    assert f"sysbus LoadELF @{blank}/image.elf\n" in script
    assert f'CreateUartPtyTerminal "line" "{folder}/line" true\n' in script
    assert script.endswith("cpu VectorTableOffset 0x00000000\nstart\n")


def test_every_board_is_known_or_says_why_not(tmp_path: Path) -> None:
    assert set(KNOWN) == {name for name in names() if "renode" in board_file(name).benches}
    assert set(KNOWN) >= {"generic-cortex-m0", "generic-cortex-m33"}
    assert set(platform.LACKING) == {name for name in names() if board_file(name).chip is not None}
    for name in set(names()) - set(KNOWN):
        with pytest.raises(BuildError, match="cannot run in Renode: Renode"):
            platform.write(board_file(name), tmp_path)
        assert "renode" not in board_file(name).benches


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called renode on the PATH."""
    program = tmp_path / "bin" / "renode"
    program.parent.mkdir()
    root = Path(__file__).resolve().parents[2]
    program.write_text(f'#!/bin/sh\ncd {root} && exec {sys.executable} -m tests.hil.renode_stand_in "$@"\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


@pytest.fixture(scope="module")
def image() -> Image:
    return build_image(library("anomaly-both"), board_file(BOARD))


def test_a_proof_runs_over_the_bench(stand_in: Path) -> None:
    found, recipe = library("anomaly-both"), Recipe()
    with open_board(BOARD, "renode") as board:
        proof = prove(
            found,
            board,
            recipe.images(found, board_file(BOARD)),
            Signals(signals(8, 4), signals(6, 3)),
            recipe=recipe,
        )
    assert (proof.verdict, proof.reason()) == ("PASS", None)
    assert (proof.subject.bench, proof.unit) == ("renode", "instructions")


def test_a_reset_starts_anew_and_ends_the_run_before(stand_in: Path, image: Image) -> None:
    with RenodeBoard(board_file(BOARD)) as board:
        board.flash(image.path)
        board.reset()
        first = board._run
        assert first is not None
        board.link().greet(image.library_id)
        board.reset()
        assert first._process.poll() is not None
        assert board.link().greet(image.library_id).build == image.build
        last = board._run
        assert last is not None
    assert last._process.poll() is not None
    board.close()


def test_a_program_that_ends_early_is_told_with_its_words(stand_in: Path, image: Image) -> None:
    stand_in.write_text("#!/bin/sh\necho Could not find the platform >&2\nexit 4\n")
    with RenodeBoard(board_file(BOARD)) as board:
        board.flash(image.path)
        with pytest.raises(BootError, match=r"status 4 .*Could not find the platform"):
            board.reset()


def test_a_program_that_cannot_be_started_breaks_the_proof(stand_in: Path) -> None:
    stand_in.write_text("this is no program")
    found, recipe = library("anomaly-both"), Recipe()
    with RenodeBoard(board_file(BOARD)) as board:
        proof = prove(
            found,
            board,
            recipe.images(found, board_file(BOARD)),
            Signals(signals(3, 4), signals(3, 3)),
            recipe=recipe,
        )
    assert (proof.verdict, proof.failure) == (BROKEN, "PROBE")


def test_order_of_use_is_explained(stand_in: Path, image: Image, tmp_path: Path) -> None:
    with RenodeBoard(board_file(BOARD)) as board:
        with pytest.raises(ProbeError, match="flash one first"):
            board.reset()
        with pytest.raises(ProbeError, match="reset it first"):
            board.link()
        with pytest.raises(FlashError, match="build the image first"):
            board.flash(tmp_path / "none.elf")


def test_without_renode_the_reason_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProbeError, match="renode is not on the PATH; install it"):
        RenodeBoard(board_file(BOARD))
    with pytest.raises(ProbeError, match=r"no board 'nucleo-f429zi': .*circular"):
        RenodeBoard(board_file("nucleo-f429zi"))


@pytest.mark.skipif(shutil.which("renode") is None, reason="renode is not on the PATH")
@pytest.mark.parametrize("name", KNOWN)
def test_same_bits_in_renode(name: str) -> None:
    found, recipe = library("anomaly-both"), Recipe()
    with open_board(name, "renode") as board:
        given = Signals(signals(20, 4), signals(10, 3))
        proof = prove(found, board, recipe.images(found, board_file(name)), given, recipe=recipe)
    assert (proof.verdict, proof.reason()) == ("PASS", None)


def test_the_command_writes_the_files_and_overwrites_none(tmp_path: Path) -> None:
    folder = tmp_path / "renode"
    done = run("bench", "renode", BOARD, folder)
    assert (done.status, "image.elf" in done.out) == (0, True)
    assert {path.name for path in folder.iterdir()} == {"board.repl", "board.resc"}
    again = run("bench", "renode", BOARD, folder)
    assert again.status != 0
    assert "board.repl" in again.err
    assert run("bench", "renode", BOARD, folder, "--force").status == 0
    refused = run("bench", "renode", "nucleo-f429zi", tmp_path / "none")
    assert refused.status != 0
    assert "circular" in refused.err
    assert not (tmp_path / "none" / "board.repl").exists()


def test_templates_travel_with_the_package() -> None:
    assert {path.name for path in Path(platform.__file__).parent.glob("*.j2")} == {"board.repl.j2", "board.resc.j2"}
    assert resources.boards().is_dir()
