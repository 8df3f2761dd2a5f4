"""The comparison can fail: contraction, two operations swapped and a table off by one bit are all reported."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np
import pytest

from bitloop.kernels.base import Constant, Shape, Stage
from bitloop.kernels.circle import quarter_wave
from bitloop.kernels.executor import Executor
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.statistics import Statistics
from bitloop.native import kernel_sources
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain, available
from bitloop_hil import core
from tests.parity.matrix import assert_same_bits

NOISE = np.random.default_rng(11).normal(size=(4, 2, 64)).astype(np.float32)


def m4f(compiler: str = "zig", sources: Sources | None = None, flags: Flags | None = None) -> Executor:
    chain = Toolchain(compiler, target("cortex-m4f"))
    return core.CoreExecutor(chain.target, core.build(chain, flags or Flags(), sources), f"cortex-m4f ({compiler})")


def edited(header: str, old: str, new: str) -> Sources:
    """The kernels with one place changed."""
    path, sources = f"kernels/{header}", kernel_sources()
    text = sources.files[path].decode()
    assert text.count(old) == 1, f"{old!r} has to stand once in {header}"
    return sources | Sources({path: text.replace(old, new).encode()})


def assert_reported(stage: Stage, executor: Executor) -> None:
    with pytest.raises(AssertionError, match=r"cortex-m4f .* floats differ, first at .*: reference 0x[0-9a-f]{8}"):
        assert_same_bits(stage.reference(NOISE), stage.run(NOISE, executor), f"{stage.kernel} on {executor.name}")


@pytest.mark.parametrize("stage", [RfftMagnitude(), Statistics(("rms", "kurtosis")), Logarithm(0.1)])
def test_contraction_is_reported(stage: Stage) -> None:
    if not available("gcc", target("cortex-m4f")):
        assert not os.environ.get("CI"), "CI has to have arm-none-eabi-gcc"
        pytest.skip("arm-none-eabi-gcc is not installed")
    assert_reported(stage, m4f("gcc", flags=Flags(extra=("-std=gnu11", "-ffp-contract=fast"))))


def test_two_operations_swapped_in_the_c_are_reported() -> None:
    swapped = edited("logf.h", "((small - 0.5f * square) + f) + n", "((small + f) - 0.5f * square) + n")
    assert_reported(Logarithm(0.1), m4f(sources=swapped))


def test_a_sum_taken_downwards_is_reported() -> None:
    loop = "for (size_t i = 1; i < length; i++) {\n        low"
    downwards = edited("statistics.h", loop, loop.replace("i = 1; i < length; i++", "i = length - 1u; i > 0u; i--"))
    assert_reported(Statistics(("rms", "mean")), m4f(sources=downwards))


@dataclass(frozen=True, slots=True)
class OffByOneBit(RfftMagnitude):
    """A spectrum whose C gets a table that is wrong in the last bit of one twiddle factor."""

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        table = quarter_wave(given.length).copy()
        table.view(np.uint32)[5] ^= 1
        return tuple(replace(constant, values=table) for constant in RfftMagnitude.constants(self, given))


def test_a_table_off_by_one_bit_is_reported() -> None:
    assert_reported(OffByOneBit(), m4f())


def test_the_unchanged_kernels_agree() -> None:
    for stage in (RfftMagnitude(), Statistics(("rms", "kurtosis")), Logarithm(0.1)):
        assert_same_bits(stage.reference(NOISE), stage.run(NOISE, m4f()), stage.kernel)
