"""Dataloggers on virtual boards: flashed through pyOCD, shaken, and heard over the serial port."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import numpy as np
import serial
from numpy.typing import NDArray

from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.plan import Plan
from bitloop_hil.datalogger.registers import BusSensor
from bitloop_hil.link.client import Link
from bitloop_hil.link.frame import Frame
from bitloop_hil.link.samples import Block, SensorInfo, read_block

PATIENCE = 60.0
DEVIATION = 0.013
"""How much too fast the sensors' oscillators are."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What a binary logger sent: blocks in their order, the reply's fields, and the board's clock in Hz."""

    info: SensorInfo
    blocks: list[Block]
    reply: dict[str, int]
    clock_hz: int

    def runs(self) -> list[NDArray[np.int32]]:
        """The samples of every run."""
        numbers = sorted({block.run for block in self.blocks})
        return [np.concatenate([b.raw for b in self.blocks if b.run == number]) for number in numbers]

    def rate(self) -> float:
        """True rate by the board's clock: the slope of sample numbers over their ticks, in Hz."""
        full = [block for block in self.blocks if len(block.raw)]
        numbers = [block.index + len(block.raw) - 1 for block in full]
        return float(np.polyfit([block.last / self.clock_hz for block in full], numbers, 1)[0])


def fitted(plan: Plan) -> BusSensor:
    """The sensor of a plan, which is one behind a bus."""
    assert isinstance(plan.source, BusSensor)
    return plan.source


@contextmanager
def logging(
    plan: Plan, motion: NDArray[np.float64], compiler: str = "zig", rate_hz: float = 0.0
) -> Iterator[VirtualBoard]:
    """The plan's board with its datalogger, not yet reset; its sensor feels a motion at `rate_hz` (else its own)."""
    with VirtualBoard(plan.board, shield=plan.source.shield) as board:
        board.flash(make.build(plan, compiler).path)
        source = plan.source
        board.detune(source.name, DEVIATION)
        board.replay(source.name, source.measured.quantity, motion, rate_hz or float(source.hz) * (1 + DEVIATION))
        yield board


def heard(board: VirtualBoard, baud: int, enough: Callable[[bytes], bool]) -> bytes:
    """What the board says from its reset on, until that is enough."""
    with serial.Serial(board.port, baud, timeout=0.5) as port:
        board.reset()
        board.inject("hang")  # between the debugger's reset and the button's it ran, and said something already
        while port.read(4096):
            pass
        board.reset()
        deadline, said = time.monotonic() + PATIENCE, b""
        while not enough(said):
            assert time.monotonic() < deadline, f"only {len(said)} bytes came: {said[-60:]!r} {board.notes()}"
            said += port.read(4096)
    return said


def record(board: VirtualBoard, samples: int) -> Recorded:
    """So many samples of a binary logger, from its reset on."""
    board.reset()
    link: Link = board.link()
    frames: list[Frame] = []
    with closing(link):
        greeting, info = link.greet(), link.sensor()
        reply = link.record(samples, frames)
    return Recorded(info, [read_block(frame.payload, info) for frame in frames], reply, greeting.clock_hz)


def places(whole: NDArray[np.int64], part: NDArray[np.int64]) -> list[int]:
    """Where rows stand in an array, one after the other."""
    starts = np.flatnonzero((whole[: len(whole) - len(part) + 1] == part[0]).all(axis=1))
    return [int(at) for at in starts if np.array_equal(whole[at : at + len(part)], part)]


def whole(plan: Plan, recorded: Recorded, produced: NDArray[np.int32], samples: int) -> NDArray[np.int32]:
    """The one run of a recording: so many samples, all of them in what the sensor's model produced, and none lost."""
    (run,) = recorded.runs()
    assert len(run) == samples
    source = fitted(plan)
    assert places((produced >> source.quantity.shift)[:, list(source.axes)], run)
    assert recorded.reply["overruns"] == 0
    return run
