"""The ground everything stands on: single float operations have the bits of IEEE-754 on every executor.

This is what a faulty soft-float runtime, a flushed subnormal or an inexact square root shows up in first.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop.kernels.base import Signals
from tests.parity.functions import run
from tests.parity.matrix import assert_same_bits, executors


def _compare(x: Signals, y: Signals) -> Signals:
    return ((x < y) + 2.0 * (x <= y) + 4.0 * (x == y)).astype(np.float32)


def _truncate(x: Signals, y: Signals) -> Signals:
    return np.clip(np.where(np.isnan(x), 0, x), -2147483648.0, 2147483520.0).astype(np.int32).astype(np.float32)


OPERATIONS: dict[str, Callable[[Signals, Signals], Signals]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "square root": lambda x, y: np.sqrt(x),
    "compare": _compare,
    "from signed": lambda x, y: x.view(np.int32).astype(np.float32),
    "from unsigned": lambda x, y: x.view(np.uint32).astype(np.float32),
    "clamp and truncate": _truncate,
}

SPECIAL = np.array(
    [
        0,
        -0.0,
        1,
        -1,
        3,
        0.5,
        np.inf,
        -np.inf,
        np.nan,
        1e-45,
        -1e-45,
        1.1754942e-38,
        1.17549435e-38,
        3.4028235e38,
        2**31,
    ],
    dtype=np.float32,
)


def _pairs(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Every pair of special values, any bits with any bits, and pairs whose quotient or product is subnormal."""
    random = np.random.default_rng(754)
    grid = np.meshgrid(SPECIAL, SPECIAL)
    bits = random.integers(0, 2**32, size=(2, count), dtype=np.uint32).view(np.float32)
    small = random.integers(0, 0x01800000, size=count, dtype=np.uint32).view(np.float32)
    factor = random.integers(1, 200, size=count).astype(np.float32)
    near = random.integers(0x3F000000, 0x40800000, size=(2, count), dtype=np.uint32).view(np.float32)
    x = np.concatenate([grid[0].ravel(), bits[0], small, small, near[0]])
    y = np.concatenate([grid[1].ravel(), bits[1], factor, 1 / factor, near[1]])
    return x, y


@pytest.mark.parametrize("name", OPERATIONS)
def test_single_operations_have_the_bits_of_ieee754(name: str) -> None:
    x, y = (v[None, None, :] for v in _pairs(2000))
    if name == "clamp and truncate":
        x = np.where(np.isnan(x), np.float32(0), x)
    with np.errstate(all="ignore"):
        expected = OPERATIONS[name](x, y)
    for executor in executors():
        got = run(executor, "operation", x, [y], list(OPERATIONS).index(name))
        assert_same_bits(expected, got, f"{name} on {executor.name}")
