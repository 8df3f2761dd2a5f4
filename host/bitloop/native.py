"""The C kernels on this machine: built once by the toolchain into the cache, called through cffi."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from cffi import FFI
from numpy.typing import NDArray

from bitloop import resources
from bitloop.kernels.base import LearningModel
from bitloop.kernels.executor import Argument
from bitloop.kernels.models import MODELS
from bitloop.kernels.stages import PARTS, STAGES
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain

_TABLES = "const uint32_t *, const void *const *"
_STAGE = f"void blh_{{}}(uint32_t, uint32_t, uint32_t, uint32_t, {_TABLES}, float *, float *);"
_STATIC = f"void blh_{{}}(uint32_t, uint32_t, {_TABLES}, const float *, float *, float *);"
_LEARN = f"void blh_{{}}_learn(uint32_t, uint32_t, {_TABLES}, const float *, float *, float *);"
_DETECT = f"void blh_{{}}_detect(uint32_t, uint32_t, {_TABLES}, const float *, float *, float *, float *);"


class HostExecutor:
    """Runs the wrappers of a shared library in this process. Safe to use from several threads."""

    def __init__(self, library: Path, name: str = "host C") -> None:
        self.name = name
        self._ffi = FFI()
        self._ffi.cdef(declarations())
        self._library = self._ffi.dlopen(str(library))

    def call(self, function: str, *arguments: Argument) -> None:
        keep: list[Any] = []
        values = [self._value(argument, keep) for argument in arguments]
        getattr(self._library, function)(*values)

    def _value(self, argument: Argument, keep: list[Any]) -> Any:
        if isinstance(argument, int):
            return argument
        if isinstance(argument, np.ndarray):
            return self._pointer(argument)
        pointers = self._ffi.new("void *[]", [self._pointer(array) for array in argument] or 1)
        keep.append(pointers)
        return pointers

    def _pointer(self, array: NDArray[Any]) -> Any:
        if not array.flags.c_contiguous:
            raise ValueError("arrays handed to C have to be contiguous")
        kind = "float *" if array.dtype == np.float32 else "uint32_t *" if array.dtype == np.uint32 else "void *"
        return self._ffi.cast(kind, array.ctypes.data)


def declarations() -> str:
    """C declarations of every wrapper, derived from the lists of kernels."""
    lines = [_STAGE.format(name) for name in (*(stage.kernel for stage in STAGES), *PARTS)]
    for model in MODELS:
        forms: Sequence[str] = (_LEARN, _DETECT) if issubclass(model, LearningModel) else (_STATIC,)
        lines += [form.format(model.kernel) for form in forms]
    return "\n".join(lines)


def kernel_sources() -> Sources:
    """The wrappers and the kernels they include."""
    return Sources.of(resources.firmware(), "host/*.[ch]", "kernels/*.h")


def build(compiler: str = "zig", flags: Flags | None = None) -> Path:
    """The shared library of all kernels for this machine."""
    suffix = {"win32": "dll", "darwin": "dylib"}.get(sys.platform, "so")
    toolchain = Toolchain(compiler, target("host"))
    return toolchain.shared(kernel_sources(), flags or Flags("-O3"), f"bitloop_kernels.{suffix}")


@cache
def host() -> HostExecutor:
    """The default executor: kernels built by zig at -O3, kept for the life of the process."""
    return HostExecutor(build())
