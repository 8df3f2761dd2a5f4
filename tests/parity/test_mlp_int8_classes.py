"""Perceptron in int8: same bits on every executor, sums that are exact to the last unit, refusals."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.dense_int8 import BIAS, pack
from bitloop.kernels.mlp_int8_classes import MlpInt8Classes
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import rows, tables

bytes_ = st.one_of(st.sampled_from([-127, 127, 0, 1, -1]), st.integers(-127, 127))
biases = st.one_of(st.sampled_from([-BIAS, BIAS, 0]), st.integers(-9999, 9999))


def weights(count: int) -> st.SearchStrategy[Any]:
    return hnp.arrays(np.int8, count, elements=bytes_, fill=bytes_)


def bias(count: int) -> st.SearchStrategy[Any]:
    return hnp.arrays(np.int32, count, elements=biases, fill=biases)


@given(
    rows(5),
    tables((5,), 1e15),
    tables((5,), positive=True),
    weights(5 * 8 + 8 * 3),
    bias(11),
    tables((11,), positive=True),
)
def test_same_bits_on_every_executor(x: Features, offset: Any, step: Any, w: Any, b: Any, scale: Any) -> None:
    model = MlpInt8Classes((5, 8, 3), offset, step, w, b, scale)
    assert_static_parity(model, x)
    p = model.reference(x)
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)


@pytest.mark.parametrize("widths", [(1, 4, 2), (4, 4, 4), (7, 8, 5), (9, 12, 4, 6), (33, 16, 8, 3)])
@given(st.integers(0, 2**32 - 1))
def test_same_bits_where_every_layer_matters(widths: tuple[int, ...], seed: int) -> None:
    model = plain(widths, seed)
    x = np.random.default_rng(seed).normal(size=(6, widths[0])).astype(np.float32)
    assert_static_parity(model, x)


def plain(widths: tuple[int, ...], seed: int) -> MlpInt8Classes:
    """A network whose every layer takes part in the answer."""
    return MlpInt8Classes(**plain_fields(widths, seed))


def plain_fields(widths: tuple[int, ...], seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    pairs = list(pairwise(widths))
    scale = np.concatenate([np.full(n, 1.0 / (60 * m**0.5)) for m, n in pairs])
    scale[-widths[-1] :] /= 50
    return {
        "widths": widths,
        "offset": rng.normal(size=widths[0]).astype(np.float32),
        "step": rng.uniform(20, 60, widths[0]).astype(np.float32),
        "weights": rng.integers(-127, 128, sum(a * b for a, b in pairs)).astype(np.int8),
        "bias": rng.integers(-5000, 5000, sum(widths[1:])).astype(np.int32),
        "scale": scale.astype(np.float32),
    }


def test_computes_what_python_integers_do() -> None:
    model = plain((7, 8, 5), 3)
    x = np.random.default_rng(4).normal(size=(20, 7)).astype(np.float32)
    q = np.clip(np.rint((x - model.offset) * model.step), -127, 127)
    first, second = model.weights[:56].reshape(8, 7), model.weights[56:].reshape(5, 8)
    sums = np.array([[sum(int(a) * int(b) for a, b in zip(row, w, strict=True)) for w in first] for row in q])
    hidden = np.clip(np.rint((sums + model.bias[:8]).astype(np.float32) * model.scale[:8]), 0, 127)
    scores = (hidden @ second.T.astype(np.float64) + model.bias[8:]) * model.scale[8:]
    np.testing.assert_allclose(model.scores(x), scores, rtol=1e-6)
    assert np.ptp(model.reference(x).argmax(axis=1)) > 0


def test_the_largest_sums_fit() -> None:
    for sign in (-1, 1):
        w = np.full(1024 * 4 + 4 * 2, sign * 127, dtype=np.int8)
        ones = np.ones(6, np.float32)
        top = np.full(6, sign * BIAS, dtype=np.int32)
        model = MlpInt8Classes((1024, 4, 2), np.zeros(1024, np.float32), np.ones(1024, np.float32), w, top, ones)
        assert_static_parity(model, np.full((1, 1024), 1e15, dtype=np.float32))


def test_weights_are_packed_four_a_word_and_padded() -> None:
    packed = pack(np.int8([[1, -1, 127, -127, 2], [3, 0, 0, 0, -2]]))
    np.testing.assert_array_equal(packed, np.uint32([[0x817FFF01, 0x00000002], [0x00000003, 0x000000FE]]))


def test_reads_back_from_its_record() -> None:
    model = plain((7, 8, 5), 1)
    again = from_record(to_record(model), [MlpInt8Classes])
    assert again.widths == model.widths
    np.testing.assert_array_equal(again.weights, model.weights)
    np.testing.assert_array_equal(again.bias, model.bias)


@pytest.mark.parametrize(
    "fields",
    [
        {"widths": (7, 6, 5)},
        {"widths": (7, 8)},
        {"widths": (7, 8, 1)},
        {"widths": (8, 8, 5)},
        {"offset": np.ones(6, np.float32)},
        {"step": -np.ones(7, np.float32)},
        {"step": np.full(7, np.nan, np.float32)},
        {"weights": np.full(96, -128, np.int8)},
        {"weights": np.ones(95, np.int8)},
        {"weights": np.ones(96, np.int16)},
        {"bias": np.full(13, BIAS + 1, np.int32)},
        {"bias": np.ones(12, np.int32)},
        {"scale": np.full(13, -1, np.float32)},
        {"scale": np.ones(14, np.float32)},
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    with pytest.raises(LibraryError, match="mlp_int8_classes"):
        replace(plain((7, 8, 5), 1), **fields)


@pytest.mark.parametrize("value", [128, -129, 1.5])
def test_refuses_a_library_file_whose_weights_are_no_bytes(value: float) -> None:
    record = to_record(plain((7, 8, 5), 1))
    record["weights"][0] = value
    with pytest.raises(LibraryError, match="range of int8"):
        from_record(record, [MlpInt8Classes])
