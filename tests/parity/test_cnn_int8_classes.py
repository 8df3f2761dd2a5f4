"""Small convolutional network in int8: same bits on every executor, whole numbers as Python has them, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.cnn_int8_classes import CnnInt8Classes
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import rows, tables

SHAPES = [
    (1, 17, (4, 7, 4), (4, 2, 1), 2),
    (3, 10, (4, 10, 4), (16, 1, 1), 3),
    (2, 15, (8, 5, 2), (12, 3, 2), 5),
    (4, 6, (4, 3, 1), (4, 4, 1), 4),
]


def plain(seed: int, axes: int, length: int, first: Any, second: Any, classes: int, mean: bool) -> CnnInt8Classes:
    rng = np.random.default_rng(seed)
    sizes = (first[0] * axes * first[1], second[0] * first[0] * second[1], classes * second[0])
    outputs = (first[0], second[0], classes)
    spread = (0.02, 0.01, 3e-4)
    return CnnInt8Classes(
        axes,
        length,
        first,
        second,
        mean,
        rng.normal(size=axes).astype(np.float32),
        rng.uniform(20, 60, axes).astype(np.float32),
        rng.integers(-127, 128, sum(sizes)).astype(np.int8),
        rng.integers(-5000, 5000, sum(outputs)).astype(np.int32),
        np.repeat(spread, outputs).astype(np.float32),
    )


@pytest.mark.parametrize("shape", SHAPES)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_same_bits_on_every_executor(shape: Any, seed: int, mean: bool) -> None:
    model = plain(seed, *shape, mean)
    x = np.random.default_rng(seed).normal(size=(4, model.inputs)).astype(np.float32)
    assert_static_parity(model, x)


@given(rows(8), tables((2,), 1e15), tables((2,), positive=True), tables((10,), positive=True))
def test_same_bits_of_wild_numbers(x: Features, offset: Any, step: Any, scale: Any) -> None:
    model = replace(plain(1, 2, 4, (4, 3, 2), (4, 1, 1), 2, True), offset=offset, step=step, scale=scale)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


@pytest.mark.parametrize("mean", [True, False])
def test_computes_what_python_integers_do(mean: bool) -> None:
    model = plain(3, *SHAPES[2], mean)
    x = np.random.default_rng(4).normal(size=(6, 30)).astype(np.float32)
    one, two, last = (w.astype(np.int64) for w in model.plan.cut(model.weights))
    shift1, shift2, shift = (b.astype(np.int64) for b in model.plan.split(model.bias))
    step1, step2, step = model.plan.split(model.scale)
    for signal, p in zip(x.reshape(6, 2, 15).swapaxes(1, 2), model.reference(x), strict=True):
        q = np.clip(np.rint((signal - model.offset) * model.step), -127, 127).astype(np.int64)
        hidden = np.stack([_round((one @ q[t : t + 5].ravel() + shift1) * step1) for t in range(0, 11, 2)])
        found = np.stack([_round((two @ hidden[t : t + 3].ravel() + shift2) * step2) for t in range(0, 4, 2)])
        pooled = np.rint(found.mean(axis=0)) if mean else found.max(axis=0)
        scores = (last @ pooled.astype(np.int64) + shift) * step
        wanted = np.exp(scores - scores.max())
        np.testing.assert_allclose(p, wanted / wanted.sum(), atol=1e-5)


def _round(x: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(x.astype(np.float32)), 0, 127).astype(np.int64)


def test_reads_back_from_its_record() -> None:
    model = plain(1, *SHAPES[2], False)
    again = from_record(to_record(model), [CnnInt8Classes])
    assert again.plan == model.plan
    np.testing.assert_array_equal(again.weights, model.weights)


@pytest.mark.parametrize(
    "fields",
    [
        {"axes": 3},
        {"first": (8, 5, 3)},
        {"first": (6, 5, 2)},
        {"first": (8, 16, 2)},
        {"first": (8, 5)},
        {"second": (12, 9, 2)},
        {"offset": np.ones(3, np.float32)},
        {"step": np.full(2, np.inf, np.float32)},
        {"weights": np.ones(427, np.int8)},
        {"weights": np.full(428, -128, np.int8)},
        {"bias": np.full(25, 2**30 + 1, np.int32)},
        {"scale": np.ones(24, np.float32)},
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    with pytest.raises(LibraryError, match="cnn_int8_classes"):
        replace(plain(1, *SHAPES[2], True), **fields)
