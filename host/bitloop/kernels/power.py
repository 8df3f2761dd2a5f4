"""Squares: a power spectrum from magnitudes, an instantaneous power from samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bitloop.kernels.base import Shape, Signals, Stage


@dataclass(frozen=True, slots=True)
class Power(Stage):
    """Square of each value: (axes, length) stays."""

    kernel: ClassVar[str] = "power"

    def shape(self, given: Shape) -> Shape:
        return given

    def reference(self, x: Signals) -> Signals:
        return x * x

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_power({given.axes}, {given.length}, x);"
