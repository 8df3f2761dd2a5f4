"""Costs estimated from the table against the linked library, timed: near enough to choose by."""

from __future__ import annotations

import pytest

from bitloop.errors import LibraryError
from bitloop.kernels import costs
from bitloop.kernels.models import MODELS
from bitloop.kernels.stages import STAGES
from bitloop.library.sizes import measure
from bitloop.targets import target
from bitloop_hil.timing import build_for_timing, time_library
from tests.library.examples import library, signals
from tests.library.models import MAKERS, with_model

CYCLES, FLASH = 0.3, 0.35
"""Most an estimate may be off. Few samples per axis are the worst case: the table is made for longer signals."""


@pytest.mark.parametrize("core", costs.cores())
@pytest.mark.parametrize("name", ["anomaly-spectrum", "outlier-both", "classes-spectrum", "extrapolation-both"])
def test_estimates_are_near_the_linked_library(name: str, core: str) -> None:
    made = library(name, pretrained=False)
    x = signals(20, 3)
    learn = x if made.kind == "anomaly" else None
    timed = time_library(made, build_for_timing(made, core), core, x[:3], learn)
    guess = costs.estimate(made.pipeline, core)
    assert guess.cycles == pytest.approx(timed.calls["detect"].median, rel=CYCLES)
    assert guess.flash == pytest.approx(measure(made, target(core)).flash, rel=FLASH)


def test_more_work_costs_more() -> None:
    few, many = (with_model(name).pipeline for name in ("linear", "nearest_classes"))
    assert costs.estimate(few, "cortex-m4f").cycles < costs.estimate(many, "cortex-m4f").cycles
    for pipeline in (few, many):
        soft, hard = (costs.estimate(pipeline, core) for core in ("cortex-m0plus", "cortex-m4f"))
        assert soft.cycles > 5 * hard.cycles


@pytest.mark.parametrize("kernel", MAKERS)
def test_every_model_has_an_effort_and_a_price(kernel: str) -> None:
    guess = costs.estimate(with_model(kernel).pipeline, "cortex-m4f")
    assert 100 < guess.cycles < 1e7
    assert guess.flash > costs.tables(with_model(kernel).pipeline) > 0


def test_the_table_names_kernels_there_are() -> None:
    known = {kernel.kernel for kernel in (*STAGES, *MODELS)} | {"library", "unknown"}
    for core in costs.cores():
        assert set(costs._table(core)) <= known


def test_a_core_without_a_table_is_named() -> None:
    with pytest.raises(LibraryError, match="no table of costs for cortex-m7"):
        costs.estimate(with_model("ridge").pipeline, "cortex-m7")
