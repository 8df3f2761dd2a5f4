"""Calling functions of programs: what is counted, and what cannot be."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitloop.errors import BuildError, TimingError
from bitloop_hil.timing import Engine, Lines, Model, build_for_timing, time_library
from tests.library import examples
from tests.timing.snippets import DATA, engine

M4 = "cortex-m4f"
CODE = (  # one piece of everything a pipeline minds
    "0068 0960 d1e90023 92fbf3f2 01eb0211 08bf 8018 2de9f00f bde8f00f 01eb4201 21ea0203 61f00502 0a68 a1fb0223 "
    "30ee211a 80ee810a 70ee001a 00bf 5a1c 1a60 01d1 01eb0211 01eb0211 0149 0868 4859 4851 10b1 01eb0211"
)


def test_arguments_beyond_four_are_on_the_stack() -> None:
    made = engine(M4, "ldr r0, [sp]\n ldr r1, [sp, #4]\n add r0, r1")
    assert made.call("snippet", 1, 2, 3, 4, 50, 6).result == 56


def test_a_call_costs_the_same_every_time() -> None:
    made = engine(M4, "ldr r4, [r0]\n adds r4, #1\n str r4, [r0]\n 1: subs r1, #1\n bne 1b")
    counts = {(c.cycles, c.instructions) for c in (made.call("snippet", DATA, 100) for _ in range(5))}
    assert len(counts) == 1
    assert struct.unpack("<I", made.read(DATA, 4)) == (5,)


def test_a_function_that_does_not_return_is_given_up() -> None:
    made = engine(M4, "1: b 1b")
    with pytest.raises(TimingError, match="did not return within 1000 cycles"):
        made.call("snippet", limit=1000)


def test_a_function_that_crashes_is_named() -> None:
    with pytest.raises(TimingError, match="snippet on cortex-m4f stopped at pc 0x0800000"):
        engine(M4, "ldr r0, [r0]").call("snippet", 0x60000000)


def test_what_is_no_program_is_refused() -> None:
    with pytest.raises(BuildError, match="no ELF program"):
        Engine(M4, b"not an ELF at all, but long enough to look at")
    with pytest.raises(BuildError, match="no function 'absent'"):
        engine(M4, "nop").call("absent")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["cortex-m0plus", "cortex-m3", M4, "cortex-m33", "cortex-m7"]), st.data(), st.booleans())
def test_it_does_not_matter_where_a_block_is_cut(core: str, data: st.DataObject, jumped: bool) -> None:
    """Unicorn ends blocks at pages, too: the state carried over has to be all that counts."""
    pieces = [bytes.fromhex(piece)[i : i + 2] for piece in CODE.split() for i in range(0, len(piece) // 2, 2)]
    starts, instructions, at = [], [], 0
    whole = b"".join(pieces)
    while at < len(whole):
        size = 4 if whole[at + 1] >= 0xE8 else 2
        starts.append(at)
        instructions.append(whole[at : at + size])
        at += size
    cut = data.draw(st.sampled_from(starts[1:]))
    base = 0x08000000 + 2 * data.draw(st.integers(0, 1))
    model, entry = Model(core), 0x8000 if jumped else 0
    cycles, count, state = model(base, whole, entry)
    first, n1, middle = model(base, whole[:cut], entry)
    second, n2, last = model(base + cut, whole[cut:], middle)
    assert (first + second, n1 + n2, last) == (cycles, count, state)


def test_the_calls_of_a_library_and_the_shares_of_its_kernels() -> None:
    library = examples.library("anomaly-both")
    x = examples.signals(12, 3)
    image = build_for_timing(library, M4)
    timed = time_library(library, image, M4, x, x)
    assert set(timed.calls) == {"learn", "detect"}
    assert timed.calls["detect"].minimum <= timed.calls["detect"].median <= timed.calls["detect"].maximum
    assert timed.instructions["detect"] < timed.calls["detect"].median < 3 * timed.instructions["detect"]
    assert {"rfft", "remove_mean", "hann", "statistics"} <= set(timed.kernels)
    assert sum(timed.kernels.values()) == pytest.approx(1.0)
    assert next(iter(timed.kernels)) == "rfft"


@pytest.mark.parametrize("kind", ["outlier", "classes", "extrapolation"])
def test_every_kind_of_library_is_timed(kind: str) -> None:
    library = examples.library(f"{kind}-both")
    timed = time_library(library, build_for_timing(library, "cortex-m0plus"), "cortex-m0plus", examples.signals(2, 3))
    assert timed.calls["detect"].minimum > 10_000  # floats in software


def test_a_signal_the_library_refuses_is_not_timed() -> None:
    library = examples.library("outlier-both")
    bad = np.full_like(examples.signals(1, 3), np.nan)
    with pytest.raises(TimingError, match="answers"):
        time_library(library, build_for_timing(library, M4), M4, bad)


def test_code_without_debug_information_has_no_file() -> None:
    library = examples.library("outlier-both")
    lines = Lines(build_for_timing(library, M4))
    assert lines.file(0x20000000) == "run-time library"
