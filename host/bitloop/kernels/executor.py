"""Whatever runs the C of the kernels: the host, or an emulated core. They all offer the same one call.

The C side is `firmware/host`: one exported wrapper per kernel, `blh_<kernel>`, run-time sizes, many signals a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

Argument = int | NDArray[Any] | Sequence[NDArray[Any]]


class Executor(Protocol):
    """Runs an exported C function.

    An int goes as `uint32_t`, an array as a pointer to its elements (C-contiguous; what the function writes is seen
    in the array afterwards), a sequence of arrays as a pointer to an array of pointers. The result is void.
    """

    name: str

    def call(self, function: str, *arguments: Argument) -> None: ...
