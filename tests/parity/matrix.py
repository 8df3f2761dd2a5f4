"""Every executor a kernel has to agree on, and the comparison: bit for bit, NaN equal to NaN."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bitloop import native
from bitloop.kernels.base import Features, LearningModel, Shape, Signals, Stage, State, StaticModel
from bitloop.kernels.executor import Executor
from bitloop.targets import cores, target
from bitloop.toolchain import COMPILERS, Flags, available
from bitloop_hil import core

LEVELS = ("-Os", "-O2", "-O3")
SANITIZE = "BITLOOP_SANITIZE"
"""Environment variable: compare with the host C under gcc's sanitizers only (test_sanitizers.py)."""
QUICK = "BITLOOP_QUICK"
"""Environment variable for writing a kernel: the host, and two cores built by zig. CI does not listen to it."""
SANITIZERS = ("-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all")


@cache
def executors() -> tuple[Executor, ...]:
    """Host C by both compilers, then every core x compiler x optimisation level that can be built here."""
    if os.environ.get(SANITIZE):
        return (native.HostExecutor(native.build("gcc", Flags("-O1", extra=SANITIZERS)), "host C (sanitized)"),)
    found: list[Executor] = [native.host()]
    if available("gcc", target("host")):
        found.append(native.HostExecutor(native.build("gcc", Flags("-O2")), "host C (gcc -O2)"))
    if os.environ.get(QUICK) and not os.environ.get("CI"):
        few = (("cortex-m0plus", "-Os"), ("cortex-m4f", "-O2"))
        return (native.host(), *(core.executor(name, "zig", level) for name, level in few))
    for name, compiler, level in product(cores(), COMPILERS, LEVELS):
        if available(compiler, target(name)):
            found.append(core.executor(name, compiler, level))
        elif os.environ.get("CI"):
            raise AssertionError(f"CI has to have {compiler} for {name}")
    return tuple(found)


def bits(x: NDArray[np.float32]) -> NDArray[np.uint32]:
    """The bits of float32 values, every NaN the same (its payload is no part of the contract)."""
    x = np.ascontiguousarray(x, dtype=np.float32)
    return np.where(np.isnan(x), np.uint32(0x7FC00000), x.view(np.uint32))


def assert_same_bits(expected: NDArray[np.float32], got: NDArray[np.float32], what: str) -> None:
    """Fail with the place and both values in hex of the first difference."""
    assert expected.shape == got.shape, f"{what}: shape {got.shape} instead of {expected.shape}"
    left, right = bits(expected), bits(got)
    if not np.array_equal(left, right):
        at = tuple(int(i) for i in np.argwhere(left != right)[0])
        raise AssertionError(
            f"{what}: {int((left != right).sum())} of {left.size} floats differ, first at {at}:"
            f" reference 0x{left[at]:08x} ({expected[at]}), got 0x{right[at]:08x} ({got[at]})"
        )


def _each(check: Callable[[Executor | None], NDArray[np.float32]], what: str) -> None:
    with np.errstate(all="ignore"):
        expected = check(None)
    assert expected.dtype == np.float32
    for executor in executors():
        assert_same_bits(expected, check(executor), f"{what} on {executor.name}")


def assert_stage_parity(stage: Stage, x: Signals) -> None:
    """The stage gives the same bits by reference, host C, every core, both compilers, every level."""
    after = stage.shape(Shape(x.shape[1], x.shape[2]))
    _each(lambda e: stage.reference(x) if e is None else stage.run(x, e), stage.kernel)
    with np.errstate(all="ignore"):
        assert stage.reference(x).shape == (len(x), after.axes, after.length)


def assert_static_parity(model: StaticModel, x: Features) -> None:
    """The same for a model fitted on the host."""
    _each(lambda e: model.reference(x) if e is None else model.run(x, e), model.kernel)


def assert_learning_parity(model: LearningModel, learn: Features, detect: Features) -> State:
    """The same for a model that learns: the state after every signal, and the ratios. Returns the last state."""

    def states(e: Executor | None) -> NDArray[np.float32]:
        state, seen = model.empty(), []
        for row in learn:
            one = row[None, :]
            state = model.reference_learn(one, state) if e is None else model.run_learn(one, state, e)
            seen.append(state)
        return np.array(seen, dtype=np.float32)

    _each(states, f"{model.kernel} learned state")
    with np.errstate(all="ignore"):
        state = model.reference_learn(learn, model.empty())
    _each(
        lambda e: model.reference_detect(detect, state) if e is None else model.run_detect(detect, state, e),
        f"{model.kernel} ratio",
    )
    return state
