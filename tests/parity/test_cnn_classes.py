"""Small convolutional network: same bits on every executor, and the convolutions SciPy computes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.cnn_classes import CnnClasses
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import rows, tables

SHAPES = [
    (1, 9, (4, 3, 2), (4, 2, 1), 2),
    (3, 10, (4, 10, 1), (8, 1, 1), 3),
    (2, 21, (8, 5, 3), (4, 3, 2), 5),
]


def plain(seed: int, axes: int, length: int, first: Any, second: Any, classes: int, mean: bool) -> CnnClasses:
    rng = np.random.default_rng(seed)
    sizes = (first[0] * axes * first[1], second[0] * first[0] * second[1], classes * second[0])
    weights = np.concatenate([rng.normal(size=n) for n in sizes]).astype(np.float32)
    bias = rng.normal(size=first[0] + second[0] + classes).astype(np.float32)
    return CnnClasses(axes, length, first, second, mean, weights, bias)


@pytest.mark.parametrize("shape", SHAPES)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_same_bits_on_every_executor(shape: Any, seed: int, mean: bool) -> None:
    model = plain(seed, *shape, mean)
    x = np.random.default_rng(seed).normal(size=(4, model.inputs)).astype(np.float32)
    assert_static_parity(model, x)
    np.testing.assert_allclose(model.reference(x).sum(axis=1), 1.0, rtol=1e-5)


@given(rows(6), tables((4 * 6 + 4 * 4 + 2 * 4,), 1e7), tables((10,)), st.booleans())
def test_same_bits_of_wild_numbers(x: Features, weights: Any, bias: Any, mean: bool) -> None:
    model = CnnClasses(2, 3, (4, 3, 1), (4, 1, 1), mean, weights, bias)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


@pytest.mark.parametrize("mean", [True, False])
def test_is_two_convolutions_and_a_dense_layer(mean: bool) -> None:
    model = plain(1, *SHAPES[2], mean)
    x = np.random.default_rng(2).normal(size=(5, 42)).astype(np.float32)
    one, two, last = (w.astype(np.float64) for w in model.plan.cut(model.weights))
    shift1, shift2, shift = model.plan.split(model.bias)
    for signal, p in zip(x.reshape(5, 2, 21).astype(np.float64), model.reference(x), strict=True):
        hidden = np.stack([correlate(signal, w.reshape(2, 5), "valid")[0, ::3] for w in one])
        hidden = np.maximum(hidden + shift1[:, None], 0)
        found = np.stack([correlate(hidden, w.reshape(3, 8).T, "valid")[0, ::2] for w in two])
        found = np.maximum(found + shift2[:, None], 0)
        scores = last @ (found.mean(axis=1) if mean else found.max(axis=1)) + shift
        wanted = np.exp(scores - scores.max())
        np.testing.assert_allclose(p, wanted / wanted.sum(), atol=1e-5)


def test_reads_back_from_its_record() -> None:
    model = plain(1, *SHAPES[2], True)
    again = from_record(to_record(model), [CnnClasses])
    assert again.plan == model.plan
    np.testing.assert_array_equal(again.weights, model.weights)


@pytest.mark.parametrize(
    "fields",
    [
        {"axes": 0},
        {"axes": 3},
        {"length": -21},
        {"length": 4},
        {"length": 4096},
        {"first": (8, 5)},
        {"first": (6, 5, 3)},
        {"first": (8, 22, 3)},
        {"first": (8, 5, 0)},
        {"first": (0, 5, 3)},
        {"first": (-4, 5, 3)},
        {"second": (4, 7, 2)},
        {"second": (4, 0, 2)},
        {"second": (4, 3, -1)},
        {"second": (4, 3)},
        {"bias": np.ones(13, np.float32)},
        {"bias": np.ones(16, np.float32)},
        {"weights": np.ones(3, np.float32)},
        {"weights": np.full(196, np.nan, np.float32)},
        {"weights": np.full(196, 1e9, np.float32)},
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    with pytest.raises(LibraryError, match="cnn_classes"):
        replace(plain(1, *SHAPES[2], True), **fields)
