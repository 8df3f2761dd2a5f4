"""The virtual bench, end to end: the image in Unicorn, its UART on a real pseudo-terminal, pyserial on this side."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import serial

from bitloop.emulator import Emulator
from bitloop.errors import BootError, BuildError, FlashError, LinkError, LockError, ProbeError
from bitloop.toolchain import COMPILERS, Flags
from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.images import Image, build_image
from bitloop_hil.link.client import Link
from bitloop_hil.link.frame import Frame, encode
from bitloop_hil.link.packets import ECHO, LEARN
from bitloop_hil.link.patience import Patience
from bitloop_hil.link.transport import SerialTransport
from tests.hil import tiny
from tests.hil.needs import need_compiler
from tests.library import examples

M0, M4F, L475 = "generic-cortex-m0", "generic-cortex-m4f", "b-l475e-iot01a"
BOARDS = (M0, "generic-cortex-m0plus", "generic-cortex-m3", M4F, "generic-cortex-m7", "generic-cortex-m33", L475)
TURN = {"cortex-m0": 4, "cortex-m4f": 3}
"""Cycles of SUBS and a taken branch."""
BRIEF = Patience(request=0.3, call=5.0, attempts=2, hello=0.3, boot=1.0)


def signal(what: int, turns: int = 0) -> np.ndarray:
    values = np.zeros(96, dtype=np.float32)
    values[:2] = what, turns
    return values


def started(name: str, image: Image) -> VirtualBoard:
    board = VirtualBoard(board_file(name))
    board.flash(image.path)
    board.reset()
    return board


@pytest.fixture(scope="module", params=[M0, M4F])
def tiny_board(request: pytest.FixtureRequest) -> Iterator[VirtualBoard]:
    board = started(request.param, tiny.tiny_image(request.param))
    yield board
    board.close()


@pytest.fixture
def link(tiny_board: VirtualBoard) -> Iterator[Link]:
    tiny_board.reset()
    with tiny_board.link() as opened:
        opened.greet()
        opened.init()
        yield opened


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", BOARDS)
def test_a_library_on_every_board_answers_as_its_emulator_does(name: str, compiler: str) -> None:
    need_compiler(compiler)
    library = examples.library("anomaly-spectrum")
    image = build_image(library, board_file(name), compiler=compiler)
    x, emulator = examples.signals(14, 5), Emulator(library)
    emulator.init()
    emulator.learn(x[:10])
    expected = emulator.detect(x)
    with open_board(name, "virtual") as board:
        board.flash(image.path)
        board.reset()
        with board.link() as opened:
            greeting = opened.greet(library.id, image.build)
            assert (greeting.board, greeting.core, greeting.kind) == (name, board_file(name).core, "anomaly")
            opened.init()
            for row in x[:10]:
                opened.learn(row)
            replies = [opened.detect(row) for row in x]
            assert opened.knowledge() == emulator.knowledge()
            assert opened.stats.clean
            assert not any(opened.counts().values())
    assert [r.status for r in replies] == list(expected.status)
    assert [r.label for r in replies] == list(expected.similarity)
    assert np.array([r.outputs[0] for r in replies]).tobytes() == expected.ratio.astype(np.float32).tobytes()
    assert all(reply.ticks > 100 for reply in replies)


@pytest.mark.parametrize("kind", ["outlier", "classes", "extrapolation"])
@pytest.mark.parametrize("persona", ["v3", "v5"])
def test_kinds_that_do_not_learn_say_so(kind: str, persona: str) -> None:
    library = examples.library(f"{kind}-both")
    image = build_image(library, board_file(M4F), persona=persona)
    with started(M4F, image) as board, board.link() as opened:
        greeting = opened.greet(library.id, image.build)
        assert (greeting.persona, greeting.kind, greeting.learns) == (persona, kind, False)
        assert opened.init().status == 0
        reply = opened.detect(examples.signals(1, 5)[0])
        assert reply.status == 0
        assert len(reply.outputs) == library.pipeline.model.outputs
        with pytest.raises(LinkError, match="cannot do this"):
            opened.learn(examples.signals(1, 5)[0])
        with pytest.raises(LinkError, match="cannot do this"):
            opened.knowledge()


def test_a_traced_image_tells_what_stands_after_each_step() -> None:
    library = examples.library("anomaly-both")
    image = build_image(library, board_file(M4F), trace=True)
    x = examples.signals(1, 5)
    expected = {step.index: values[0].reshape(-1) for step, values in library.pipeline.preprocessing.trace(x)}
    with started(M4F, image) as board, board.link() as opened:
        assert opened.greet(library.id, image.build).traces
        opened.init()
        found = opened.trace(x[0], learn=True)
        assert sorted(found) == sorted(expected)
        assert all(found[step].tobytes() == expected[step].tobytes() for step in expected)
        opened.learn(x[0])  # without a trace the same image is silent
        assert opened.stats.clean


def test_a_learn_call_repeated_by_its_sequence_learns_once(link: Link) -> None:
    assert link.learn(signal(tiny.PLAIN)).status == tiny.LEARNED
    link._sequence -= 1  # what a client does whose reply was lost
    assert link._call(LEARN).status == tiny.LEARNED
    assert link.counts()["repeats"] == 1
    assert link.learn(signal(tiny.PLAIN)).status == tiny.LEARNED + 1


def test_ticks_count_the_cycles_of_the_call_exactly(tiny_board: VirtualBoard, link: Link) -> None:
    ticks = {turns: link.detect(signal(tiny.LOOP, turns)).ticks for turns in (1, 10, 1_000_000)}
    turn = TURN[tiny_board.core]
    assert [ticks[turns] - ticks[1] for turns in ticks] == [turn * (turns - 1) for turns in ticks]
    assert link.detect(signal(tiny.LOOP, 10)).ticks == ticks[10]


def test_ticks_go_on_beyond_the_24_bits_of_systick(tiny_board: VirtualBoard, link: Link) -> None:
    base = link.detect(signal(tiny.LOOP, 1)).ticks
    long = link.detect(signal(tiny.LOOP, 12_000_000)).ticks - base - TURN[tiny_board.core] * 11_999_999
    assert 0 <= long < 200  # SysTick's handler, where there is one


@pytest.mark.parametrize(
    ("what", "where"),
    [
        (tiny.READ_NOWHERE, "read_nowhere"),
        (tiny.JUMP_NOWHERE, "unknown code"),
        (tiny.UNDEFINED, "neai_anomalydetection_detect"),
    ],
)
def test_a_fault_is_reported_by_the_images_own_handler(
    tiny_board: VirtualBoard, link: Link, what: int, where: str
) -> None:
    with pytest.raises(LinkError, match=rf"the core took exception 3 at pc 0x[0-9a-f]{{8}} \({where}"):
        link.detect(signal(what))


def test_a_fault_names_the_line_and_the_address(tiny_board: VirtualBoard, link: Link) -> None:
    with pytest.raises(LinkError, match=r"neai\.c line 27") as caught:
        link.detect(signal(tiny.READ_NOWHERE))
    if tiny_board.core != "cortex-m0":  # which has no registers that say so
        assert "CFSR 0x00008200, HFSR 0x40000000, address 0x70000000" in str(caught.value)


def test_a_stack_that_overflows_is_a_fault_and_no_damage(tiny_board: VirtualBoard, link: Link) -> None:
    with pytest.raises(LinkError, match="the core took exception 3"):
        link.detect(signal(tiny.OVERFLOW_STACK))
    tiny_board.reset()
    link.greet()
    assert link.detect(signal(tiny.PLAIN)).status == 0


def test_a_reset_forgets_and_the_host_notices(tiny_board: VirtualBoard, link: Link) -> None:
    link.learn(signal(tiny.PLAIN))
    tiny_board.reset()
    with pytest.raises(LinkError, match="not greeted since it started"):
        link.detect(signal(tiny.PLAIN))
    link.greet()
    assert link.detect(signal(tiny.PLAIN)).label == 0


def test_knowledge_goes_out_and_back(link: Link) -> None:
    for _ in range(3):
        link.learn(signal(tiny.PLAIN))
    saved = link.knowledge()
    link.init()
    assert link.detect(signal(tiny.PLAIN)).label == 0
    assert link.restore(saved).status == 0
    assert link.detect(signal(tiny.PLAIN)).label == 3


def test_the_wrong_image_is_refused_before_anything_runs(tiny_board: VirtualBoard, link: Link) -> None:
    image = tiny.tiny_image(tiny_board.name, flags=Flags("-O1"))
    with pytest.raises(BootError, match=f"not {image.build}; flash that image"):
        link.greet(image.library_id, image.build)
    with pytest.raises(BootError, match=f"runs library {image.library_id}, not {'0' * 24}"):
        link.greet("0" * 24)


def test_the_board_counts_damage_and_answers_after_it(tiny_board: VirtualBoard, link: Link) -> None:
    link._transport.write(b"\x05garbage\0\0\x03\x01\x01\0" + b"\xff" * 20_000)
    assert link.echo(b"still there") == b"still there"
    counts = link.counts()
    assert counts["malformed"] >= 3
    link._transport.write(encode(Frame(ECHO.type, 1, b"abcd")).replace(b"abcd", b"abce"))
    assert link.counts()["crc_errors"] == 1


def test_echo_carries_every_byte_at_full_frames(link: Link) -> None:
    size = link.greeting.max_payload if link.greeting else 0
    data = np.random.default_rng(3).integers(0, 256, size, dtype=np.uint8).tobytes()
    assert link.echo(data) == data
    assert link.echo(bytes(size)) == bytes(size)
    assert link.echo(b"\x01" * size) == b"\x01" * size


def test_a_port_in_use_is_refused(tiny_board: VirtualBoard, link: Link) -> None:
    with pytest.raises(LockError, match="in use"):
        SerialTransport(tiny_board.port)


def test_plain_pyserial_opens_the_same_port(tiny_board: VirtualBoard) -> None:
    with serial.Serial(tiny_board.port, 921_600, timeout=5) as port:
        port.write(b"\0\x01\x03\x01\x01\x01\0")
    assert Path(tiny_board.port).exists()


def test_an_image_for_other_memory_is_refused() -> None:
    image = tiny.tiny_image(L475)
    with VirtualBoard(board_file(M4F)) as board, pytest.raises(FlashError, match="outside the flash"):
        board.flash(image.path)


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.elf").write_bytes(b"not an ELF file at all")
    with VirtualBoard(board_file(M4F)) as board:
        with pytest.raises(FlashError, match="no image"):
            board.flash(tmp_path / "no.elf")
        with pytest.raises(ProbeError, match="flash one first"):
            board.reset()


def test_a_board_that_is_silent_ends_in_a_boot_error() -> None:
    with VirtualBoard(board_file(M4F)) as board, board.link() as opened:
        opened.patience = BRIEF
        with pytest.raises(BootError, match="did not greet within 1 s"):
            opened.greet()


def test_a_uart_at_the_wrong_speed_is_silent_and_the_bench_says_why() -> None:
    board_at = board_file(L475)
    assert board_at.image is not None
    flags = Flags("-O2", extra=("-UBL_BAUD", "-DBL_BAUD=115200u"))
    with started(L475, tiny.tiny_image(L475, flags=flags)) as board, board.link() as opened:
        opened.patience = BRIEF
        with pytest.raises(BootError, match="did not greet"):
            opened.greet()
        board.check()
        assert "115274 baud and the line at 921600" in board.notes()


def test_no_process_is_left_behind() -> None:
    board = VirtualBoard(board_file(M4F))
    process = board._process
    board.close()
    board.close()
    assert process.wait() == 0


def test_the_board_ends_with_whoever_started_it() -> None:
    program = (
        "import os\nfrom bitloop_hil.boards import open_board\n"
        f"board = open_board('{M4F}', 'virtual')\nprint(board._process.pid, flush=True)\nos._exit(1)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    pid, deadline = int(done.stdout), time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


def test_a_bench_that_has_not_the_board_is_named() -> None:
    with pytest.raises(BuildError, match="not on the bench 'virtual'"):
        open_board("mps2-an386", "virtual")
