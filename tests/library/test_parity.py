"""The generated C and both emulators: the same statuses, answers and learned bytes, bit for bit."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from bitloop.emulator import Answers, Emulator
from bitloop.kernels.models import MODELS
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.library import Library
from bitloop.library.codegen import Options
from tests.library.examples import AXES, KINDS, LEARNING, LENGTH, NAMES, edges, library, signals
from tests.library.hosted import Hosted
from tests.library.models import with_model
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


def assert_parity(made: Library, persona: str) -> None:
    """Both emulators against the compiled neai.c, over a program's whole life, refusals included."""
    hosted = Hosted.build(made, Options(persona))
    random, wild = signals(40, 3, made.axes, made.length), edges(made.axes, made.length)
    seen = np.concatenate([signals(20, 4, made.axes, made.length), wild, np.float32(3) * random[:5]])
    for native in (False, True):
        emulator = Emulator(made, native=native, persona=persona)
        what = f"{made.pipeline.model.kernel} {persona} {'native' if native else 'reference'}"
        assert emulator.init() == hosted.init() == 0
        if made.kind == "anomaly":
            for batch in (random[:4], wild, random[4:LEARNING], random[LEARNING:]):
                assert_same_answers(emulator.detect(batch[:2]), hosted.detect(batch[:2]), f"{what} while learning")
                np.testing.assert_array_equal(emulator.learn(batch), hosted.learn(batch), err_msg=what)
                assert emulator.knowledge() == hosted.knowledge(), what
        assert_same_answers(emulator.detect(seen), hosted.detect(seen), what)


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("name", NAMES)
def test_generated_c_and_emulators_agree_in_every_bit(name: str, persona: str) -> None:
    assert_parity(library(name), persona)


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("kernel", [model.kernel for model in MODELS])
def test_every_model_agrees_in_every_bit(kernel: str, persona: str) -> None:
    assert_parity(with_model(kernel), persona)


@pytest.mark.parametrize("persona", PERSONAS)
def test_a_multi_sensor_library_takes_one_sample_per_call(persona: str) -> None:
    model = RunningGaussian(5, 3.0, float(np.float32(1e-6)))
    made = Library(Pipeline(Preprocessing(5, 1, ((),)), model), learning=LEARNING, multi_sensor=True)
    assert_parity(made, persona)


def test_sensitivity_scales_every_ratio_alike() -> None:
    made = library("anomaly-both")
    hosted, emulator = Hosted.build(made), Emulator(made)
    assert hosted.call("set_sensitivity", 2.0) == emulator.set_sensitivity(2.0) == 123
    for side in (hosted, emulator):
        side.init(pretrained=True)
    plain = emulator.detect(signals(20, 4)).ratio
    for value in (0.0, 0.3, 1.0, 7.7, 1e6):
        assert hosted.call("set_sensitivity", value) == emulator.set_sensitivity(value) == 0
        assert np.float32(hosted.call("get_sensitivity")) == np.float32(emulator.sensitivity) == np.float32(value)
        got = emulator.detect(signals(20, 4))
        assert_same_answers(got, hosted.detect(signals(20, 4)), f"sensitivity {value}")
        assert got.ratio is not None
        assert plain is not None
        np.testing.assert_array_equal(got.ratio, plain * np.float32(value))
    for value in (-1.0, np.inf, np.nan, 1.1e6):
        assert hosted.call("set_sensitivity", value) == emulator.set_sensitivity(value) == 128
    assert hosted.call("get_sensitivity") == emulator.sensitivity == 1e6
    hosted.init()
    assert hosted.call("get_sensitivity") == 1.0


@pytest.mark.parametrize("persona", PERSONAS)
def test_null_pointers_and_calls_before_init_are_refused(persona: str) -> None:
    for kind in KINDS:
        made = library(f"{kind}-raw")
        hosted = Hosted.build(made, Options(persona))
        before, null = (123, 128) if persona == "v3" else (2, 3)
        role = "detect" if kind == "anomaly" else "apply"
        row = hosted.ffi.new("float[]", AXES * LENGTH)
        outs = [hosted.ffi.new("uint8_t[64]")]
        if kind in ("classes", "extrapolation"):
            outs = [hosted.ffi.new("float[16]")]
        if kind == "classes":
            outs.append(hosted.ffi.new("uint16_t *" if persona == "v3" else "int *"))
        assert hosted.call(role, row, *outs) == before
        assert hosted.init() == 0
        calls = [[row, *outs] for _ in range(1 + len(outs))]
        for at, arguments in enumerate(calls):
            arguments[at] = hosted.ffi.NULL
            assert hosted.call(role, *arguments) == null
        if kind == "anomaly":
            assert hosted.call("learn", hosted.ffi.NULL) == hosted.call("save", hosted.ffi.NULL) == null
            assert hosted.call("restore", hosted.ffi.NULL) == (125 if persona == "v3" else 3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_kind_answers_something_and_refuses_something(kind: str, persona: str) -> None:
    emulator = Emulator(library(f"{kind}-both"), persona=persona)
    emulator.init(pretrained=kind == "anomaly")
    status = emulator.detect(np.concatenate([signals(20, 4), edges()])).status
    refused = 128 if persona == "v3" else 3
    assert (status[:20] == 0).all()
    assert set(status) == {0, refused}
