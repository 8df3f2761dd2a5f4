"""Deinterleaving: the same on every executor as the reshape of the pipeline."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from bitloop.kernels.pipeline import Preprocessing
from tests.parity.functions import run
from tests.parity.matrix import assert_same_bits, executors
from tests.parity.strategies import signals


@given(signals())
def test_same_order_on_every_executor(x: np.ndarray) -> None:
    axes, length = x.shape[1:]
    interleaved = x.reshape(len(x), -1)
    expected = Preprocessing(axes, length, ((),)).deinterleave(interleaved)
    for executor in executors():
        assert_same_bits(expected, run(executor, "deinterleave", np.zeros_like(x), [interleaved]), executor.name)


def test_rows_are_axes() -> None:
    buffer = np.array([[1, 10, 2, 20, 3, 30]], dtype=np.float32)
    np.testing.assert_array_equal(Preprocessing(2, 3, ((),)).deinterleave(buffer), [[[1, 2, 3], [10, 20, 30]]])
