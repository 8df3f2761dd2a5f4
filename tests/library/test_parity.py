"""The generated C and both emulators: the same statuses, answers and learned bytes, bit for bit."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from bitloop.emulator import Answers, Emulator
from bitloop.library.codegen import Options
from tests.library.examples import KINDS, LEARNING, NAMES, edges, library, signals
from tests.library.hosted import Hosted
from tests.parity.matrix import assert_same_bits

PERSONAS = ("v3", "v5")


def assert_same_answers(expected: Answers, got: Answers, what: str) -> None:
    for field in fields(Answers):
        left, right = getattr(expected, field.name), getattr(got, field.name)
        assert (left is None) == (right is None), f"{what}: {field.name}"
        if left is None:
            continue
        if left.dtype == np.float32:
            assert_same_bits(left, right.astype(np.float32), f"{what}: {field.name}")
        else:
            np.testing.assert_array_equal(left, right, err_msg=f"{what}: {field.name}")


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("name", NAMES)
def test_generated_c_and_emulators_agree_in_every_bit(name: str, persona: str) -> None:
    made = library(name)
    hosted = Hosted.build(made, Options(persona))
    hosted.init()
    random, wild = signals(30, 3), edges()
    for native in (False, True):
        emulator = Emulator(made, native=native, persona=persona)
        assert emulator.init() == hosted.init() == 0
        what = f"{name} {persona} {'native' if native else 'reference'}"
        if made.kind == "anomaly":
            for batch in (random[:4], wild, random[4:LEARNING], random[LEARNING:]):
                assert_same_answers(emulator.detect(batch[:2]), hosted.detect(batch[:2]), f"{what} while learning")
                np.testing.assert_array_equal(emulator.learn(batch), hosted.learn(batch), err_msg=what)
                assert emulator.knowledge() == hosted.knowledge(), what
        seen = np.concatenate([signals(20, 4), wild, 3 * signals(5, 6)])
        assert_same_answers(emulator.detect(seen), hosted.detect(seen), what)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_kind_answers_something_and_refuses_something(kind: str, persona: str) -> None:
    emulator = Emulator(library(f"{kind}-both"), persona=persona)
    emulator.init(pretrained=kind == "anomaly")
    status = emulator.detect(np.concatenate([signals(20, 4), edges()])).status
    refused = 128 if persona == "v3" else 3
    assert (status[:20] == 0).all()
    assert set(status) == {0, refused}
