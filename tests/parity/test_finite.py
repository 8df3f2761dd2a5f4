"""The checks of the API: the same verdict on every executor as the reference, one bad value anywhere is enough."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from bitloop.kernels.pipeline import refused
from tests.parity.functions import run
from tests.parity.matrix import executors
from tests.parity.strategies import signals

LARGEST, LIMIT = np.finfo(np.float32).max, np.float32(1e15)
BAD = [np.nan, -np.nan, np.inf, -np.inf]


def assert_same_verdict(x: np.ndarray) -> None:
    flat = x.reshape(len(x), -1)
    for executor in executors():
        finite = run(executor, "all_finite", x).reshape(len(x), -1)[:, 0]
        within = run(executor, "all_within", x).reshape(len(x), -1)[:, 0]
        np.testing.assert_array_equal(finite, np.isfinite(flat).all(axis=1), executor.name)
        np.testing.assert_array_equal(within, ~refused(flat), executor.name)


@given(signals())
def test_same_verdict_on_every_executor(x: np.ndarray) -> None:
    assert_same_verdict(x)


@pytest.mark.parametrize("value", [*BAD, LARGEST, LIMIT, -LIMIT, np.nextafter(LIMIT, LARGEST), 0.0, -0.0])
def test_one_value_decides_wherever_it_stands(value: float) -> None:
    x = np.zeros((6, 2, 3), dtype=np.float32)
    x.reshape(6, 6)[np.arange(6), np.arange(6)] = value
    assert_same_verdict(x)
