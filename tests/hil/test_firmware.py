"""The firmware on the machine of every board with a chip, in this process: clock, pins, DMA, streaming together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bitloop.errors import BootError, BuildError
from bitloop.toolchain import COMPILERS
from bitloop_hil.benches.virtual.machine import Machine, Why
from bitloop_hil.boards import BoardFile, board_file, names
from bitloop_hil.images import Image, build_image
from bitloop_hil.link import packets as p
from bitloop_hil.link.client import Link
from bitloop_hil.link.frame import Frame, encode
from bitloop_hil.link.patience import Patience
from tests.hil.needs import need_compiler
from tests.library import examples

CHIPS = [name for name in names() if board_file(name).chip and "virtual" in board_file(name).benches]
FALLING_BACK = [name for name in CHIPS if board_file(name).chip.hse_hz]  # type: ignore[union-attr]
LIBRARY = examples.library("anomaly-spectrum")
RUNS = 40  # pieces of a machine's time that a silent line is listened to


class Line:
    """A `Transport` that makes the machine's time pass while the host waits."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.whenever: Callable[[bytes], None] = lambda data: None

    def read(self, timeout: float) -> bytes:
        waited = False
        for _ in range(RUNS):
            why = self.machine.run(waited)
            data = self.machine.line.drain()
            self.whenever(data)
            if data or why in (Why.IDLE, Why.LOCKED):
                return data
            waited = why is Why.ASLEEP
        return b""

    def write(self, data: bytes) -> None:
        while self.machine.line.room < len(data):
            self.machine.run()
        self.machine.line.feed(data)
        self.machine.heard()

    def close(self) -> None:
        """Nothing is held."""


def image_file(board: BoardFile) -> tuple[int, int]:
    """Baud rate and largest payload."""
    assert board.image is not None
    return board.image.defines["BL_BAUD"], board.image.payload


def started(board: BoardFile, image: Image | None = None) -> Link:
    machine = Machine(board)
    machine.load_image((image or build_image(LIBRARY, board)).path)
    machine.reset()
    line = Line(machine)
    line.read(0.0)  # the driver is up before the host says anything
    link = Link(line)
    link.greet(LIBRARY.id)
    return link


def machine_of(link: Link) -> Machine:
    line = link._transport
    assert isinstance(line, Line)
    return line.machine


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", CHIPS)
def test_a_board_runs_at_its_clock_and_fills_its_line(name: str, compiler: str) -> None:
    need_compiler(compiler)
    board = board_file(name)
    baud, payload = image_file(board)
    link = started(board, build_image(LIBRARY, board, compiler=compiler))
    assert machine_of(link).clock.hertz == board.clock_hz
    frames = 40_000 // payload
    out, back = link.stream(frames), link.pour(frames)
    assert (out.whole, back.whole) == (True, True)
    assert out.efficiency(baud, board.clock_hz) >= 0.9
    assert back.efficiency(baud, board.clock_hz) >= 0.9
    assert set(link.counts().values()) == {0}
    assert link.stats.clean
    assert machine_of(link).notes == []


@pytest.mark.parametrize("name", FALLING_BACK)
def test_without_an_external_clock_a_board_takes_its_own(name: str) -> None:
    board = board_file(name)
    assert board.chip is not None
    image = build_image(LIBRARY, board)
    link = started(replace(board, chip=replace(board.chip, hse_hz=0)), image)
    assert machine_of(link).clock.hertz == board.clock_hz
    assert link.stream(20, 100).whole
    assert [note for note in machine_of(link).notes if "hse" not in note] == []


