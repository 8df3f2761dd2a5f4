"""Runs the functions that kernels and libraries are built of, exported by firmware/host as if they were stages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Shape, Signals
from bitloop.kernels.executor import Executor
from tests.parity.matrix import assert_same_bits, executors


def run(
    executor: Executor, name: str, x: Signals, tables: Sequence[NDArray[np.float32]] = (), parameter: int = 0
) -> Signals:
    """What the function leaves in (signals, axes, length) floats."""
    given, work = Shape(x.shape[1], x.shape[2]), np.array(x, dtype=np.float32, order="C")
    params, none = np.array([parameter], dtype=np.uint32), np.zeros(1, dtype=np.float32)
    executor.call(f"blh_{name}", len(x), given.axes, given.length, given.size, params, list(tables), work, none)
    return work


def assert_function_parity(name: str, x: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    """The function of one float gives `expected` for every value of `x` (n,) on every executor."""
    for executor in executors():
        assert_same_bits(expected, run(executor, name, x[None, None, :])[0, 0], f"{name} on {executor.name}")
