"""Our division for cores without an FPU, run on the host: the bits of the processor's own for millions of pairs."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from cffi import FFI

from bitloop import resources
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from tests.parity.matrix import assert_same_bits

LOOP = b"""\
float __aeabi_fdiv(float a, float b);
#if defined(_WIN32)
__declspec(dllexport)
#endif
void divide_all(unsigned n, const float a[], const float b[], float out[]);
void divide_all(unsigned n, const float a[], const float b[], float out[])
{
    for (unsigned i = 0; i < n; i++)
        out[i] = __aeabi_fdiv(a[i], b[i]);
}
"""
COUNT = 500_000


# Ranges of bits, sign apart, of dividend and divisor.
RANGES = {
    "any": ((0, 0x7F900000), (0, 0x7F900000)),
    "near one": ((0x3F000000, 0x40000000), (0x3F000000, 0x40000000)),
    "subnormal quotient": ((1, 0x01000000), (0x3F800000, 0x44000000)),
    "both subnormal": ((0, 0x00800000), (0, 0x00800000)),
    "overflow": ((0x7E000000, 0x7F800000), (0x3E000000, 0x40000000)),
    "vanishing": ((0x00000001, 0x0C000000), (0x4A000000, 0x4D000000)),
}


def floats(random: np.random.Generator, low: int, high: int) -> np.ndarray:
    """Floats of both signs whose bits, sign apart, lie evenly in low .. high - 1."""
    size = random.integers(low, high, COUNT, dtype=np.uint32)
    return (size | random.integers(0, 2, COUNT, dtype=np.uint32) << np.uint32(31)).view(np.float32)


def pairs(name: str) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    if name == "subnormal by a whole number":  # where ties happen
        return floats(random, 1, 0x01000000), random.integers(1, 65, COUNT).astype(np.float32)
    return floats(random, *RANGES[name][0]), floats(random, *RANGES[name][1])


@pytest.mark.parametrize("name", [*RANGES, "subnormal by a whole number"])
def test_gives_the_bits_of_the_processor(name: str) -> None:
    suffix = {"win32": "dll", "darwin": "dylib"}.get(sys.platform, "so")
    sources = Sources.of(resources.firmware() / "runtime", "divide.c") | Sources({"loop.c": LOOP})
    ffi = FFI()
    ffi.cdef("void divide_all(unsigned, const float *, const float *, float *);")
    library = ffi.dlopen(str(Toolchain("zig", target("host")).shared(sources, Flags(), f"divide.{suffix}")))
    a, b = pairs(name)
    got = np.empty_like(a)
    library.divide_all(len(a), *(ffi.cast("float *", v.ctypes.data) for v in (a, b, got)))
    with np.errstate(all="ignore"):
        assert_same_bits(a / b, got, name)