def test_ten_minutes_at_full_rate_lose_nothing() -> None:
    board = board_file("b-l475e-iot01a")
    baud, payload = image_file(board)
    link = started(board)
    flow = link.stream(600 * baud // 10 // (payload + 22))
    assert flow.whole
    assert flow.ticks >= 595 * board.clock_hz
    assert flow.efficiency(baud, board.clock_hz) >= 0.95
    assert set(link.counts().values()) == {0}
    assert link.stats.clean


def test_a_stream_that_keeps_its_interval_drops_nothing() -> None:
    board = board_file("b-l475e-iot01a")
    interval = board.clock_hz // 500  # 2 ms for 113 bytes, which take 1.2
    flow = started(board).stream(20, 100, interval)
    assert (flow.arrived, flow.dropped, flow.lost) == (20, 0, 0)
    assert flow.ticks == pytest.approx(19.6 * interval, rel=0.02)


def test_frames_that_fall_due_while_the_line_is_busy_are_dropped_and_counted() -> None:
    board = board_file("b-l475e-iot01a")
    interval = board.clock_hz // 1600  # 0.6 ms: every second one at most finds the line free
    flow = started(board).stream(40, 100, interval)
    assert 12 <= flow.dropped <= 28
    assert (flow.arrived, flow.lost) == (40 - flow.dropped, 0)


def test_whatever_the_host_says_ends_a_stream() -> None:
    link = started(board_file("b-l475e-iot01a"))
    line = link._transport
    assert isinstance(line, Line)
    heard = bytearray()

    def interrupt(data: bytes) -> None:
        heard.extend(data)
        if len(heard) > 20_000:
            line.whenever = lambda data: None
            line.machine.line.feed(b"\0")
            line.machine.heard()

    line.whenever = interrupt
    flow = link.stream(1_000_000, 1000)
    assert 10 < flow.arrived < 1000
    assert flow.lost == 1_000_000 - flow.arrived
    assert link.echo(b"and on") == b"and on"


def test_a_ring_that_is_overrun_is_told_and_the_link_goes_on() -> None:
    link = started(board_file("b-l475e-iot01a"))
    machine = machine_of(link)
    machine.line.feed(encode(Frame(p.STREAM.type, 1, p.STREAM.build(frames=2, interval=4_000_000, size=8))))
    machine.heard()
    while not machine.line.drain():  # the board is in its stream and looks at its receiver only between frames
        machine.run(cycles=100_000)
    machine.line.feed(bytes([1]) * 4000)
    machine.heard()
    assert link.echo(b"still here") == b"still here"
    assert link.counts()["overruns"] >= 1


def test_a_rate_far_off_the_hosts_is_garbage_on_the_line() -> None:
    board = board_file("b-l475e-iot01a")
    assert board.image is not None
    slow = replace(board, image=replace(board.image, defines={**board.image.defines, "BL_BAUD": 806_452}))
    machine = Machine(board)
    machine.load_image(build_image(LIBRARY, slow).path)
    machine.reset()
    line = Line(machine)
    line.read(0.0)
    with pytest.raises(BootError, match="did not greet"):
        Link(line, patience=Patience(hello=0.05, boot=0.1)).greet()
    assert any("baud" in note for note in machine.notes)


def test_the_driver_is_for_boards_with_a_chip() -> None:
    board = replace(board_file("b-l475e-iot01a"), chip=None)
    with pytest.raises(BuildError, match=r"stm32\.h"):
        build_image(LIBRARY, board)


@pytest.mark.parametrize("name", CHIPS)
def test_a_board_without_a_program_says_so_and_no_more(name: str) -> None:
    machine = Machine(board_file(name))
    machine.reset()
    assert machine.run() is Why.LOCKED
    assert machine.story == "the flash holds no program, so the core does nothing until one is programmed"


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", [name for name in CHIPS if board_file(name).ram.size <= 0x3000])
def test_the_small_stacks_have_room_for_an_interrupt_more(name: str, compiler: str) -> None:
    need_compiler(compiler)
    board, library = board_file(name), examples.library("anomaly-both")
    assert board.image is not None
    machine = Machine(board)
    machine.load_image(build_image(library, board, compiler=compiler).path)
    machine.reset()
    line = Line(machine)
    line.read(0.0)
    with Link(line) as link:
        link.greet(library.id)
        link.init()
        for signal in examples.signals(12, 3):
            link.learn(signal)
            link.detect(signal)
        link.restore(link.knowledge())
        link.stream(5)
        link.pour(5)
    stack = machine.memory.read(board.ram.origin, board.image.stack)
    untouched = len(stack) - len(stack.lstrip(b"\0"))
    assert 64 <= untouched < 512
