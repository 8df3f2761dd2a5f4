"""Board files and the images built for them: every board, both compilers, both personas, all kinds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from bitloop.errors import BuildError
from bitloop.library.codegen import Options, generate
from bitloop.targets import cores
from bitloop.toolchain import COMPILERS, Flags, Sources
from bitloop_hil.boards import BoardFile, board_file, names
from bitloop_hil.images import build_image, link_image
from bitloop_hil.symbols import Symbols
from tests.hil.needs import need_compiler
from tests.library import examples

L475 = "b-l475e-iot01a"
GOOD = """\
title = "a board"
core = "cortex-m3"
benches = ["virtual"]
clock_hz = 8_000_000

[memory]
flash = {origin = 0x08000000, size = "64K"}
ram = {origin = 0x20000000, size = "8K"}

[image]
driver = "cmsdk_uart"
stack = "2K"
payload = 256
"""


def read(text: str, folder: Path) -> BoardFile:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return BoardFile.load(path)


def reset_handler(elf: ELFFile) -> int:
    (symbol,) = elf.get_section_by_name(".symtab").get_symbol_by_name("Reset_Handler")
    return int(symbol["st_value"]) & ~1


def test_every_board_is_read_and_every_core_has_a_virtual_one() -> None:
    boards = [board_file(name) for name in names()]
    assert {board.core for board in boards if "virtual" in board.benches} == set(cores())
    assert {board.name for board in boards if "qemu" in board.benches} == {
        "netduinoplus2",
        "mps2-an386",
        "mps2-an500",
        "mps2-an505",
    }
    assert board_file("nucleo-f411re").flash.size == 512 << 10
    assert board_file("nucleo-f411re").ram.size == 128 << 10


def test_a_board_file_becomes_a_board(tmp_path: Path) -> None:
    board = read(GOOD, tmp_path)
    assert (board.name, board.core, board.flash.end, board.ram.size) == ("mine", "cortex-m3", 0x08010000, 8192)
    assert board.image is not None
    assert (board.image.stack, board.image.payload) == (2048, 256)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('core = "cortex-m3"', 'core = "cortex-m9"', "core 'cortex-m9' is unknown"),
        ('core = "cortex-m3"', "", "core is missing"),
        ('["virtual"]', '["moon"]', "bench 'moon' is unknown"),
        ("8_000_000", "0", "clock_hz = 0 has to be positive"),
        ("8_000_000", "true", "clock_hz is missing or not of type int"),
        ('"64K"', '"64X"', "size is missing or not of type int"),
        ('size = "8K"', "size = 100", "memory.ram has to lie within 4 GiB, in whole KiB"),
        ('driver = "cmsdk_uart"', 'driver = "telegraph"', "driver 'telegraph' does not exist"),
        ("payload = 256", "payload = 10", "payload = 10 has to be 64 to 65535"),
        ('stack = "2K"', "stack = 700", "stack = 700 has to be a multiple of 8"),
        ('stack = "2K"', 'stack = "8K"', "does not fit into 8192 bytes of RAM"),
        ("payload = 256", 'payload = 256\ndefines = {A = "x"}', "has to be integers by name"),
        ("payload = 256", "payload = 256\ncolour = 3", "unknown field 'colour'"),
        ("[memory]", "[memory", "cannot be read"),
    ],
)
def test_what_is_wrong_in_a_board_file_is_named_with_the_file(old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"mine\.toml") as caught:
        read(GOOD.replace(old, new), tmp_path)
    assert says in str(caught.value)


def test_a_board_on_a_bench_needs_an_image(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"needs an \[image\] section"):
        read(GOOD[: GOOD.index("[image]")], tmp_path)


def test_unknown_boards_are_answered_with_the_known_ones() -> None:
    with pytest.raises(BuildError, match="no board is called 'nucleo'; choose one of b-l475e-iot01a"):
        board_file("nucleo")


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", [name for name in names() if board_file(name).image])
def test_an_image_lies_in_the_memory_of_its_board(name: str, compiler: str) -> None:
    need_compiler(compiler)
    board = board_file(name)
    image = build_image(examples.library("anomaly-spectrum"), board, compiler=compiler)
    with image.path.open("rb") as stream:
        elf = ELFFile(stream)
        loads = [s for s in elf.iter_segments("PT_LOAD") if s["p_filesz"]]
        assert min(s["p_paddr"] for s in loads) == board.flash.origin
        assert max(s["p_paddr"] + s["p_filesz"] for s in loads) <= board.flash.end
        vectors = loads[0].data()[:8]
        assert int.from_bytes(vectors[4:], "little") == reset_handler(elf) | 1
    assert board.image is not None
    assert int.from_bytes(vectors[:4], "little") == board.ram.origin + board.image.stack


@pytest.mark.parametrize("kind", examples.KINDS)
@pytest.mark.parametrize("persona", ["v3", "v5"])
def test_every_kind_builds_traced_and_without_any_optimisation(kind: str, persona: str) -> None:
    library = examples.library(f"{kind}-both")
    assert build_image(library, board_file(L475), persona, flags=Flags("-O0"), trace=True).path.is_file()


def test_the_build_names_everything_that_went_in() -> None:
    library, board = examples.library("anomaly-spectrum"), board_file(L475)
    first = build_image(library, board)
    assert build_image(library, board) == first
    assert len(bytes.fromhex(first.build)) == 8
    sources = generate(library, Options())
    changed = sources | Sources({"neai.c": sources.files["neai.c"] + b"/* */\n"})
    others = [
        build_image(library, board, flags=Flags("-O3")),
        build_image(library, board, persona="v5"),
        build_image(library, board, trace=True),
        build_image(library, board_file("generic-cortex-m4f")),
        build_image(examples.library("anomaly-both"), board),
        link_image(library, changed, board),
    ]
    assert len({first.build, *(image.build for image in others)}) == 7


@pytest.mark.parametrize("compiler", ("zig", "gcc"))
@pytest.mark.parametrize(("memory", "name"), (("flash", "flash"), ("ram", "RAM")))
def test_an_image_that_does_not_fit_is_refused(tmp_path: Path, compiler: str, memory: str, name: str) -> None:
    board = read(GOOD, tmp_path)
    assert board.image is not None
    defines = {"BL_UART_BASE": 0x40004000, "BL_BAUD": 9600, "BL_TICK_SOURCE": 1}
    board = replace(board, image=replace(board.image, defines=defines))
    size = 1024 if memory == "flash" else board.image.stack + 1024
    small = replace(board, **{memory: replace(getattr(board, memory), size=size)})
    with pytest.raises(BuildError, match=rf"needs \d+ bytes more {name} than the {size} of {board.name}"):
        build_image(examples.library("anomaly-spectrum"), small, compiler=compiler)


def test_what_no_image_can_be_built_for_is_said() -> None:
    library = examples.library("anomaly-spectrum")
    with pytest.raises(BuildError, match="target for budgets only"):
        build_image(library, replace(board_file(L475), image=None))
    with pytest.raises(BuildError, match="no suffix"):
        link_image(library, Sources(), board_file(L475), Options(suffix="ncc"))
    board = board_file(L475)
    assert board.image is not None
    narrow = replace(board, image=replace(board.image, payload=64))
    with pytest.raises(BuildError, match="sends 64 bytes at a time; this library needs 104"):
        build_image(library, narrow)


def test_addresses_are_told_as_functions_and_lines() -> None:
    image = build_image(examples.library("anomaly-spectrum"), board_file(L475))
    with image.path.open("rb") as stream:
        entry = reset_handler(ELFFile(stream))
    symbols = Symbols(image.path)
    assert symbols.describe(entry).startswith("Reset_Handler, startup.c line ")
    assert symbols.describe(0x70000000) == "unknown code"
    assert symbols.annotate(f"stopped at pc 0x{entry:08x}.").endswith(f"({symbols.describe(entry)}).")
