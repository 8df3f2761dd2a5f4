"""The boards' own firmware on their own devices: it reaches its clock, is heard, and is told what it does wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bitloop_hil.benches.virtual.machine import Machine, Why
from bitloop_hil.boards import BoardFile, board_file
from bitloop_hil.images import build_image
from bitloop_hil.link import packets
from bitloop_hil.link.frame import Frame, encode
from tests.hil.needs import need_compiler
from tests.hil.test_devices_clocks import BOARDS
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


@pytest.mark.parametrize("name", BOARDS)
def test_firmware_reaches_its_clock_and_answers(name: str) -> None:
    board = board_file(name)
    machine = started(board, image(board))
    assert machine.clock.hertz == board.clock_hz
    assert name.encode() in run(machine, HELLO)
    assert machine.notes == []


@pytest.mark.parametrize("name", ["nucleo-f103rb", "nucleo-f412zg", "nucleo-f767zi", "nucleo-h743zi"])
def test_without_the_probes_clock_firmware_falls_back_and_answers_all_the_same(name: str) -> None:
    board = board_file(name)
    assert board.chip is not None
    machine = started(replace(board, chip=replace(board.chip, hse_hz=0)), image(board))
    assert machine.clock.hertz == board.clock_hz
    assert name.encode() in run(machine, HELLO)


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


def test_firmware_for_another_speed_is_named_too() -> None:
    board = board_file("nucleo-l432kc")
    assert board.image is not None
    slow = replace(board, image=replace(board.image, defines={**board.image.defines, "BL_BAUD": 460_800}))
    machine = started(board, image(slow))
    assert board.name.encode() not in run(machine, HELLO)
    assert any("baud and the line at 921600" in note for note in machine.notes)
