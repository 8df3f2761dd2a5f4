"""First difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals, Stage


@dataclass(frozen=True, slots=True)
class Difference(Stage):
    """Each sample's step to the next: (axes, length) to (axes, length - 1)."""

    kernel: ClassVar[str] = "difference"

    def shape(self, given: Shape) -> Shape:
        if given.length < 2:
            raise LibraryError(f"a difference needs at least 2 samples per axis, not {given.length}")
        return Shape(given.axes, given.length - 1)

    def reference(self, x: Signals) -> Signals:
        return x[:, :, 1:] - x[:, :, :-1]

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_difference({given.axes}, {given.length}, x);"
