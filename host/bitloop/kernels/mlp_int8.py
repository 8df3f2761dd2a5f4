"""Multilayer perceptrons in int8: what classes and values share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features
from bitloop.kernels.dense_int8 import TABLES, check_tables, dense_int8, inputs, scores_int8, tables, words
from bitloop.kernels.mlp import Layered, layers
from bitloop.kernels.record import F32, I8, I32


@dataclass(frozen=True, slots=True, eq=False)
class MlpInt8(Layered):
    """Inputs (x - offset) * step as int8; layers of int8 weights, int32 bias and sums; sum * scale as int8.

    Hidden layers are not below 0. `widths` are inputs, hidden layers (multiples of 4) and outputs; `weights`, `bias`
    and `scale` hold one layer after the other. The last layer's sums times scale are scores in float32.
    """

    widths: tuple[int, ...]
    offset: F32
    step: F32
    weights: I8
    bias: I32
    scale: F32

    def __post_init__(self) -> None:
        check_tables(self)
        self.check_sizes()
        if any(width % 4 for width in self.widths[1:-1]):
            raise LibraryError(f"hidden widths of {self.kernel} have to be multiples of 4")
        checks.alike(self.offset.shape, (self.inputs,), f"{self.kernel}.offset")

    def workspace(self) -> int:
        return sum(2 * words(width) for width in self.widths[:-1])

    def effort(self) -> float:
        """Words of four weights, and eight times the numbers that are rounded."""
        rows = sum(words(a) * b for a, b in pairwise(self.widths))
        return float(rows + 8 * sum(self.widths[:-1]))

    def constants(self) -> tuple[Constant, ...]:
        return tables(self, [weights for weights, _, _ in self._layers()])

    def scores(self, x: Features) -> Features:
        """(signals, outputs)."""
        q = inputs(self.offset, self.step, x)
        *hidden, last = self._layers()
        for layer in hidden:
            q = dense_int8(*layer, q)
        return scores_int8(*last, q)

    def _layers(self) -> Iterator[tuple[Any, Any, Any]]:
        scales = (scale for _, scale in layers(self.widths, self.weights, self.scale))
        for (weights, bias), scale in zip(layers(self.widths, self.weights, self.bias), scales, strict=True):
            yield weights, bias, scale

    def _sizes(self) -> str:
        return f"{self.inputs}, {self.widths[1]}, {self.second}"

    def _arguments(self, names: Mapping[str, str]) -> str:
        return ", ".join(names[name] for name in TABLES)
