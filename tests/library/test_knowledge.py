"""Knowledge as text and as bytes: exact, the same in C and Python, and refused when it is not whole."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.emulator import Emulator
from bitloop.library import knowledge
from bitloop.library.layout import knowledge_words
from bitloop.library.options import Options
from tests.library.examples import KINDS, LEARNING, library, signals
from tests.library.hosted import Hosted


@pytest.mark.parametrize("kind", KINDS)
def test_the_array_of_knowledge_h_reads_back_bit_for_bit(kind: str) -> None:
    made = library(f"{kind}-both")
    hosted = Hosted.build(made)
    words = knowledge_words(made)
    read = np.frombuffer(hosted.ffi.buffer(hosted.knowledge_array), dtype=np.float32)
    assert read.tobytes() == words.tobytes()
    assert words[0] == len(words)


@pytest.mark.parametrize("persona", ["v3", "v5"])
def test_what_was_learned_survives_a_reset(persona: str) -> None:
    made = library("anomaly-both")
    hosted, emulator = Hosted.build(made, Options(persona)), Emulator(made, persona=persona)
    for side in (hosted, emulator):
        side.init()
        side.learn(signals(LEARNING + 3, 11))
    saved = hosted.knowledge()
    assert saved == emulator.knowledge()
    assert len(saved) == hosted.call("size") == knowledge.size(len(emulator.state))
    before = hosted.detect(signals(10, 12))
    hosted.init()
    assert (hosted.detect(signals(1, 12)).status != 0).all()
    assert hosted.restore(saved) == 0
    after = hosted.detect(signals(10, 12))
    assert after.ratio is not None
    assert before.ratio is not None
    assert after.ratio.tobytes() == before.ratio.tobytes()


@pytest.mark.parametrize("persona", ["v3", "v5"])
def test_a_saved_buffer_with_any_byte_changed_is_refused_by_both(persona: str) -> None:
    made = library("anomaly-spectrum")
    hosted, emulator = Hosted.build(made, Options(persona)), Emulator(made, persona=persona)
    for side in (hosted, emulator):
        side.init()
        side.learn(signals(LEARNING, 11))
    saved = hosted.knowledge()
    refused = 125 if persona == "v3" else 3
    for at in range(len(saved)):
        damaged = bytearray(saved)
        damaged[at] ^= 0x10
        assert hosted.restore(bytes(damaged)) == emulator.restore(bytes(damaged)) == refused
    assert hosted.knowledge() == emulator.knowledge() == saved


def test_knowledge_of_another_library_or_with_nan_is_refused() -> None:
    made, other = library("anomaly-spectrum"), library("anomaly-both")
    emulator, hosted = Emulator(made), Hosted.build(made)
    nan = emulator.state
    nan[4] = np.nan
    foreign = knowledge.save(other, emulator.state)
    for buffer in (foreign, knowledge.save(made, nan)):
        assert emulator.restore(buffer) == 123
        emulator.init()
        hosted.init()
        assert emulator.restore(buffer) == hosted.restore(buffer) == 125
        emulator = Emulator(made)
    emulator.init()
    assert emulator.restore(b"") == 125
    assert emulator.restore(emulator.knowledge()[:-1]) == 125
