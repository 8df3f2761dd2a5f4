"""The generated source under every warning the project asks for, and a few more, by both compilers."""

from __future__ import annotations

import pytest

from bitloop.library.build import build
from bitloop.library.options import Options
from bitloop.targets import target
from bitloop.toolchain import Flags
from tests.library.examples import KINDS, library
from tests.library.userland import need

PEDANTIC = (
    "-Wpedantic",
    "-Wshadow",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wundef",
    "-Wcast-align",
    "-Wvla",
)


@pytest.mark.parametrize(("core", "compiler"), [("cortex-m0", "gcc"), ("cortex-m4f", "zig"), ("host", "gcc")])
@pytest.mark.parametrize("persona", ["v3", "v5"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_warning(kind: str, persona: str, core: str, compiler: str) -> None:
    need(compiler, target(core))
    flags = Flags("-O2", extra=PEDANTIC)
    assert build(library(f"{kind}-raw"), target(core), compiler, Options(persona, "x9"), flags).archive.is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_holds_no_heap_no_libm_and_no_double(kind: str) -> None:
    for persona in ("v3", "v5"):
        built = build(library(f"{kind}-both"), target("host"), "zig", Options(persona))
        text = built.text("neai", "c") + built.header
        for word in ("malloc", "math.h", "double", "memcpy", "neai_trace", "typedef"):
            assert word not in text
        assert max(map(len, text.splitlines())) <= 120


def test_a_traced_source_calls_the_trace_after_every_step() -> None:
    made = library("anomaly-both")
    built = build(made, target("host"), "zig", Options(trace=True))
    text = built.text("neai", "c")
    for step in made.pipeline.preprocessing.steps():
        assert f"neai_trace({step.index}u, x, {step.after.size}u);" in text
