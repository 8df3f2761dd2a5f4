"""The parity matrix: libraries of every kind, fitted to real recordings, proved on every core by both compilers.

Together the cases use every stage and every model. The virtual bench runs the very image a board would; QEMU is the
second opinion, and `b-l475e-iot01a` the board with a serial driver of its own. Personas take turns by compiler.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop.kernels.models import MODELS
from bitloop.kernels.stages import STAGES
from bitloop.targets import cores
from bitloop.toolchain import COMPILERS
from bitloop_hil.benches.qemu import MACHINES
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.prove import Recipe, prove
from tests.hil.found import FOUND, found
from tests.hil.needs import need_compiler, need_qemu
from tests.hil.real import CASES, JUDGED, Case, case

PERSONAS = {"zig": "v3", "gcc": "v5"}
ONE_OF_A_KIND = ("anomaly-mahalanobis", "outlier-gaussian", "classes-forest", "extrapolation-nearest")


def assert_proved(proven: Case, board: str, bench: str, compiler: str) -> None:
    need_compiler(compiler)
    recipe = Recipe(PERSONAS[compiler], compiler)
    with open_board(board, bench) as opened:
        proof = prove(
            proven.library, opened, recipe.images(proven.library, board_file(board)), proven.signals, recipe=recipe
        )
    assert (proof.verdict, proof.reason()) == ("PASS", None)
    learns = proven.library.kind == "anomaly"
    assert proof.signals == JUDGED + (0 if proven.signals.learn is None else len(proven.signals.learn))
    assert proof.floats_compared >= JUDGED * proven.library.pipeline.model.outputs + learns
    assert proof.refusals.refused >= 4 * (1 + learns)
    assert proof.detect is not None and proof.detect.min > 0


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("core", cores())
@pytest.mark.parametrize("name", CASES)
def test_same_bits_on_every_core(data: Path, name: str, core: str, compiler: str) -> None:
    assert_proved(case(data, name), f"generic-{core}", "virtual", compiler)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", ONE_OF_A_KIND)
def test_same_bits_on_a_board(data: Path, name: str, compiler: str) -> None:
    assert_proved(case(data, name), "b-l475e-iot01a", "virtual", compiler)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", CASES)
def test_same_bits_in_qemu(data: Path, name: str, machine: str, compiler: str) -> None:
    need_qemu()
    assert_proved(case(data, name), machine, "qemu", compiler)


@pytest.mark.parametrize(("core", "compiler"), [("cortex-m4f", "zig"), ("cortex-m0plus", "gcc")])
@pytest.mark.parametrize("name", FOUND)
def test_same_bits_of_everything_a_search_may_find(data: Path, name: str, core: str, compiler: str) -> None:
    assert_proved(found(data, name), f"generic-{core}", "virtual", compiler)


def test_the_cases_use_every_kernel(data: Path) -> None:
    cases = [*(case(data, name) for name in CASES), *(found(data, name) for name in FOUND)]
    pipelines = [each.library.pipeline for each in cases]
    assert {type(pipeline.model) for pipeline in pipelines} == set(MODELS)
    assert {type(step.stage) for pipeline in pipelines for step in pipeline.preprocessing.steps()} == set(STAGES)
