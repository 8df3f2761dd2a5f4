"""Sizes are those of linked code, and the stack is never more than what is claimed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import BuildError
from bitloop.library import Library
from bitloop.library.build import build
from bitloop.library.codegen import generate
from bitloop.library.layout import knowledge_bytes
from bitloop.library.sizes import measure, measure_built
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil import core as bare
from tests.library.examples import AXES, KINDS, LEARNING, LENGTH, library, signals
from tests.library.userland import need

CORES = [(core, compiler) for core in ("cortex-m0", "cortex-m4f") for compiler in ("zig", "gcc")]
PAINT, DEPTH = 0xA5, 0x4000
SHIM = b"""
#include "NanoEdgeAI.h"
void blh_learn(float signal[], uint32_t out[]);
void blh_detect(float signal[], uint32_t out[]);
void blh_init(uint32_t out[]);
void blh_init(uint32_t out[]) { out[0] = (uint32_t)neai_anomalydetection_init(); }
void blh_learn(float signal[], uint32_t out[]) { out[0] = (uint32_t)neai_anomalydetection_learn(signal); }
void blh_detect(float signal[], uint32_t out[])
{
    uint8_t similarity = 0;
    out[0] = (uint32_t)neai_anomalydetection_detect(signal, &similarity);
    out[1] = similarity;
}
"""


@pytest.mark.parametrize(("core", "compiler"), CORES)
@pytest.mark.parametrize("kind", KINDS)
def test_memory_is_one_struct_and_flash_holds_the_knowledge(kind: str, core: str, compiler: str) -> None:
    need(compiler, target(core))
    made = library(f"{kind}-both")
    sizes = measure(made, target(core), compiler, flags=Flags("-Os"))
    buffers = AXES * LENGTH + made.pipeline.preprocessing.gathered
    model = made.pipeline.model
    words = buffers + getattr(model, "state_size", 0)
    assert 4 * words < sizes.static_ram <= 4 * words + 16
    assert sizes.knowledge == knowledge_bytes(made) < sizes.flash
    assert 32 <= sizes.stack <= 1024
    assert sizes.stack % 4 == 0
    assert sizes.ram == sizes.static_ram + sizes.stack


@pytest.mark.parametrize(("core", "compiler"), CORES)
@pytest.mark.parametrize("level", ["-Os", "-O2", "-O3"])
def test_the_stack_on_a_core_stays_within_the_claim(core: str, compiler: str, level: str) -> None:
    need(compiler, target(core))
    made = library("anomaly-both")
    claimed = measure_built(build(made, target(core), compiler, flags=Flags(level))).stack
    used = max(_depths(made, core, compiler, level))
    shim = 48  # the shim's own frame, and what it spills
    assert used <= claimed + shim
    assert used >= claimed // 2, "the claim is far above anything that happens"


def _depths(made: Library, core: str, compiler: str, level: str) -> list[int]:
    """Bytes below the first stack pointer that each call touched."""
    toolchain = Toolchain(compiler, target(core))
    extra = Sources({"shim.c": SHIM, "core.ld": bare._SCRIPT, "entry.c": bare._ENTRY})
    sources = generate(made) | extra
    image: Path = toolchain.executable(sources, Flags(level, debug=True), "stack.elf", script="core.ld")
    executor = bare.CoreExecutor(toolchain.target, image, core)
    top = 0x20000000 + (16 << 20) - 0x100
    depths = []
    out = np.zeros(2, dtype=np.uint32)
    for name, rows in (("init", 1), ("learn", LEARNING), ("detect", 3)):
        for row in signals(rows, 3):
            executor._uc.mem_write(top - DEPTH, bytes([PAINT]) * DEPTH)
            executor.call(f"blh_{name}", *([] if name == "init" else [row.copy()]), out)
            painted = np.frombuffer(bytes(executor._uc.mem_read(top - DEPTH, DEPTH)), dtype=np.uint8)
            depths.append(DEPTH - int(np.argmax(painted != PAINT)))
    assert out[0] == 0
    return depths


def test_the_host_has_no_sizes() -> None:
    with pytest.raises(BuildError, match="microcontroller"):
        measure(library("anomaly-both"), target("host"))
