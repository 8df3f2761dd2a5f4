"""The modulator of a digital microphone (sigma_delta.c), built once by the toolchain: bits follow bits, so no array
operation makes them."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from cffi import FFI
from numpy.typing import NDArray

from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain

_CDEF = """
struct modulator { double before, earlier; uint64_t random; };
void modulate(struct modulator *m, size_t count, const double *input, int8_t *bits);
"""


class Modulator:
    """Bits of one stream; the same seed and the same inputs give the same ones."""

    def __init__(self, seed: int) -> None:
        self._ffi, self._library = _library()
        self._state = self._ffi.new("struct modulator *", (0.0, 0.0, seed))

    def bits(self, levels: NDArray[np.float64]) -> NDArray[np.int8]:
        """-1 or 1 for each level; those beyond -1 to 1 saturate."""
        inputs = np.clip(levels, -1.0, 1.0)
        bits = np.empty(len(inputs), np.int8)
        self._library.modulate(
            self._state,
            len(inputs),
            self._ffi.cast("const double *", inputs.ctypes.data),
            self._ffi.cast("int8_t *", bits.ctypes.data),
        )
        return bits


@cache
def _library() -> tuple[Any, Any]:
    suffix = {"win32": "dll", "darwin": "dylib"}.get(sys.platform, "so")
    source = Path(__file__).with_name("sigma_delta.c").read_bytes()
    flags = Flags("-O2", extra=("-fvisibility=default",))
    built = Toolchain("zig", target("host")).shared(
        Sources({"sigma_delta.c": source}), flags, f"bitloop_sigma_delta.{suffix}"
    )
    ffi = FFI()
    ffi.cdef(_CDEF)
    return ffi, ffi.dlopen(str(built))
