"""The comparisons and refusals the other tests rely on do see what they are there for."""

from __future__ import annotations

import re

import numpy as np
import pytest

from bitloop.emulator import Emulator
from bitloop.library import Library
from bitloop.library.codegen import generate
from bitloop.library.layout import knowledge_words
from bitloop.library.options import Options
from bitloop.library.tables import c_float
from bitloop.toolchain import Flags, Sources
from tests.library.examples import KINDS, library, signals
from tests.library.hosted import Hosted, compiled
from tests.library.test_parity import assert_same_answers


def changed(sources: Sources, name: str, old: str, new: str) -> Sources:
    text = sources.files[name].decode()
    assert old in text
    return sources | Sources({name: text.replace(old, new, 1).encode()})


def judge(made: Library, options: Options, sources: Sources) -> None:
    """Compare a changed source with the emulator; AssertionError where they differ."""
    hosted = Hosted.load(made, options, compiled(sources, flags=Flags("-O1")))
    emulator = Emulator(made, persona=options.persona)
    hosted.init(pretrained=made.kind == "anomaly")
    emulator.init(pretrained=made.kind == "anomaly")
    assert_same_answers(emulator.detect(signals(50, 4)), hosted.detect(signals(50, 4)), made.kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_one_ulp_off_is_seen(kind: str) -> None:
    made, options = library(f"{kind}-both"), Options("v5")
    sources = generate(made, options)
    value = made.pipeline.preprocessing.head[0].offset[0]  # type: ignore[attr-defined]
    table = f"scale_offset[{made.pipeline.preprocessing.features}] = {{\n    "
    off = c_float(np.nextafter(value, np.float32(np.inf)))
    judge(made, options, sources)
    with pytest.raises(AssertionError, match=r"floats differ, first at .* reference 0x"):
        judge(made, options, changed(sources, "neai.c", table + c_float(value), table + off))


def test_a_pretrained_word_one_ulp_off_is_seen_in_the_learned_state() -> None:
    made, options = library("anomaly-both"), Options("v3")
    sources = generate(made, options)
    word = knowledge_words(made)[-1]
    off = c_float(np.nextafter(word, np.float32(np.inf)))
    hosted = Hosted.load(made, options, compiled(changed(sources, "knowledge.h", c_float(word), off)))
    emulator = Emulator(made)
    emulator.init(pretrained=True)
    hosted.init(pretrained=True)
    assert emulator.knowledge() != hosted.knowledge()


def test_swapped_operations_are_seen() -> None:
    made, options = library("extrapolation-both"), Options("v5")
    swapped = changed(
        generate(made, options),
        "kernels/ridge.h",
        "sum += weights[i] * x[i];",
        "sum = weights[i] * (x[i] + 0.0f) + sum;",
    )
    judge(made, options, swapped)  # the same operations in other words: the same bits
    wrong = changed(generate(made, options), "kernels/ridge.h", "float sum = bias;", "float sum = 0.0f;")
    wrong = changed(wrong, "kernels/ridge.h", "return sum;", "return sum + bias;")
    with pytest.raises(AssertionError, match="floats differ"):
        judge(made, options, wrong)


@pytest.mark.parametrize("kind", ["outlier", "classes", "extrapolation"])
def test_a_wrong_knowledge_array_is_refused(kind: str) -> None:
    made = library(f"{kind}-both")
    hosted = Hosted.build(made)
    right = knowledge_words(made)
    foreign, short = right.copy(), right.copy()
    foreign[1] += 1
    short[0] -= 1
    own = hosted.call("init", hosted.ffi.from_buffer("float[]", right))
    refusals = [hosted.call("init", hosted.ffi.from_buffer("float[]", bad)) for bad in (foreign, short)]
    assert (own, refusals) == (0, [125, 125])
    assert hosted.call("init", hosted.ffi.NULL) == 125
    answers = hosted.detect(signals(3, 1))
    assert (answers.status == 0).all(), "a refused init leaves the library as it was"


def test_a_foreign_pretrained_array_is_refused_and_nothing_learned_is_lost() -> None:
    made = library("anomaly-both")
    hosted = Hosted.build(made)
    assert hosted.call("knowledge", hosted.knowledge_array) == 123
    hosted.init()
    hosted.learn(signals(12, 1))
    before = hosted.knowledge()
    for word, value in ((0, 3.0), (1, 1.0), (5, np.nan)):
        bad = knowledge_words(made)
        bad[word] = value
        assert hosted.call("knowledge", hosted.ffi.from_buffer("float[]", bad)) == 125
    assert hosted.knowledge() == before


def test_the_id_in_the_header_is_the_librarys() -> None:
    made = library("anomaly-both")
    text = generate(made).files["NanoEdgeAI.h"].decode()
    assert re.findall(r'#define NEAI_ID "(\w{24})"', text) == [made.id]
