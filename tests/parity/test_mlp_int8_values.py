"""Perceptron in int8 for a number: same bits on every executor, and its level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.mlp_int8_values import MlpInt8Values
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import rows, tables
from tests.parity.test_mlp_int8_classes import bias, weights


@given(
    rows(3), tables((3,), 1e15), tables((3,), positive=True), weights(3 * 4 + 4), bias(5), tables((5,), positive=True)
)
def test_same_bits_on_every_executor(x: Features, offset: Any, step: Any, w: Any, b: Any, scale: Any) -> None:
    model = MlpInt8Values((3, 4, 1), offset, step, w, b, scale, 0.1)
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


def test_is_the_score_plus_the_level() -> None:
    one, scale = np.ones(1, np.float32), np.float32([1, 1, 1, 1, 0.5])
    model = MlpInt8Values(
        (1, 4, 1), 2 * one, one, np.int8([1, -1, 2, 1, 1, 1, 3, 1]), np.int32([0, 0, 1, 0, 9]), scale, 7.0
    )
    assert_static_parity(model, np.float32([[5], [0], [500]]))
    # 5 is 3 as an input: hidden 3, 0, 7, 3 make 3 + 21 + 3 + 9 = 36, half of it 18
    np.testing.assert_array_equal(model.reference(np.float32([[5]])), [[25.0]])
    # 0 is -2: hidden 0, 2, 0, 0
    np.testing.assert_array_equal(model.reference(np.float32([[0]])), [[12.5]])


@pytest.mark.parametrize(("outputs", "level"), [(2, 0.0), (1, np.inf), (1, 2e20)])
def test_refuses_fields_it_cannot_work_with(outputs: int, level: float) -> None:
    ones = np.ones(4 + outputs, np.float32)
    w, b = np.ones(8 + 4 * outputs, np.int8), np.ones(4 + outputs, np.int32)
    with pytest.raises(LibraryError, match="mlp_int8_values"):
        MlpInt8Values((2, 4, outputs), ones[:2], ones[:2], w, b, ones, level)
