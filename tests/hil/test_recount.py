"""QEMU and the engine of the virtual bench count the same instructions in every call of the same image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import BuildError
from bitloop.toolchain import COMPILERS
from bitloop_hil.benches.qemu import MACHINES
from bitloop_hil.benches.virtual.fast import Pricer, count
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.images import build_image
from bitloop_hil.link.client import Reply
from bitloop_hil.recount import Counted, Recount
from bitloop_hil.timing.model import Model
from tests.hil.needs import need_compiler, need_qemu
from tests.hil.real import Case, case
from tests.library.examples import library

ONE_OF_A_KIND = ("anomaly-growing", "outlier-hyperspheres", "classes-nearest", "extrapolation-forest")
LEARNED, JUDGED = 25, 12


def same(call: Callable[..., Reply], recount: Callable[..., Counted], signal: np.ndarray) -> int:
    """Make a call on both; returns its instructions."""
    reply, counted = call(signal), recount(signal)
    assert (reply.status, reply.ticks) == (counted.status, counted.instructions)
    if reply.outputs.size and not reply.status:
        assert reply.outputs.astype("<f4").tobytes() == counted.outputs
        assert reply.label == counted.label
    return reply.ticks


def recounted(found: Case, machine: str, compiler: str, pricer: Pricer = count) -> list[int]:
    """Instructions of every call, equal on both."""
    image = build_image(found.library, board_file(machine), compiler=compiler)
    recount = Recount(image.path, board_file(machine), found.library.pipeline.model.outputs, pricer)
    with open_board(machine, "qemu") as board:
        board.flash(image.path)
        board.reset()
        link = board.link()
        link.greet(found.library.id, image.build)
        assert link.init().ticks == recount.init().instructions
        learned = found.signals.learn[:LEARNED] if found.signals.learn is not None else ()
        counts = [same(link.learn, recount.learn, signal) for signal in learned]
        return counts + [same(link.detect, recount.detect, signal) for signal in found.signals.detect[:JUDGED]]


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", ONE_OF_A_KIND)
def test_both_count_the_same_instructions(data: Path, name: str, machine: str, compiler: str) -> None:
    need_qemu()
    need_compiler(compiler)
    counts = recounted(case(data, name), machine, compiler)
    assert min(counts) > 500
    assert len(set(counts)) > 1 or name == "outlier-hyperspheres", "these depend on the signal"


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("machine", MACHINES)
def test_the_cycle_model_counts_the_same_instructions(data: Path, machine: str, compiler: str) -> None:
    need_qemu()
    need_compiler(compiler)
    model = Model(board_file(machine).core)
    assert len(recounted(case(data, "classes-forest"), machine, compiler, model)) == JUDGED


def test_an_image_with_another_clock_is_not_recounted() -> None:
    board = board_file("generic-cortex-m4f")
    image = build_image(library("anomaly-both"), board)
    with pytest.raises(BuildError, match="do not come from a counter"):
        Recount(image.path, board, 1)
