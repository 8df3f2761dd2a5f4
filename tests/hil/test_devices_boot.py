"""A board's own firmware on devices that are not what it believes: what comes of it, and what is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bitloop_hil.benches.virtual.machine import Machine, Why
from bitloop_hil.boards import BoardFile, board_file
from bitloop_hil.images import build_image
from bitloop_hil.link import packets
from bitloop_hil.link.frame import Frame, encode
from tests.hil.needs import need_compiler
from tests.library import examples

HELLO = encode(Frame(packets.HELLO.type, 1, b""))


def image(board: BoardFile) -> Path:
    need_compiler("zig")
    return build_image(examples.library("anomaly-spectrum"), board).path


def started(board: BoardFile, program: Path) -> Machine:
    machine = Machine(board)
    machine.load_image(program)
    machine.reset()
    run(machine)
    return machine


def run(machine: Machine, data: bytes = b"") -> bytes:
    """Until the firmware waits for the line; what it has sent."""
    if data:
        machine.line.feed(data)
        machine.heard()
    for _ in range(50):
        if machine.run() in (Why.IDLE, Why.ASLEEP):
            return machine.line.drain()
    raise AssertionError("the firmware never waits")


def test_a_clock_that_is_not_what_firmware_believes_is_heard_at_the_wrong_speed_and_named() -> None:
    board = board_file("nucleo-f412zg")
    assert board.chip is not None
    machine = started(replace(board, chip=replace(board.chip, hse_hz=12_000_000)), image(board))
    assert machine.clock.hertz == 150_000_000
    assert board.name.encode() not in run(machine, HELLO)
    notes = "\n".join(machine.notes)
    assert "USART3 runs at 1388889 baud and the line at 921600" in notes
    assert "hclk runs at 150 MHz; the chip allows 100 MHz at voltage scale 1" in notes
    assert "150 MHz with 3 wait states of the flash, which are too few" in notes
